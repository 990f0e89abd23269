"""A check page that is sent again: after it was saved, and after it was shown again because of a mistake."""

from datetime import timedelta

import pytest
import time_machine

from tests import world as w
from tests.titration.views.ordering import checked, rows_of, save, text_of, typed, url
from titration.forms import tokens

pytestmark = pytest.mark.django_db

HIGH = {"dose": "30"}  # 90 mg a day: above the daily maximum, so that the page interrupts
RIGHT = {"typed_total": "90", "reason_code": "specialist_advice", "reason_text": "Agreed with neurology"}


@pytest.mark.ui("UI-21")
def test_a_page_that_was_saved_already_says_so(titrated, ann):
    token = checked(ann, titrated.alder, typed())
    chart = url("patients:chart", titrated.alder)
    save(ann, titrated.alder, token)
    assert "already signed" not in text_of(ann.get(chart))
    before = rows_of(titrated, titrated.alder)
    assert save(ann, titrated.alder, token).headers["Location"] == chart
    assert "This step was already signed; nothing was added." in text_of(ann.get(chart))
    assert rows_of(titrated, titrated.alder) == before


@pytest.mark.ui("UI-41")
def test_an_order_ages_from_when_its_page_was_first_opened(titrated, ann):
    """Fifty minutes and a mistake later the page is no younger: after an hour it is refused, however often it was shown."""
    token = checked(ann, titrated.alder, typed(**HIGH))
    with time_machine.travel(w.NOW + timedelta(minutes=50), tick=False):
        again = save(ann, titrated.alder, token, **{**RIGHT, "typed_total": "9"})
        assert again.status_code == 422
        token = again.context["token"]
    with time_machine.travel(w.NOW + tokens.MAX_AGE + timedelta(seconds=2), tick=False):
        late = save(ann, titrated.alder, token, **RIGHT)
    assert late.status_code == 400
    assert "more than an hour ago" in text_of(late)
    assert rows_of(titrated, titrated.alder) == 1


def test_within_the_hour_a_page_that_was_shown_again_is_taken(titrated, ann):
    token = checked(ann, titrated.alder, typed(**HIGH))
    with time_machine.travel(w.NOW + timedelta(minutes=50), tick=False):
        token = save(ann, titrated.alder, token, **{**RIGHT, "typed_total": "9"}).context["token"]
    with time_machine.travel(w.NOW + tokens.MAX_AGE, tick=False):
        assert save(ann, titrated.alder, token, **RIGHT).status_code == 302
    assert rows_of(titrated, titrated.alder) > 1
