"""A dose that changes on a day on which the clinic is closed: the live panel says so, and holds nothing back."""

from datetime import date, timedelta

import pytest

from tests.titration.services.lab_files import as_job
from tests.titration.views.ordering import TODAY, checked, parts, send, typed, url
from tests.titration.views.test_doses import words_of
from titration.services.closed_days import set_closed_days

SUNDAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            SUNDAY,
            "The clinic is closed on Sun 29-Nov-2026, a Sunday: the patient may not reach you. The next open day is Mon 30-Nov-2026.",
        ),
        (SUNDAY + timedelta(days=1), ""),
        (SUNDAY + timedelta(days=2), "closed on Tue 01-Dec-2026, a closed day"),
    ],
)
@pytest.mark.parametrize("purpose", ["change", "stop"])
def test_the_live_panel_says_that_the_clinic_is_closed(ann, titrated, day, said, purpose):
    with as_job("closed_days"):
        set_closed_days(clinic=titrated.north, weekdays=[5, 6], dates=[SUNDAY + timedelta(days=2)])
    fields = {"stop": {"stop_reason": "no_benefit", **parts("stops_on", day)}, "change": typed(on=day)}[purpose]
    seen = words_of(ann.post(url("steps:live", titrated.alder), {**fields, "purpose": purpose}))
    assert (said in seen) if said else ("The clinic is closed" not in seen)


def test_a_clinic_that_named_no_day_is_never_closed(ann, titrated):
    seen = words_of(ann.post(url("steps:live", titrated.alder), {**typed(on=SUNDAY), "purpose": "change"}))
    assert "closed" not in seen


def test_a_closed_day_holds_no_order_back(ann, titrated):
    with as_job("closed_days"):
        set_closed_days(clinic=titrated.north, weekdays=range(7), dates=[])
    assert "next open day" not in words_of(send(ann, "steps:add", titrated.alder, typed(reason="")))
    assert checked(ann, titrated.alder, typed(on=TODAY))
