"""No page shows a patient to someone without a relation, and no denied request changes a row."""

import logging
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.trust import walker
from tests.trust.marked_world import Marked
from tests.trust.walker import Walker

pytestmark = [pytest.mark.bar("B-02"), pytest.mark.hazard("H38"), pytest.mark.hazard("H39"), pytest.mark.django_db]

# PORTAL_WALK=all sends everything (script/walk); otherwise a tenth, another one each day. The seed repeats a day.
SEED = os.environ.get("PORTAL_WALK_SEED", datetime.now(UTC).date().isoformat())
ALL = os.environ.get("PORTAL_WALK") == "all"


@pytest.fixture(scope="module")
def walking(marked: Marked) -> Iterator[Walker]:
    log = logging.getLogger("django.request")
    log.disabled = True  # thousands of denials are what is asked for here
    yield Walker(marked)
    log.disabled = False


def test_no_page_says_or_does_too_much(walking: Walker, capsys: pytest.CaptureFixture[str]):
    cells = walker.everything()
    chosen = cells if ALL else walker.sample(cells, share=0.1, seed=SEED)
    report = walking.walk(chosen)
    with capsys.disabled():
        print(f"\n  walker: {report} (of {len(cells)} in all; PORTAL_WALK_SEED={SEED})", file=sys.stderr)
    assert report.faults == []
