"""A flag is closed by the facts or by a person; what a person closed stays closed while it says the same."""

from datetime import timedelta

import pytest

from tests import world as w
from tests.titration.services.flag_story import (
    DAY,
    HOUR,
    calm,
    do,
    kinds,
    look,
    open_flags,
    pressing,
    read,
    reassess_at,
)
from titration.models import ClosedCode
from titration.services import flag_life

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("H31")]


def test_the_facts_close_a_flag_and_say_so(raised):
    flag = pressing(raised)
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="0.9", as_of=w.NOW + HOUR)
    found = read(raised, flag)
    assert (found.status, found.closed_code, found.closed_by_id) == ("closed", "by_rule", None)
    assert found.closed_because == "The facts no longer ask for it."


def test_a_flag_that_a_person_closed_is_not_raised_again_while_it_says_the_same(raised):
    flag = pressing(raised)
    do(
        raised,
        flag_life.close,
        flag,
        code=ClosedCode.NOT_APPLICABLE,
        text="Dialysis began, dose agreed",
        as_of=w.NOW + HOUR,
    )
    found = read(raised, flag)
    assert (found.closed_code, found.closed_by_id, found.acted_at) == ("not_applicable", raised.ann.pk, w.NOW + HOUR)
    assert found.closed_because == "Dialysis began, dose agreed"
    quiet_until = w.NOW + HOUR + 7 * DAY
    record = look(raised, quiet_until - timedelta(seconds=1))
    assert "KID-14" not in open_flags(raised)
    assert "KID-14" in {one.rule for one in record.assessment.findings}  # the chart still says it
    assert reassess_at(raised) == quiet_until
    look(raised, quiet_until)
    new = pressing(raised)
    assert new.opened_at == quiet_until
    assert new.evidence["again"] == (
        "Raised again. It was closed on 22-Nov-2026: it does not apply to this patient. It still holds."
    )
    look(raised, quiet_until + HOUR)
    assert pressing(raised) == new


def test_it_is_raised_at_once_when_it_says_something_else(raised):
    do(raised, flag_life.close, pressing(raised), code=ClosedCode.DATA_ERROR, text="")
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="3.6", as_of=w.NOW + HOUR)
    assert pressing(raised).opened_at == w.NOW + HOUR
    assert "It says something else now." in pressing(raised).evidence["again"]


def test_what_the_facts_closed_is_raised_again_at_once(raised):
    first = pressing(raised)
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="0.9", as_of=w.NOW + HOUR)
    w.creatinine(raised, raised.alder, by=raised.ann, mg_dl="4.0", as_of=w.NOW + 20 * DAY)
    assert pressing(raised).pk != first.pk
    assert "again" not in pressing(raised).evidence


def test_that_nothing_is_checked_is_never_kept_quiet(raised, monkeypatch):
    def down(record):
        raise RuntimeError("the check")

    monkeypatch.setattr("titration.services.wanted_flags._from_facts", down)
    look(raised, w.NOW + HOUR)
    do(
        raised,
        flag_life.close,
        open_flags(raised)["CHECK-DOWN"],
        code=ClosedCode.OTHER,
        text="Known",
        as_of=w.NOW + HOUR,
    )
    assert open_flags(raised)["CHECK-DOWN"].opened_at == w.NOW + HOUR


def test_a_reason_without_words_says_the_words_of_its_code(raised):
    flag = calm(raised)
    do(raised, flag_life.close, flag, code=ClosedCode.DATA_ERROR, text="  ")
    assert read(raised, flag).closed_because == "It rests on wrong data"


@pytest.mark.parametrize(
    ("verb", "more"),
    [
        (flag_life.assign, {"to": None}),
        (flag_life.acknowledge, {}),
        (flag_life.act, {"text": "Too late"}),
        (flag_life.snooze, {"until": w.NOW + DAY}),
        (flag_life.close, {"code": ClosedCode.OTHER, "text": "Too late"}),
    ],
)
def test_nothing_is_decided_about_a_closed_flag(raised, verb, more):
    flag = calm(raised)
    do(raised, flag_life.close, flag, code=ClosedCode.ACTED_ON, text="")
    with pytest.raises(flag_life.NotPossible, match="closed meanwhile"):
        do(raised, verb, flag, **more)
    assert kinds(raised, flag) == []


def test_a_call_about_a_closed_flag_is_still_written_down(raised):
    flag = calm(raised)
    do(raised, flag_life.close, flag, code=ClosedCode.ACTED_ON, text="")
    do(raised, flag_life.log_call, flag, text="Called back", as_of=w.NOW + HOUR)
    assert kinds(raised, flag) == ["call"]
