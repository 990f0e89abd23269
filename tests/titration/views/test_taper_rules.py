"""What the rules say to a reducing plan, in its rows and on the check page."""

import pytest

from tests import world as w
from tests.titration.views.ordering import record_of, save, signed_in, url
from tests.titration.views.test_tapers import NB, PACE, sent, words

pytestmark = [pytest.mark.hazard("H05")]


def test_an_interruption_asks_for_the_total_of_zero(frozen):
    """15 mg a day used for 20 days, and a taper of 4 days: TAPER-1 interrupts, and the total typed is that of the stop."""
    w.start(frozen, frozen.aspen, by=frozen.ann, days_ago=20)
    ann, page = signed_in(frozen.ann), url("plans:taper", frozen.aspen)
    version = str(ann.get(page).context["form"]["version"].value())
    made = sent(ann.post(page, {"version": version, "do": "build", **PACE, "every_days": "2"}))
    check = ann.post(page, {**made, "reason": "No benefit", "do": "check"})
    assert check.context["interrupts"]
    seen = words(check)
    assert f"A reducing plan in 3 steps, to 0{NB}mg a day: baclofen is stopped" in seen
    assert "TAPER-1" in seen
    token, whole = check.context["token"], {"reason_code": "other", "reason_text": "Agreed"}
    refused = save(ann, frozen.aspen, token, typed_total="10", **whole)
    assert refused.status_code == 422
    assert save(ann, frozen.aspen, refused.context["token"], typed_total="0", **whole).status_code == 302
    assert len(record_of(frozen, frozen.aspen).planned_steps) == 3


def test_a_large_cut_stands_in_its_row(frozen):
    w.start(frozen, frozen.aspen, by=frozen.ann, days_ago=20)
    ann, page = signed_in(frozen.ann), url("plans:taper", frozen.aspen)
    made = sent(ann.post(page, {"version": "1", "do": "build", **PACE, "reduce_by": "2.5"}))
    made = {**made, "row_3_dose_1": "", "row_3_dose_2": "", "row_3_dose_3": "2.5"}
    for number in (4, 5):
        made |= {f"row_{number}_dose_{place}": "" for place in (1, 2)} | {f"row_{number}_dose_3": "2.5"}
    rows = ann.post(page, {**made, "do": "look"}).context["table"].rows
    cut = "takes away more than half (TAPER-3)"
    assert [row.number for row in rows if cut in row.marks] == [3]
