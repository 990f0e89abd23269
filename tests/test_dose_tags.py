"""The filters that write doses, dates and times in templates."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from django.utils.safestring import SafeString, mark_safe

from titration.dosing.doses import Mg, Micrograms
from titration.templatetags import doses


@pytest.mark.parametrize(
    ("written", "html"),
    [
        (doses.dose(Mg(Decimal("7.50"))), '<span class="dose">7.5\u00a0mg</span>'),
        (doses.dose(Micrograms(Decimal(250))), '<span class="dose">250\u00a0micrograms</span>'),
        (doses.total(Mg(Decimal(1155))), '<span class="dose">1,155\u00a0mg</span>'),
        (doses.ml(Decimal("7.5")), '<span class="dose">7.5\u00a0mL</span>'),
        (doses.measure(41, "mL/min"), '<span class="measure">41\u00a0mL/min</span>'),
        (doses.date(date(2026, 11, 2)), '<span class="date">02-Nov-2026</span>'),
        (doses.day(date(2026, 11, 23)), '<span class="date">Mon 23-Nov-2026</span>'),
        (doses.time(time(8, 5)), '<span class="time">08:05</span>'),
        (
            doses.when(datetime(2026, 11, 22, 19, 5, tzinfo=UTC), "America/New_York"),
            '<span class="date">22-Nov-2026</span> <span class="time">14:05</span>',
        ),
    ],
)
def test_each_filter_writes_one_unbroken_span(written: SafeString, html: str) -> None:
    assert written == html


@pytest.mark.ui("UI-12")
def test_none_is_written_in_words_and_never_as_a_dose_or_a_date() -> None:
    missing = '<span class="missing">Not recorded</span>'
    plain = (doses.dose, doses.total, doses.ml, doses.date, doses.day, doses.time)
    assert {one(None) for one in plain} == {missing}
    assert doses.measure(None, "kg") == missing
    assert doses.when(None, "UTC") == missing
    assert doses.days_ago(None) == "Not known"
    assert doses.days_ago(19) == "19 days ago"
    assert doses.recorded("") == doses.recorded(None) == "Not recorded"
    assert doses.recorded("oral") == "oral"


def test_a_bare_number_is_not_a_dose() -> None:
    with pytest.raises(TypeError):
        doses.dose(Decimal(15))
    with pytest.raises(TypeError):
        doses.total(Micrograms(Decimal(15)))


@pytest.mark.parametrize("written", [doses.date, doses.day])
def test_the_date_of_an_instant_needs_a_zone(written: object) -> None:
    with pytest.raises(TypeError, match="when filter"):
        written(datetime(2026, 11, 22, tzinfo=UTC))


def test_prose_keeps_dates_together_and_escapes_the_rest() -> None:
    assert doses.prose("eGFR <30> on 21-Nov-2026, was 41 on Mon 02-Nov-2026 08:15.") == (
        'eGFR &lt;30&gt; on <span class="date">21-Nov-2026</span>, was 41 on '
        '<span class="date">Mon 02-Nov-2026</span> <span class="time">08:15</span>.'
    )
    assert doses.prose(mark_safe("<b>21-Nov-2026</b>")) == "<b>21-Nov-2026</b>"


def test_the_ladder_is_as_high_as_its_highest_step_and_marks_what_is_planned() -> None:
    ladder = doses.dose_ladder([Mg(Decimal(15)), Mg(Decimal(60)), Mg(Decimal(30))], 1)
    assert [step["h"] for step in ladder["steps"]] == [Decimal("9.0"), Decimal("36.0"), Decimal("18.0")]
    assert [step["planned"] for step in ladder["steps"]] == [False, False, True]
    assert ladder["highest"] == Mg(Decimal(60))
    assert doses.dose_ladder([]) == doses.dose_ladder([Mg(Decimal(0))]) == {"steps": []}
