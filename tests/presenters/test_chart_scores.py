"""Outcome scores under the doses: a point where each answer stands on its own scale, and nothing between two visits."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from tests.presenters.chart_histories import NRS, TITRATION, TODAY, TONE, chart, score, step
from titration.models import FactKind
from titration.presenters.chart_scores import chart_scores

SCORES = (
    score(-30, "7"),
    score(-2, "4"),
    score(-30, "2", scale=TONE),
    score(-16, "1+", scale=TONE),
    score(-2, "1", scale=TONE),
)


def circles(drawing):
    return [one for one in drawing.picture.circles if one.css == "chart-score"]


def texts(drawing):
    return [one.text for one in drawing.picture.texts]


def test_each_visit_has_a_point_and_its_answer_beside_it():
    wide = chart(**TITRATION, scores=SCORES).drawings[0]
    assert len(circles(wide)) == 5
    assert {NRS, TONE, "7", "4", "2", "1+", "1"} <= set(texts(wide))


def test_1_plus_stands_between_1_and_2_as_a_level_of_its_own():
    wide = chart(scores=SCORES).drawings[0]
    heights = [float(one.y) for one in circles(wide)[2:]]
    assert heights == sorted(heights)
    two, one_plus, one = heights
    assert abs((one - one_plus) - (one_plus - two)) < 0.11  # positions have one decimal


@pytest.mark.ui("UI-64")
def test_no_line_joins_two_visits():
    made = chart(steps=[step(-40, "20")], scores=SCORES).drawings
    without = chart(steps=[step(-40, "20")]).drawings
    assert [len(one.picture.paths) for one in made] == [len(one.picture.paths) for one in without]


def test_without_a_score_the_chart_is_as_it_was():
    bare, scored = chart(**TITRATION), chart(**TITRATION, scores=SCORES[:1])
    assert [one.view_box for one in bare.drawings] == ["0 0 880 370", "0 0 288 370"]
    assert [one.view_box for one in scored.drawings] == ["0 0 880 432", "0 0 288 432"]
    assert NRS not in texts(bare.drawings[0])
    assert NRS in texts(scored.drawings[0])
    assert TONE not in texts(scored.drawings[0])


@pytest.mark.ui("UI-58")
def test_every_score_is_in_the_table_in_the_description_and_on_the_date_line():
    made = chart(**TITRATION, scores=SCORES)
    assert made.tables[-1].rows[:2] == (("20-Nov-2026", NRS, "4"), ("20-Nov-2026", TONE, "1"))
    assert len(made.tables[-1].rows) == 5
    assert f"{NRS}: latest 4 on 20-Nov-2026; it was 7 on 23-Oct-2026." in made.drawings[0].description
    [day] = [event for event in made.events if event.date == "20-Nov-2026"]
    assert f"{NRS}: 4; {TONE}: 1" in day.text


def test_a_score_before_the_dates_in_view_is_told_and_not_drawn():
    narrow = chart(steps=[step(-40, "20")], scores=SCORES[:1], range_key="4w").drawings[1]
    assert circles(narrow) == []
    assert "No score in these dates" in texts(narrow)
    assert f"{NRS}: latest 7 on 23-Oct-2026, before these dates." in narrow.description


def fact(kind, answer, days, *, current=True):
    return SimpleNamespace(
        kind=kind, answer=answer, on_date=TODAY - timedelta(days=days), is_current=current, number=Decimal(0)
    )


def test_only_scores_that_count_are_drawn_and_of_one_day_the_last():
    facts = [
        fact(FactKind.TONE, "1+", 0), fact(FactKind.SPASTICITY, "3", 1), fact(FactKind.SPASTICITY, "9", 1),
        fact(FactKind.SPASTICITY, "8", 2, current=False), fact(FactKind.BENEFIT, "good", 0), fact(FactKind.SPASMS, "4", 9),
    ]  # fmt: skip
    assert [(one.scale, one.answer) for one in chart_scores(facts)] == [
        ("Spasticity, 0 to 10", "3"),
        ("Penn spasm frequency, 0 to 4", "4"),
        ("Modified Ashworth, 0 to 4", "1+"),
    ]
