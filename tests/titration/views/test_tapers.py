"""Building a reducing plan: the pace makes the table, every row can be changed, and one signature signs all of it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest

from tests import world as w
from tests.titration.services.lab_files import as_job
from tests.titration.views.ordering import TODAY, checked, parts, record_of, save, signed_in, text_of, typed, url
from titration.services.closed_days import set_closed_days

MONDAY = TODAY + timedelta(days=1)
PACE = {"to": "stop", "reduce_by": "5", "every_days": "7", **parts("starts_on", MONDAY)}
NB = "\u00a0"


@pytest.fixture
def page(titrated: Any) -> str:
    return url("plans:taper", titrated.alder)


@pytest.fixture
def build(ann: Any, page: str) -> Any:
    """Make the table, and answer what a browser would send with it."""

    def build(**pace: str) -> dict[str, str]:
        version = str(ann.get(page).context["form"]["version"].value())
        answer = ann.post(page, {"version": version, "do": "build", **PACE, **pace})
        assert answer.status_code == 200, text_of(answer)
        return sent(answer)

    return build


def sent(answer: Any) -> dict[str, str]:
    """The boxes of the form as they stand on the page."""
    form = answer.context["form"]
    fields: dict[str, str] = {}
    for bound in form:
        value = bound.value()
        if isinstance(value, list) and len(value) == 3:
            fields |= {
                f"{bound.name}_{part}": one or "" for part, one in zip(("day", "month", "year"), value, strict=True)
            }
        elif isinstance(value, date):
            fields |= parts(bound.name, value)
        elif value not in (None, ""):
            fields[bound.name] = str(value)
    return fields


def words(answer: Any) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", text_of(answer))).replace("&quot;", "“")


def table(answer: Any) -> list[tuple[str, str]]:
    """First day and total of each row as the page shows them."""
    rows = answer.context["table"].rows
    return [(str(row.day), "?" if row.total is None else f"{row.total.value.normalize():f}") for row in rows]


def test_the_chart_leads_to_the_builder_and_the_builder_proposes_nothing(ann, titrated, page):
    assert page in text_of(ann.get(url("patients:chart", titrated.alder)))
    answer = ann.get(page)
    assert answer.context["table"] is None
    assert set(sent(answer)) == {"version"}


def test_the_pace_makes_the_table(build, ann, page):
    fields = build()
    answer = ann.post(page, {**fields, "do": "look"})
    assert table(answer) == [
        ("2026-11-23", "10"), ("2026-11-30", "5"), ("2026-12-07", "0"),
    ]  # fmt: skip
    assert [row.change for row in answer.context["table"].rows] == [f"\u22125{NB}mg"] * 3
    seen = words(answer)
    assert f"Needed for 14 days: 11 tablets of 10{NB}mg (105{NB}mg in all)." in seen
    assert "half tablets" in seen
    assert fields["times"] == "08:00 14:00 20:00"
    assert "No advice yet on what to do if symptoms come back" in seen


@pytest.mark.parametrize(
    ("typed", "about", "said"),
    [
        ({"to": ""}, "to", "Choose what the plan comes down to."),
        ({"to": "dose"}, "to_mg", "Enter the dose a day"),
        ({"to": "dose", "to_mg": "15"}, "to_mg", "must end below that"),
        ({"to": "dose", "to_mg": "0"}, "to_mg", "choose the stop"),
        ({"reduce_by": "3"}, "reduce_by", "cannot be made from"),
        ({"reduce_by": "0"}, "reduce_by", "more than 0"),
        ({"reduce_by": ""}, "reduce_by", "Enter by how many"),
        ({"every_days": "0"}, "every_days", "more than 0"),
        ({"every_days": "1.5"}, "every_days", "decimals"),
        ({"every_days": "200"}, "every_days", "further ahead than a plan is signed"),
        (parts("starts_on", TODAY - timedelta(days=1)), "starts_on", "or later"),
    ],
)
def test_a_pace_that_cannot_be_is_refused_and_nothing_typed_is_lost(ann, page, typed, about, said):
    whole = {"version": "1", "do": "build", "reason": "No benefit", "advice": "Call us", **PACE, **typed}
    answer = ann.post(page, whole)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [about]
    assert said in str(form.errors[about][0]) or about == "starts_on"
    kept = sent(answer)
    assert {name: kept.get(name, "") for name in whole if name != "do"} == {n: v for n, v in whole.items() if n != "do"}


@pytest.mark.ui("UI-74")
def test_rows_move_by_buttons_and_their_days_stay(build, ann, page):
    fields = build()
    down = ann.post(page, {**fields, "do": "down-1"})
    moved = sent(down)
    assert [moved.get(f"row_1_dose_{place}") for place in (1, 2, 3)] == [None, None, "5"]
    assert [moved.get(f"row_2_dose_{place}") for place in (1, 2, 3)] == [None, "5", "5"]
    assert moved["row_1_on_day"] == "23"
    assert "never goes up" in words(down)
    assert down.status_code == 200
    back = sent(ann.post(page, {**moved, "do": "up-2"}))
    assert back == fields


def test_rows_are_added_removed_and_typed_over(build, ann, page):
    fields = build()
    added = ann.post(page, {**fields, "do": "add-1", "reason": "Too sleepy"})
    typed = sent(added)
    assert typed["rows_count"] == "4"
    assert typed["reason"] == "Too sleepy"
    assert "row_2_on_day" not in typed
    assert "is missing" in words(added)
    typed |= parts("row_2_on", MONDAY + timedelta(days=3))
    typed |= {"row_2_dose_2": "2.5"}
    looked = ann.post(page, {**typed, "do": "look"})
    assert [total for _, total in table(looked)] == ["10", "7.5", "5", "0"]
    removed = ann.post(page, {**typed, "do": "remove-4"})
    assert [total for _, total in table(removed)] == ["10", "7.5", "5"]
    assert "The last dose goes on: its first 7 days are counted." in words(removed)


@pytest.mark.parametrize(
    "action", ["up-1", "down-3", "up-99", "remove-x", "dance-1", "move-0", "add-", "", "keep-1000000"]
)
def test_a_button_that_cannot_be_changes_nothing(build, ann, page, action):
    fields = build()
    answer = ann.post(page, {**fields, "do": action})
    assert answer.status_code == 200
    assert sent(answer) == fields


@pytest.mark.ui("UI-23")
def test_a_row_that_the_tablets_cannot_make_is_marked_and_not_signed(build, ann, page):
    fields = {**build(), "row_1_dose_2": "3", "reason": "No benefit"}
    looked = ann.post(page, {**fields, "do": "look"})
    assert looked.status_code == 200
    assert "The nearest doses are 2.5" in words(looked)
    refused = ann.post(page, {**fields, "do": "check"})
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["row_1_dose_2"]


@pytest.mark.parametrize(
    ("change", "about", "said"),
    [
        ({"row_1_dose_2": "10", "row_1_dose_3": "10"}, "row_1_on", "never goes up"),
        ({"row_2_dose_2": "10"}, "row_2_on", "never goes up"),
        ({"row_2_on_day": "23", "row_2_on_month": "11"}, "row_2_on", "not after the one before"),
        ({"row_1_dose_2": "", "row_1_dose_3": ""}, "row_1_on", "no step can follow"),
        ({"row_2_on_day": ""}, "row_2_on", "must include a day"),
        ({"row_1_dose_2": "1,5"}, "row_1_dose_2", "full stop"),
        ({"rows_count": ""}, "__all__", "Make the table first"),
        ({"rows_count": "²"}, "__all__", "Make the table first"),
        ({"times": ""}, "__all__", "Make the table first"),
        ({"product": "tablet_20"}, "__all__", "another one than the table was made from"),
        ({"product": "moon"}, "__all__", "another one than the table was made from"),
        ({"reason": ""}, "reason", "Fill in"),
    ],
)
def test_a_table_that_cannot_be_is_not_checked_further(build, ann, page, change, about, said):
    answer = ann.post(page, {**build(), "reason": "No benefit", **change, "do": "check"})
    assert answer.status_code == 422
    errors = answer.context["form"].errors
    assert about in errors
    assert any(said in str(one) for one in errors[about])


def test_a_closed_day_is_told_in_its_row_and_moved_or_kept(build, ann, page, titrated):
    with as_job("closed_days"):
        set_closed_days(clinic=titrated.north, weekdays=[5, 6], dates=[MONDAY])
    fields = build()
    answer = ann.post(page, {**fields, "do": "look"})
    rows = answer.context["table"].rows
    assert [(row.closed, row.next_open) for row in rows] == [
        ("a closed day", date(2026, 11, 24)),
        ("", None),
        ("", None),
    ]
    assert "Mon 23-Nov-2026 is a closed day. The patient may not reach you." in words(answer)
    moved = ann.post(page, {**fields, "do": "move-1"})
    assert [day for day, _ in table(moved)] == ["2026-11-24", "2026-11-30", "2026-12-07"]
    kept = ann.post(page, {**fields, "do": "keep-1"})
    assert [row.closed for row in kept.context["table"].rows] == ["", "", ""]
    assert "clinic closed, kept" in words(kept)
    elsewhere = {**sent(kept), **parts("row_1_on", date(2026, 11, 28))}
    assert ann.post(page, {**elsewhere, "do": "look"}).context["table"].rows[0].closed == "a Saturday"
    check = ann.post(page, {**sent(kept), "reason": "No benefit", "do": "check"})
    assert "Dose changes while the clinic is closed" in words(check)


def test_one_signature_signs_every_row(build, ann, page, titrated):
    fields = {**build(), "reason": "No benefit", "advice": "Call us, and take the dose of the week before."}
    check = ann.post(page, {**fields, "do": "check"})
    seen = words(check)
    assert "Step 3, from Mon 07-Dec-2026 0\u00a0mg a day: baclofen is stopped" in seen
    assert "From Monday 23 November 2026: afternoon (2pm): half a 10\u00a0mg tablet (5\u00a0mg)" in seen
    assert "Save reducing plan" in seen
    saved = save(
        ann, titrated.alder, check.context["token"], typed_total="0", reason_code="other", reason_text="Agreed"
    )
    assert saved.status_code == 302, words(saved)
    steps = record_of(titrated, titrated.alder).planned_steps
    assert [(step.kind, step.daily_mg, step.first_day) for step in steps] == [
        ("taper", 10, MONDAY), ("taper", 5, MONDAY + timedelta(days=7)), ("stop", 0, MONDAY + timedelta(days=14)),
    ]  # fmt: skip
    again = save(ann, titrated.alder, check.context["token"])
    assert again.status_code == 302
    assert len(record_of(titrated, titrated.alder).planned_steps) == 3
    chart = ann.get(url("patients:chart", titrated.alder))
    assert "07-Dec-2026 is the first day without baclofen" in words(chart)
    detail = ann.get(url("steps:detail", titrated.alder, step_id=steps[1].pk))
    assert "take the dose of the week before" in words(detail)


def test_change_opens_the_table_as_it_was_typed(build, ann, page):
    fields = {**build(), "row_1_dose_2": "2.5", "reason": "No benefit"}
    check = ann.post(page, {**fields, "do": "check"})
    again = ann.get(check.context["change_url"])
    assert sent(again) == fields


def test_a_plan_that_moved_on_meanwhile_is_shown_beside_it(build, ann, page, titrated):
    fields = {**build(), "reason": "No benefit"}
    check = ann.post(page, {**fields, "do": "check"})
    w.change(titrated, titrated.alder, by=titrated.ann, mg="7.5")
    both = ann.post(page, {**fields, "do": "check"})
    assert both.status_code == 409
    assert "Step 3, from Mon 07-Dec-2026" in words(both)
    late = save(ann, titrated.alder, check.context["token"], typed_total="0", reason_code="other", reason_text="x")
    assert late.status_code == 409
    assert record_of(titrated, titrated.alder).planned_steps == ()


def test_what_is_signed_ahead_and_replaced_is_named(build, ann, page, titrated):
    token = checked(ann, titrated.alder, typed(on=TODAY + timedelta(days=9), dose="2.5"))
    save(ann, titrated.alder, token)
    seen = words(ann.post(page, {**build(), "do": "look"}))
    assert f"This plan replaces what is signed ahead the step of 7.5{NB}mg a day from 01-Dec-2026" in seen


def test_the_live_panel_reads_the_table_too(build, ann, titrated):
    live = ann.post(url("steps:live", titrated.alder), {**build(), "purpose": "taper"})
    assert "DOWN 15" in words(live)


def test_there_is_nothing_to_reduce_without_a_plan(ann, titrated):
    assert ann.get(url("plans:taper", titrated.aspen)).url == url("patients:chart", titrated.aspen)


def test_who_may_only_record_does_not_build_a_plan(titrated, page):
    assert signed_in(titrated.bea).get(page).status_code == 403
