"""The schedule as a PDF file, read line by line as a screen reader does, against the plan."""

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from tests import world as w
from tests.database import as_actor, as_owner
from tests.titration.services.test_tapers import ADVICE
from tests.titration.views.ordering import record_of, signed_in, url
from tests.titration.views.pdf_reading import Element, Paper
from titration import paper
from titration.dosing.doses import Mg
from titration.dosing.taper import TaperRow
from titration.models import Installation, Plan, Step
from titration.presenters.sheet_choice import choice_of
from titration.services import plans
from titration.services.orders import TaperOrder
from titration.services.tapers import sign_taper
from titration.views.sheets import schedule_pdf

TIMES = (time(2, 30), time(14), time(20))
COLUMNS = ["Early morning (2:30am)", "Afternoon (2pm)", "Evening (8pm)"]
# New York puts its clocks forward on Sunday 14 March 2027, from 2am to 3am.
PRINTED = datetime(2027, 3, 8, 15, 0, tzinfo=UTC)
HALF, QUARTER, NONE = "half a tablet 5 mg", "a quarter of a tablet 2.5 mg", "No dose"
# The plan as a person would write it down: from which day on, what at each time, how much in total, what is said that day.
PLAN = [
    (date(2027, 3, 8), [HALF, HALF, HALF], "15 mg", ""),
    (date(2027, 3, 10), [QUARTER, HALF, HALF], "12.5 mg", "Your dose changes today: 12.5 mg in total."),
    (date(2027, 3, 17), [QUARTER, QUARTER, HALF], "10 mg", "Your dose changes today: 10 mg in total."),
    (date(2027, 3, 25), [NONE, NONE, HALF], "5 mg", "Your dose changes today: 5 mg in total."),
    (date(2027, 4, 2), [], "", "From today you do not take baclofen."),
]
CLOCKS = (
    "The clocks go forward today. Take each dose by the new time. There is no 2:30am today: take that dose at 3:30am."
)
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def row(on: date, *amounts: str) -> TaperRow:
    slots = tuple((at, Mg(Decimal(amount))) for at, amount in zip(TIMES, amounts, strict=False) if amount != "0")
    return TaperRow(starts_on=on, slots=slots)


def sign(world: Any, *rows: TaperRow) -> None:
    seen = world.seen_by(world.ann, world.alder)
    order = TaperOrder(key=uuid.uuid4(), product_code="tablet_10", reason="No benefit", advice=ADVICE, rows=rows)
    with as_actor(world.ann, world.alder):
        sign_taper(
            patient=seen, order=order, decision=plans.Decision.none(),
            expected_version=Plan.objects.get(patient=world.alder).version, by=world.ann, as_of=w.NOW,
        )  # fmt: skip


def plant_draft(world: Any, on: date) -> None:
    """A step that nobody has signed, over days of the taper."""
    with as_actor(world.ann, world.alder):
        plan = Plan.objects.get(patient=world.alder)
        Step.objects.create(
            plan=plan, plan_number=plan.number, patient=world.alder, kind="increase", state="draft",
            period=DateRange(on, on + timedelta(days=3)), daily_mg=Decimal("77.5"), product_id="tablet_10", protocol_version=1,
            recorded_at=w.NOW, recorded_by=world.ann,
        )  # fmt: skip


@pytest.fixture
def falling(frozen: Any) -> Any:
    """Alder takes 5 mg at 02:30, 14:00 and 20:00, and comes down in March; another taper was signed first and replaced."""
    then = w.NOW - timedelta(days=10)
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=11)
    seen = frozen.seen_by(frozen.ann, frozen.alder)
    slots = tuple((at, Mg(Decimal(5))) for at in TIMES)
    with as_actor(frozen.ann, frozen.alder):
        plans.start_plan(
            patient=seen, order=w.order(then.date(), slots), decision=plans.Decision.none(), by=frozen.ann, as_of=then
        )
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=2)
    sign(frozen, row(date(2027, 3, 12), "5", "2.5", "5"), row(date(2027, 3, 20), "5", "2.5", "2.5"))
    sign(
        frozen,
        row(date(2027, 3, 10), "2.5", "5", "5"),
        row(date(2027, 3, 17), "2.5", "2.5", "5"),
        row(date(2027, 3, 25), "0", "0", "5"),
        row(date(2027, 4, 2)),
    )
    plant_draft(frozen, date(2027, 3, 12))
    return frozen


def printed(world: Any, *, as_of: datetime = PRINTED, **query: str) -> Paper:
    record = record_of(world, world.alder, as_of=as_of)
    made = schedule_pdf(None, record, choice_of(query, jurisdiction="US"))
    assert made is not None
    return Paper(made)


def lines_expected() -> dict[str, tuple[str, list[str]]]:
    """Day in words: what is said of it, and the words of each cell after the name of the day."""
    found = {}
    day = PLAN[0][0]
    while day <= PLAN[-1][0]:
        first, doses, total, said = next(one for one in reversed(PLAN) if one[0] <= day)
        notes = said if first == day and first != PLAN[0][0] else ""
        if day == date(2027, 3, 14):
            notes = CLOCKS
        month = "March" if day.month == 3 else "April"
        cells = [*doses, total] if doses else ["No baclofen on this day."]
        found[f"{DAY_NAMES[day.weekday()]} {day.day} {month}"] = (notes, cells)
        day += timedelta(days=1)
    return found


def lines_of(table: Element) -> dict[str, tuple[str, list[str]]]:
    """The same, as the structure of the PDF holds it."""
    found = {}
    for body in table.all("TBody"):
        *notes, line = body.all("TR")
        name, *cells = (cell.words for cell in line.all("TH", "TD"))
        found[name] = (" ".join(one.words for one in notes), cells)
    return found


def test_every_line_of_the_paper_is_the_plan_over_a_clock_change_and_the_end_of_a_month(falling):
    tables = printed(falling).root.all("Table")
    read: dict[str, tuple[str, list[str]]] = {}
    for table in tables:
        read |= lines_of(table)
    # In the last week of the taper only one dose is taken: its table has no column for the others.
    expected = {
        day: (said, [cell for cell in cells if cell != NONE] if day in lines_of(tables[-1]) else cells)
        for day, (said, cells) in lines_expected().items()
    }
    assert list(read) == list(expected)  # no day is missing, doubled or moved
    assert read == expected
    assert len(read) == 26
    heads = [[cell.words for cell in table.all("THead")[0].all("TH")] for table in tables]
    assert heads == [["Day", *COLUMNS, "In total"]] * 3 + [["Day", COLUMNS[2], "In total"]]


@pytest.mark.ui("UI-55")
def test_every_page_says_who_whom_to_call_which_version_and_which_page(falling):
    made = printed(falling)
    count = len(made.marked)
    assert count == 5
    with as_actor(falling.ann, falling.alder):
        signed = Step.objects.signed().count()  # those that were replaced count: the number never goes down
    for number in range(1, count + 1):
        text = made.on_page(number)
        for said in (
            "ALDER, Test", "Born 4 March 1981", "ID TEST", "Do not stop baclofen suddenly.", "call 911", "555 0100", "555 0199",
            f"Version {signed}.", "Printed on 8 March 2027, 10am.", "This sheet replaces all earlier sheets.",
        ):  # fmt: skip
            assert said in text.replace("\u00a0", " "), (number, said)
        assert f"Page {number} of {count}" in text


def test_each_table_stands_on_one_page(falling):
    for query in ({}, {"size": "large"}, {"paper": "a4"}, {"paper": "a4", "size": "large"}):
        made = printed(falling, **query)
        tables = made.root.all("Table")
        assert all(len(table.pages) == 1 for table in tables), query
        assert len({next(iter(table.pages)) for table in tables}) == len(tables), query


@pytest.mark.parametrize("size", ["", "large"])
def test_six_doses_a_day_find_their_place(frozen, size):
    then = w.NOW - timedelta(days=3)
    w.creatinine(frozen, frozen.alder, by=frozen.ann, mg_dl="0.9", days_ago=4)
    seen = frozen.seen_by(frozen.ann, frozen.alder)
    slots = tuple((time(hour, 30), Mg(Decimal("2.5"))) for hour in (6, 9, 12, 15, 18, 22))
    with as_actor(frozen.ann, frozen.alder):
        plans.start_plan(
            patient=seen, order=w.order(then.date(), slots), decision=plans.Decision.none(), by=frozen.ann, as_of=then
        )
    made = printed(frozen, as_of=w.NOW, weeks="2", size=size)
    tables = made.root.all("Table")
    assert len(made.marked) == len(tables)
    assert all(len(table.pages) == 1 for table in tables)
    doses = [cell.words for table in tables for cell in table.all("TD") if QUARTER in cell.words]
    assert doses == [QUARTER] * 6 * 14


@pytest.mark.ui("UI-90")
def test_the_file_can_be_read_aloud_and_its_name_tells_nothing(falling):
    made = printed(falling)
    assert str(made.catalog.Lang) == "en"
    assert made.title == "Schedule"
    assert bool(made.catalog.MarkInfo.Marked)
    assert bool(made.catalog.ViewerPreferences.DisplayDocTitle)
    assert str(made.pdf.open_metadata()["pdfuaid:part"]) == "1"
    assert [one.words for one in made.root.all("H1")] == ["Your baclofen, day by day"]
    for table in made.root.all("Table"):
        assert table.all("Caption")
        assert all(line.all("TH") for body in table.all("TBody") for line in body.all("TR")[-1:])
        assert all(cell.words for cell in table.all("TH", "TD"))
        assert all("/Headers" in cell.attributes for cell in table.all("TD"))


def test_large_letters_and_both_papers(falling):
    sizes = {}
    for query in ({}, {"paper": "a4"}, {"size": "large"}):
        made = printed(falling, **query)
        sizes[str(query)] = tuple(round(float(side)) for side in made.pdf.pages[0].mediabox[2:])
    assert list(sizes.values()) == [(612, 792), (595, 842), (792, 612)]


def test_the_file_is_a_download_with_a_name_without_a_medicine(falling):
    answer = signed_in(falling.ann).get(url("plans:sheet_file", falling.alder))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="schedule.pdf"'
    assert answer["Cache-Control"] == "no-store"


def test_paper_with_invented_people_says_so(falling):
    made_up = "Demonstration data. Not for care."
    ann = signed_in(falling.ann)
    page = url("plans:sheet_file", falling.alder)
    assert made_up not in Paper(ann.get(page).content).root.words
    with as_owner():
        Installation.objects.update_or_create(id=1, defaults={"is_demo": True, "stamped_at": w.NOW})
    sheet = Paper(ann.get(page).content)
    assert all(made_up in sheet.on_page(number) for number in range(1, len(sheet.marked) + 1))


def test_without_the_libraries_the_page_says_how_to_print(falling, monkeypatch):
    monkeypatch.setattr(paper, "missing_libraries", lambda: ("libpango-1.0.so.0",))
    ann = signed_in(falling.ann)
    for name in ("plans:sheet", "plans:sheet_file"):
        answer = ann.get(url(name, falling.alder))
        assert answer.status_code == 200
        assert "This server cannot make PDF files. Print this page from the menu of your browser." in answer.text
        assert "Get as PDF" not in answer.text
