import pytest, os, cProfile, pstats
from tests.trust import walker
from tests.trust.test_walker import walking  # noqa
pytestmark = pytest.mark.django_db
def test_x(walking):
    cells = [c for c in walker.everything() if c.relation=="own" or os.environ.get("MORE")]
    if os.environ.get("PICK"): cells=[c for c in cells if eval(os.environ["PICK"])]
    pr=cProfile.Profile(); 
    if os.environ.get("PROF"): pr.enable()
    r = walking.walk(cells)
    pr.disable()
    __import__("pathlib").Path(os.environ.get("OUT","/tmp/walk.txt")).write_text(str(r)+"\n"+"\n".join(r.faults))
    if os.environ.get("PROF"): pstats.Stats(pr).sort_stats("cumtime").print_stats(45)
