"""The printed calendar of what is signed ahead."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor
from tests.titration.services.test_tapers import ADVICE, order, row
from tests.titration.views.ordering import TODAY, record_of, signed_in, text_of, url
from tests.titration.views.test_tapers import words
from titration.models import Plan
from titration.presenters.calendar import calendar_page
from titration.services import plans
from titration.services.tapers import sign_taper

NB = "\u00a0"


def sign(world: Any, *rows: Any) -> None:
    seen = world.seen_by(world.ann, world.alder)
    with as_actor(world.ann, world.alder):
        sign_taper(
            patient=seen, order=order(*rows), decision=plans.Decision.none(),
            expected_version=Plan.objects.get(patient=world.alder).version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip


DOWN = (row(2, "2.5", "5", "5"), row(9, "2.5", "2.5", "5"), row(16, "0", "0", "5"), row(23))


@pytest.fixture
def falling(titrated: Any) -> Any:
    """Alder takes 15 mg a day (08:00, 14:00, 20:00), and comes down from Tuesday on."""
    sign(titrated, *DOWN)
    return titrated


def test_a_plan_without_changes_has_two_weeks_and_goes_on(titrated):
    page = calendar_page(record_of(titrated, titrated.alder))
    assert page is not None
    assert [week.title for week in page.weeks] == [
        "Sunday 22 November 2026",
        "Monday 23 November to Sunday 29 November 2026",
        "Monday 30 November to Saturday 5 December 2026",
    ]
    assert sum(len(week.days) for week in page.weeks) == 14
    assert page.weeks[0].columns == ("Morning (8am)", "Afternoon (2pm)", "Evening (8pm)")
    assert {dose for week in page.weeks for day in week.days for _, dose in day.doses} == {
        f"half a 10{NB}mg tablet (5{NB}mg)"
    }
    assert not any(day.change for week in page.weeks for day in week.days)
    assert page.after.startswith("Go on with the last dose")


def test_each_change_is_said_on_its_day_and_the_plan_ends_with_the_stop(falling):
    page = calendar_page(record_of(falling, falling.alder))
    assert page is not None
    changes = {day.words: day.change for week in page.weeks for day in week.days if day.change}
    assert changes == {
        "Tuesday 24 November": f"Your dose changes today: 12.5{NB}mg in total.",
        "Tuesday 1 December": f"Your dose changes today: 10{NB}mg in total.",
        "Tuesday 8 December": f"Your dose changes today: 5{NB}mg in total.",
        "Tuesday 15 December": "From today you do not take baclofen any more.",
    }
    third = page.weeks[4].days
    assert page.weeks[4].columns == ("Evening (8pm)",)
    assert [dose for _, dose in third[0].doses] == [f"half a 10{NB}mg tablet (5{NB}mg)"]
    assert third[-1].doses == (("Evening (8pm)", ""),)
    assert page.after.startswith("The plan ends here")
    assert page.advice == ADVICE


def test_every_dose_of_the_sheet_is_that_of_the_step_of_its_day(falling):
    record = record_of(falling, falling.alder)
    page = calendar_page(record)
    assert page is not None
    days = [day for week in page.weeks for day in week.days]
    for ahead, shown in enumerate(days):
        step = record.step_on(TODAY + timedelta(days=ahead))
        doses = [dose for _, dose in shown.doses if dose]
        total = sum((Decimal(re.search(r"\(([0-9.]+)\u00a0mg\)", dose)[1]) for dose in doses), Decimal(0))
        assert total == step.daily_mg, shown.words


@pytest.mark.ui("UI-55")
def test_the_sheet_says_who_to_call_that_it_replaces_others_and_never_to_stop_suddenly(falling):
    ann = signed_in(falling.ann)
    page = ann.get(url("plans:calendar", falling.alder))
    head = text_of(page).split("<main")[0]
    for said in (
        "Never stop baclofen suddenly.",
        "555 0100",
        "555 0199",
        "This sheet replaces all earlier sheets",
        "22-Nov-2026",
        "Version",
    ):
        assert said in head, said  # the head is repeated on every sheet of paper
    assert f"If your symptoms come back: {ADVICE}" in words(page)
    assert url("plans:calendar", falling.alder) in text_of(ann.get(url("patients:chart", falling.alder)))


@pytest.mark.ui("UI-4")
def test_no_number_stands_before_a_dose(falling):
    seen = re.sub(r"\s+", " ", words(signed_in(falling.ann).get(url("plans:calendar", falling.alder))))
    assert (
        re.findall(r"\d\s+\d+(?:\.\d+)?\s?(?:mg|mL|micrograms)", seen.partition("Your baclofen, day by day")[2]) == []
    )


def test_large_print_is_a_link_away(falling):
    ann = signed_in(falling.ann)
    usual, large = (ann.get(url("plans:calendar", falling.alder) + query) for query in ("", "?print=large"))
    assert "calendar-page--large" not in text_of(usual)
    assert "?print=large" in text_of(usual)
    assert "calendar-page--large" in text_of(large)


def test_nothing_is_printed_without_a_dose(titrated):
    ann = signed_in(titrated.ann)
    assert "Nothing to print" in words(ann.get(url("plans:calendar", titrated.aspen)))
    w.stop(titrated, titrated.alder, by=titrated.ann)
    assert "Nothing to print" in words(ann.get(url("plans:calendar", titrated.alder)))


def test_a_liquid_is_printed_in_ml_beside_its_mg(frozen):
    then = w.NOW - timedelta(days=3)
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=4)
    seen = frozen.seen_by(frozen.ann, frozen.alder)
    with as_actor(frozen.ann, frozen.alder):
        plans.start_plan(
            patient=seen, order=w.order(then.date(), w.three_times("5"), product="liquid_1"),
            decision=plans.Decision.none(), by=frozen.ann, as_of=then,
        )  # fmt: skip
    page = calendar_page(record_of(frozen, frozen.alder))
    assert page is not None
    assert f"5{NB}mL" in page.weeks[0].days[0].doses[0][1]
    assert f"5{NB}mg" in page.weeks[0].days[0].doses[0][1]


def test_a_long_plan_is_printed_for_half_a_year_and_says_that_it_goes_on(titrated):
    sign(titrated, row(2, "2.5", "5", "5"), row(300, "2.5", "2.5", "5"))
    page = calendar_page(record_of(titrated, titrated.alder))
    assert page is not None
    assert sum(len(week.days) for week in page.weeks) == 182
    assert page.after.startswith("Your dose goes on changing")


def test_the_days_of_the_sheet_are_those_of_the_patient(titrated):
    """23:30 in New York is already the next day in UTC."""
    record = record_of(titrated, titrated.alder, as_of=w.NOW.replace(hour=4, minute=30))
    page = calendar_page(record)
    assert page is not None
    assert page.starts == "Saturday 21 November 2026"
    assert date(2026, 11, 21).weekday() == 5
