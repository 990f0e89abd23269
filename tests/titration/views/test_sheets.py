"""The printed schedule as a page of the portal."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.services.test_tapers import ADVICE
from tests.titration.views.ordering import record_of, signed_in, text_of, url
from tests.titration.views.reading import assert_easy_to_read, words
from tests.titration.views.test_calendar import DOWN, sign
from titration.dosing.doses import Mg
from titration.models import AuditEvent, Patient, Silence
from titration.presenters.sheet import ATTEMPTS, SheetPage, sheet_page
from titration.presenters.sheet_choice import choice_of
from titration.services import plans

NB = "\u00a0"


@pytest.fixture
def falling(titrated: Any) -> Any:
    """Alder takes 15 mg a day (08:00, 14:00, 20:00), and comes down from Tuesday on."""
    sign(titrated, *DOWN)
    return titrated


def sheet_of(
    world: Any, *, as_of: Any = w.NOW, shorter: int = 0, patient: Any = None, **query: str
) -> SheetPage | None:
    record = record_of(world, patient or world.alder, as_of=as_of)
    return sheet_page(record, choice_of(query, jurisdiction="US"), shorter=shorter)


def days_of(page: SheetPage | None) -> list[Any]:
    assert page is not None
    return [day for table in page.tables for day in table.days]


def test_a_plan_without_changes_has_four_weeks_and_goes_on(titrated):
    page = sheet_of(titrated)
    days = days_of(page)
    assert len(days) == 28
    assert (days[0].words, days[-1].words) == (f"Sunday 22{NB}November", f"Saturday 19{NB}December")
    assert {(cell.amount, cell.dose) for day in days for cell in day.cells} == {("half a tablet", Mg(Decimal(5)))}
    assert {day.total for day in days} == {Mg(Decimal(15))}
    assert not any(day.notes or day.changes for day in days)
    assert page.product == f"Tablets are 10{NB}mg."
    assert page.after.startswith("Go on with the last dose")
    assert [table.columns for table in sheet_of(titrated, shorter=0).tables] == [
        ("Morning (8am)", "Afternoon (2pm)", "Evening (8pm)")
    ] * 4


@pytest.mark.parametrize(("weeks", "days"), [("2", 14), ("4", 28), ("8", 56), ("9", 28), ("x", 28)])
def test_the_address_chooses_how_many_weeks(titrated, weeks, days):
    assert len(days_of(sheet_of(titrated, weeks=weeks))) == days


def test_the_whole_of_a_taper_is_printed_to_the_day_of_the_stop(falling):
    page = sheet_of(falling)
    days = days_of(page)
    assert days[-1].words == f"Tuesday 15{NB}December"
    assert (days[-1].cells, days[-1].none) == ((), "No baclofen on this day.")
    assert [(day.words.replace(NB, " "), day.notes) for day in days if day.changes] == [
        ("Tuesday 24 November", (f"Your dose changes today: 12.5{NB}mg in total.",)),
        ("Tuesday 1 December", (f"Your dose changes today: 10{NB}mg in total.",)),
        ("Tuesday 8 December", (f"Your dose changes today: 5{NB}mg in total.",)),
        ("Tuesday 15 December", ("From today you do not take baclofen.",)),
    ]
    assert page.after.startswith("The plan ends here")
    assert page.advice == ADVICE
    two_weeks = sheet_of(falling, weeks="2")
    assert two_weeks is not None
    assert two_weeks.after.startswith("Your dose goes on to change")


def test_every_dose_is_that_of_the_step_of_its_day(falling):
    record = record_of(falling, falling.alder)
    for ahead, day in enumerate(days_of(sheet_of(falling))):
        step = record.step_on(record.today + timedelta(days=ahead))
        shown = [cell.dose for cell in day.cells if cell.dose]
        assert shown == [slot.amount for slot in step.slot_rows], day.words


def test_a_change_that_changes_nothing_is_not_called_one(titrated):
    """A step that goes on at the same doses is a new row, and no news for the patient."""
    with as_actor(titrated.ann, titrated.alder):
        seen = titrated.seen_by(titrated.ann, titrated.alder)
    with as_actor(titrated.ann, titrated.alder):
        plans.change_dose(
            patient=seen, order=w.order(w.NOW.date() + timedelta(days=3), w.three_times("5")), decision=w.GO_ON,
            expected_version=seen.plans.get().version, by=titrated.ann, as_of=w.NOW,
        )  # fmt: skip
    assert not any(day.changes for day in days_of(sheet_of(titrated)))


def test_a_change_of_today_is_told(falling):
    later = w.NOW + timedelta(days=2)
    assert days_of(sheet_of(falling, as_of=later))[0].notes == (f"Your dose changes today: 12.5{NB}mg in total.",)


def test_a_liquid_comes_in_ml_with_its_mg_and_its_strength_is_said_once(frozen):
    then = w.NOW - timedelta(days=3)
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=4)
    seen = frozen.seen_by(frozen.ann, frozen.alder)
    with as_actor(frozen.ann, frozen.alder):
        plans.start_plan(
            patient=seen, order=w.order(then.date(), w.three_times("5"), product="liquid_1"),
            decision=plans.Decision.none(), by=frozen.ann, as_of=then,
        )  # fmt: skip
    page = sheet_of(frozen)
    cell = days_of(page)[0].cells[0]
    assert (cell.amount, cell.dose) == (f"5{NB}mL", Mg(Decimal(5)))
    assert page.product == f"The liquid is 5{NB}mg in 5{NB}mL."


def test_doses_that_are_held_are_told(titrated):
    with as_actor(titrated.ann, titrated.alder):
        plan = titrated.alder.plans.get()
        Silence.objects.create(
            plan=plan, plan_number=plan.number, patient=titrated.alder, reason="hold", starts_at=w.NOW,
            ends_at=w.NOW + timedelta(hours=30), recorded_at=w.NOW, recorded_by=titrated.ann,
        )  # fmt: skip
    assert words(signed_in(titrated.ann).get(url("plans:sheet", titrated.alder))).count(
        "Your team asked you to leave out doses from Sunday 22 November 2026, 9:05am until "
        "Monday 23 November 2026, 3:05pm. After that, go on as this sheet says."
    ) == 1  # fmt: skip


def test_tables_that_turn_out_too_long_get_shorter_from_the_first_on(titrated):
    counts = [[len(table.days) for table in sheet_of(titrated, shorter=often).tables] for often in (0, 1, 2)]
    assert counts == [[7, 7, 7, 7], [6, 7, 7, 7, 1], [6, 6, 6, 6, 4]]
    assert {len(table.days) for table in sheet_of(titrated, shorter=ATTEMPTS[-1]).tables} == {1}


@pytest.mark.ui("UI-55")
@pytest.mark.ui("UI-90")
def test_the_page_says_who_whom_to_call_and_that_it_replaces_others(falling):
    ann = signed_in(falling.ann)
    page = ann.get(url("plans:sheet", falling.alder))
    for said in (
        "ALDER, Test Born 4 March 1981 ID", "Do not stop baclofen suddenly.", "call 911", "Northern Clinic: 555 0100",
        "When it is closed: 555 0199", "Printed on 22 November 2026, 9:05am.", "This sheet replaces all earlier sheets.",
        f"If your symptoms come back {ADVICE}",
    ):  # fmt: skip
        assert said in words(page), said
    assert page.text.count('class="paper-head"') == page.text.count('class="paper-page"')
    assert "<title>Schedule - Care portal</title>" in page.text
    chart = text_of(ann.get(url("patients:chart", falling.alder)))
    assert url("plans:sheet", falling.alder) in chart


def test_a_clinic_in_the_united_kingdom_has_its_own_numbers_and_paper(frozen):
    w.start(frozen, frozen.furze, by=frozen.finn, days_ago=3)
    page = signed_in(frozen.finn).get(url("plans:sheet", frozen.furze))
    assert "call 999" in words(page)
    assert "or 111 if nobody answers" in words(page)
    assert "911" not in words(page).replace("TEST 1911", "")
    assert "paper--a4" in page.text


def test_choices_are_links_that_keep_the_others(falling):
    ann = signed_in(falling.ann)
    here = url("plans:sheet", falling.alder)
    page = text_of(ann.get(here + "?weeks=2&size=large"))
    assert "paper--letter paper--large" in page
    for link in ("?weeks=8&amp;size=large", "?weeks=2&amp;paper=a4&amp;size=large", "?weeks=2", "?size=large"):
        assert f'href="{here}{link}"' in page, link
    assert f'href="{url("plans:sheet_file", falling.alder)}?weeks=2&amp;size=large"' in page


def test_only_a_plan_that_changes_can_be_asked_for_as_a_whole(titrated):
    def far() -> list[tuple[str, str, bool]]:
        answer = signed_in(titrated.ann).get(url("plans:sheet", titrated.alder))
        group = next(one for one in answer.context["groups"] if one.label == "How far")
        return [(one.label, one.url.partition("?")[2], one.current) for one in group.options]

    two, eight = ("2 weeks", "weeks=2", False), ("8 weeks", "weeks=8", False)
    assert far() == [two, ("4 weeks", "", True), eight]
    sign(titrated, *DOWN)
    assert far() == [("The whole plan", "", True), two, ("4 weeks", "weeks=4", False), eight]


@pytest.mark.ui("UI-4")
@pytest.mark.ui("UI-12")
def test_no_number_stands_before_a_dose_and_no_cell_is_empty(falling):
    for query in ("", "?size=large"):
        page = signed_in(falling.ann).get(url("plans:sheet", falling.alder) + query).text.partition("<article")[2]
        seen = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert re.findall(r"\d\s+\d+(?:\.\d+)?\s?(?:mg|mL|micrograms)", seen) == []
        assert not re.search(r"<t[dh][^>]*>\s*</t[dh]>", page)


def test_what_the_patient_reads_has_reading_grade_six_or_better(falling):
    assert_easy_to_read(signed_in(falling.ann).get(url("plans:sheet", falling.alder)).text.partition("<article")[2])


def test_nothing_is_printed_without_a_dose(titrated):
    ann = signed_in(titrated.ann)
    for name in ("plans:sheet", "plans:sheet_file"):
        assert "Nothing to print" in words(ann.get(url(name, titrated.aspen)))
    w.stop(titrated, titrated.alder, by=titrated.ann)
    assert "Nothing to print" in words(ann.get(url("plans:sheet", titrated.alder)))


def test_nothing_is_printed_for_somebody_who_has_died(titrated):
    with as_owner():
        Patient.objects.filter(pk=titrated.alder.pk).update(is_deceased=True, deceased_on=date(2026, 11, 20))
    ann = signed_in(titrated.ann)
    assert "Nothing to print" in words(ann.get(url("plans:sheet", titrated.alder)))


def test_whoever_prints_is_in_the_audit(titrated):
    ann = signed_in(titrated.ann)
    for name in ("plans:sheet", "plans:sheet_file"):
        ann.get(url(name, titrated.alder))
    with as_actor(titrated.ann, titrated.alder):
        assert AuditEvent.objects.filter(action="print", patient=titrated.alder.pk).count() == 2
