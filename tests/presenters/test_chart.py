"""The model of the chart: paths, axes, series, ranges, tables and words."""

import re
from datetime import date
from decimal import Decimal

import pytest

from tests.presenters.chart_histories import (
    CREATININE,
    RANGE_KEYS,
    REPORTED,
    TITRATION,
    TODAY,
    chart,
    flag,
    random_history,
    result,
    step,
)
from titration.presenters.chart import ChartStep, build_chart
from titration.presenters.chart_geometry import WIDE, TimeAxis, scale, treads

STEP_PATH = re.compile(r"^M[\d.]+,[\d.]+([HV][\d.]+)*$")
POSITION = re.compile(r"^\d+(\.\d)?$")


def paths(drawing, css: str) -> list[str]:
    return [path.d for path in drawing.picture.paths if css in path.css.split()]


def texts(drawing) -> list[str]:
    return [text.text for text in drawing.picture.texts]


@pytest.mark.ui("UI-59")
@pytest.mark.parametrize("seed", range(0, 100, 5))
@pytest.mark.parametrize("range_key", RANGE_KEYS)
def test_each_dose_path_holds_until_changed_and_each_position_has_at_most_one_decimal(seed, range_key):
    for drawing in chart(**random_history(seed), range_key=range_key).drawings:
        for d in paths(drawing, "chart-dose"):
            assert STEP_PATH.match(d), d
        shapes = (*drawing.picture.rules, *drawing.picture.circles, *drawing.picture.texts, *drawing.picture.grounds)
        for shape in shapes:
            for name in ("x", "y", "x1", "y1", "x2", "y2", "r", "width", "height"):
                assert POSITION.match(getattr(shape, name, "0")), shape


def test_the_line_is_solid_up_to_today_and_dashed_after_it():
    wide = chart(steps=[step(-42, "20"), step(-21, "40"), step(10, "60", planned=True)]).drawings[0]
    today_x = "697.6"
    solid, dashed = (path for path in wide.picture.paths if path.css.startswith("chart-dose"))
    assert solid.css == "chart-dose"
    assert solid.d.endswith(f"H{today_x}")
    assert dashed.css == "chart-dose chart-planned"
    assert dashed.d.startswith(f"M{today_x},")
    assert dashed.d.count("V") == 1
    assert dashed.d.endswith("H856")


def test_a_planned_step_is_dashed_even_when_its_day_has_passed():
    wide = chart(steps=[step(-42, "20"), step(-7, "40", planned=True)]).drawings[0]
    solid, dashed = (path for path in wide.picture.paths if path.css.startswith("chart-dose"))
    assert float(solid.d.rpartition("H")[2]) < 697.6
    assert "chart-planned" in dashed.css


def test_a_plan_that_lies_wholly_ahead_is_all_dashed():
    wide = chart(steps=[step(3, "15", planned=True)]).drawings[0]
    assert [path.css for path in wide.picture.paths] == ["chart-dose chart-planned"]
    assert "15\u00a0mg planned" in texts(wide)
    assert "No dose in these dates up to today." in wide.description


def test_a_stop_ends_the_line_where_the_last_dose_was():
    wide = chart(steps=[step(-40, "40"), step(-10, "0")]).drawings[0]
    (line,) = paths(wide, "chart-dose")
    assert "V" not in line
    (cap,) = [rule for rule in wide.picture.rules if rule.css == "chart-end"]
    assert cap.x1 == line.rpartition("H")[2]
    assert float(cap.y2) < 178
    assert "Stopped" in texts(wide)
    assert wide.description.startswith("Dose 40\u00a0mg a day from 13-Oct-2026; it was stopped on 12-Nov-2026.")


@pytest.mark.ui("UI-64")
@pytest.mark.parametrize("range_key", RANGE_KEYS)
def test_nothing_of_the_dose_panel_lies_on_its_zero_line(range_key):
    history = [step(-300, "0"), step(-60, "20", until=-50), step(-30, "10"), step(-8, "0"), step(9, "5", planned=True)]
    for drawing in chart(steps=history, range_key=range_key).drawings:
        heights = [float(circle.y) for circle in drawing.picture.circles]
        for d in paths(drawing, "chart-dose"):
            heights += [float(y) for y in re.findall(r"(?:,|V)([\d.]+)", d)]
        assert heights
        assert max(heights) < 178


@pytest.mark.ui("UI-64")
def test_time_without_a_plan_breaks_the_line():
    wide = chart(steps=[step(-60, "20", until=-41), step(-20, "20")]).drawings[0]
    first, second, _ahead = paths(wide, "chart-dose")
    assert float(first.rpartition("H")[2]) < float(second[1:].split(",")[0])


def test_a_step_after_time_without_a_plan_follows_nothing():
    before, after = treads([step(-60, "20", until=-41), step(-20, "40")])
    assert after.before is None
    assert [tread.before for tread in treads([before.step, step(-40, "40")])] == [None, before.step]


def test_days_without_a_break_are_joined_with_or_without_a_last_day():
    for until in (-21, None):
        wide = chart(steps=[step(-60, "20", until=until), step(-20, "40")]).drawings[0]
        assert [path.css for path in wide.picture.paths] == ["chart-dose", "chart-dose chart-planned"]


def test_a_later_step_ends_an_earlier_one_and_a_replaced_one_covers_no_time():
    covered = treads([step(-5, "30"), step(-20, "10", until=5), step(-5, "40")])
    assert [(tread.step.daily_mg, tread.end) for tread in covered] == [
        (Decimal(10), (TODAY.toordinal() - 5)),
        (Decimal(40), date.max.toordinal()),
    ]


@pytest.mark.ui("UI-66")
@pytest.mark.parametrize(
    ("highest", "end"), [("5", 80), ("80", 80), ("80.5", 100), ("100", 100), ("101", 120), ("400", 400)]
)
def test_the_dose_axis_starts_at_zero_and_ends_at_80_or_the_next_20_above(highest, end):
    axis = chart(steps=[step(-30, highest)]).drawings[0].dose_scale
    assert (axis.ticks[0], axis.ticks[-1], axis.end) == (0, end, end)
    assert axis.y(0) == 178
    assert axis.y(end) == 28


@pytest.mark.parametrize(("highest", "end"), [("40", 90), ("91", 120), ("151", 180)])
def test_the_egfr_axis_ends_at_90_or_the_next_30_above(highest, end):
    axis = chart(results=[result(-3, highest)]).drawings[0].egfr_scale
    assert (axis.ticks[0], axis.ticks[-1], axis.end) == (0, end, end)


def test_the_axes_are_the_same_for_every_range():
    steps = [step(-300, "120"), step(-200, "20")]
    assert {d.dose_scale.end for key in RANGE_KEYS for d in chart(steps=steps, range_key=key).drawings} == {120}


def test_the_numbers_of_a_long_axis_have_room():
    axis = scale([Decimal(940)], top=28, height=150, least=80, step=20)
    gaps = [axis.y(low) - axis.y(high) for low, high in zip(axis.ticks, axis.ticks[1:], strict=False)]
    assert min(gaps) >= 16


@pytest.mark.ui("UI-64")
def test_two_methods_share_no_path_and_have_their_own_marks():
    results = [
        result(days, value, series=series)
        for series, base in ((CREATININE, 40), (REPORTED, 60))
        for days, value in ((-60, str(base)), (-30, str(base + 5)), (-5, str(base + 9)))
    ]
    wide = chart(results=results).drawings[0]
    lines = [path for path in wide.picture.paths if path.css.startswith("chart-egfr")]
    assert [path.css for path in lines] == ["chart-egfr chart-egfr-square", "chart-egfr chart-egfr-diamond"]
    axis = wide.egfr_scale
    for line, base in zip(lines, (40, 60), strict=True):
        heights = [float(y) for y in re.findall(r",([\d.]+)", line.d)]
        assert heights == pytest.approx([axis.y(base), axis.y(base + 5), axis.y(base + 9)], abs=0.06)
    assert f"Square: {CREATININE}." in wide.key
    assert f"Diamond: {REPORTED}." in wide.key


@pytest.mark.ui("UI-64")
def test_a_result_without_a_number_is_in_the_table_and_draws_no_point():
    made = chart(results=[result(-3, None), result(-20, "41")])
    wide = made.drawings[0]
    assert len(paths(wide, "chart-point")) == 1
    assert ">90" not in texts(wide)
    assert ">90" in [row[1] for row in made.tables[1].rows]
    assert "Kidney results in these dates without a number to draw: 1. The table lists them." in wide.key


def test_results_without_any_number_draw_no_axis():
    wide = chart(results=[result(-3, None)]).drawings[0]
    assert wide.egfr_scale is None
    assert "No result has a number" in texts(wide)


def test_an_unsteady_result_is_a_hollow_mark_and_says_so():
    wide = chart(results=[result(-3, "38", steady=False)]).drawings[0]
    assert len(paths(wide, "chart-unsteady")) == 1
    assert "not reliable because kidney function was not steady" in wide.description


def test_a_result_that_nobody_judged_is_called_neither_steady_nor_unsteady():
    drawn = chart(results=[result(-3, "38", steady=None)])
    wide = drawn.drawings[0]
    assert paths(wide, "chart-unsteady") == []
    assert not any("steady" in line for line in (*wide.key, wide.description))
    assert [row[-1] for row in drawn.tables[1].rows] == ["Not judged"]


def test_a_result_outside_the_range_is_told_and_listed_but_not_drawn():
    made = chart(steps=[step(-300, "20")], results=[result(-200, "41")], range_key="4w")
    for drawing in made.drawings:
        assert not paths(drawing, "chart-point")
        assert "No result in these dates" in texts(drawing)
        assert "Latest eGFR 41 on 06-May-2026, before these dates." in drawing.description
    assert made.tables[1].rows[0][:2] == ("06-May-2026", "41")


def test_flags_are_filled_while_open_and_share_a_triangle_when_too_close():
    wide = chart(**TITRATION).drawings[0]
    assert [path.css for path in wide.picture.paths if path.css.startswith("chart-flag")] == [
        "chart-flag",
        "chart-flag chart-open",
    ]
    assert {"1 resolved", "2 open"} <= set(texts(wide))
    close = chart(flags=[flag(-3, 1), flag(-2, 2), flag(-60, 3)]).drawings[0]
    assert len(paths(close, "chart-flag")) == 2
    assert "1, 2 open" in texts(close)


def test_each_drawing_has_its_own_default_range_and_looks_a_quarter_ahead():
    wide, narrow = chart(**TITRATION).drawings
    assert [link.words for link in wide.ranges if link.current] == ["12 weeks"]
    assert [link.words for link in narrow.ranges if link.current] == ["4 weeks"]
    assert (narrow.first_date, narrow.last_date) == ("25-Oct-2026", "29-Nov-2026")
    assert [link.query for link in wide.ranges] == ["?range=4w", "?range=12w", "?range=1y", "?range=all"]
    for key in RANGE_KEYS:
        assert [
            [link.query for link in d.ranges if link.current] for d in chart(**TITRATION, range_key=key).drawings
        ] == [
            [f"?range={key}"],
            [f"?range={key}"],
        ]


def test_the_widest_range_shows_the_first_record():
    wide = chart(steps=[step(-2000, "20")], range_key="all").drawings[0]
    assert len(wide.picture.circles) == 1


def test_nothing_recorded_makes_no_drawing():
    made = chart()
    assert made.drawings == ()
    assert made.if_empty == "No doses recorded yet"


def test_kidney_results_without_doses_draw_no_dose_axis():
    wide = chart(results=[result(-3, "41")]).drawings[0]
    assert wide.dose_scale is None
    assert "No doses recorded yet" in texts(wide)


def test_doses_that_ended_before_the_range_are_said_not_drawn():
    wide = chart(steps=[step(-300, "20", until=-200)]).drawings[0]
    assert not paths(wide, "chart-dose")
    assert "No dose in these dates" in texts(wide)


def test_the_time_axis_is_linear():
    axis = TimeAxis(WIDE, TODAY, 84)
    at = [axis.midday_x(date.fromordinal(TODAY.toordinal() + days)) for days in (-84, -42, 0, 21)]
    assert at == pytest.approx([64, 380.8, 697.6, 856])


def test_an_unknown_range_and_a_strange_key_are_refused():
    inputs = {"steps": (), "results": (), "flags": (), "scores": (), "today": TODAY}
    with pytest.raises(ValueError, match="use one of 4w, 12w, 1y, all"):
        build_chart(**inputs, range_key="2w", patient_key="p")
    with pytest.raises(ValueError, match="letters, digits"):
        build_chart(**inputs, range_key=None, patient_key='p" onload="')


def test_the_model_imports_without_django():
    import subprocess
    import sys

    script = "import sys, titration.presenters.chart; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_one_step_of_an_unlabelled_kind_is_written_as_given():
    wide = chart(steps=[ChartStep(TODAY, None, Decimal("7.5"), False, "7.5\u00a0mg")]).drawings[0]
    assert "7.5\u00a0mg" in texts(wide)
    assert len(wide.picture.circles) == 1
