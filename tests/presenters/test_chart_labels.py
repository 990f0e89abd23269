"""UI-61 and the geometric part of UI-60: no text touches another, and no label crosses what it must not cross."""

from itertools import combinations

import pytest

from tests.presenters.chart_histories import RANGE_KEYS, TITRATION, TODAY, chart, random_history, step
from titration.presenters.chart_dose_panel import dose_panel, dose_scale
from titration.presenters.chart_geometry import NARROW, WIDE, TimeAxis, look_back, treads
from titration.presenters.chart_labels import Field, Place, Wish, place, text_at, text_width
from titration.presenters.chart_shapes import Box, Segment

EDGES = {"wide": (64, 856, 880), "narrow": (36, 280, 288)}


def dose_labels(drawing):
    """The labels of the dose panel, which end above the heading of the next panel."""
    return [text for text in drawing.picture.texts if text.css.startswith("chart-label") and float(text.y) < 182]


def dose_risers(drawing) -> list[Segment]:
    """The vertical parts of the drawn dose paths, read back from their path data."""
    found = []
    for path in drawing.picture.paths:
        if not path.css.startswith("chart-dose"):
            continue
        start, *moves = path.d.replace("H", " H").replace("V", " V").split()
        x, y = (float(part) for part in start[1:].split(","))
        for move in moves:
            if move[0] == "H":
                x = float(move[1:])
            else:
                found.append(Segment(x, y, x, float(move[1:])))
                y = float(move[1:])
    return found


def assert_legible(drawing) -> None:
    left, right, width = EDGES[drawing.name]
    today = next(rule for rule in drawing.picture.rules if rule.css == "chart-today")
    line = Segment(float(today.x1), float(today.y1), float(today.x2), float(today.y2))
    for one, other in combinations(drawing.picture.texts, 2):
        assert not one.box.overlaps(other.box), (one.text, other.text)
    for text in drawing.picture.texts:
        assert 0 <= text.box.left < text.box.right <= width, text
        assert text.text == "Today" or not text.box.crossed_by(line), text
    for text in dose_labels(drawing):
        assert left <= text.box.left < text.box.right <= right, text
        assert text.box.bottom <= 178, text
        assert not text.box.top < 28 < text.box.bottom, text
        for riser in dose_risers(drawing):
            assert not text.box.crossed_by(riser), (text, riser)


@pytest.mark.ui("UI-61")
@pytest.mark.parametrize("seed", range(100))
def test_a_random_history_is_legible_in_both_widths_and_all_ranges(seed):
    history = random_history(seed)
    for range_key in RANGE_KEYS:
        for drawing in chart(**history, range_key=range_key).drawings:
            assert_legible(drawing)


@pytest.mark.parametrize("range_key", RANGE_KEYS)
def test_forty_steps_keep_the_highest_and_the_latest_label(range_key):
    steps = [step(-160 + 4 * n, str(5 + n * 35 % 70)) for n in range(40)] + [step(5, "82.5", planned=True)]
    for drawing in chart(steps=steps, range_key=range_key).drawings:
        assert_legible(drawing)
        written = " ".join(text.text for text in dose_labels(drawing))
        assert "82.5" in written


@pytest.mark.parametrize("layout", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("seed", range(100))
def test_the_highest_and_the_current_dose_are_always_written(seed, layout):
    steps = random_history(seed)["steps"]
    axis = TimeAxis(layout, TODAY, look_back("12w", TODAY, None))
    covered = treads(steps)
    seen = [
        t for t in covered if t.end > axis.start and t.start < axis.end and (t.step.daily_mg or t.start >= axis.start)
    ]
    if not seen:
        return
    picture, _ = dose_panel(covered, dose_scale(steps, axis), axis, ())
    written = {text.text.removesuffix(" planned") for text in picture.texts}
    highest = max(tread.step.daily_mg for tread in seen)
    latest = seen[-1].step
    assert {f"{highest}\u00a0mg", str(highest)} & written
    assert {latest.label, str(latest.daily_mg)} & written


def test_a_label_stands_left_of_a_rise_and_right_of_a_fall():
    drawing = chart(steps=[step(-60, "20"), step(-40, "60"), step(-20, "40")]).drawings[0]
    boxes = {text.text: text.box for text in dose_labels(drawing)}
    rise, fall = (riser.x1 for riser in dose_risers(drawing))
    assert boxes["60\u00a0mg"].right < rise
    assert boxes["40\u00a0mg"].left > fall


def test_the_today_line_and_the_newest_point_are_in_view():
    for range_key in RANGE_KEYS:
        for drawing in chart(**TITRATION, range_key=range_key).drawings:
            left, right, _ = EDGES[drawing.name]
            today = next(rule for rule in drawing.picture.rules if rule.css == "chart-today")
            assert float(today.x1) == pytest.approx(left + 0.8 * (right - left), abs=0.1)
            newest = [path for path in drawing.picture.paths if path.css.startswith("chart-point")][-1]
            assert left <= float(newest.d[1:].split(",")[0]) <= right


def test_the_older_label_is_left_out_when_two_would_touch():
    field = Field(top=0, bottom=40, edge=0, bars=(), lines=(), marks=())
    spot = (Place(10, 20, "start"),)
    newer, older = (Wish(((text,),), 10, 20, spot, "", 0, 100) for text in ("45 mg", "30 mg"))
    assert [text.text for text in place([newer, older], field, (), (0, 100)).texts] == ["45 mg"]


def test_a_kept_label_moves_rather_than_vanish():
    field = Field(top=0, bottom=60, edge=0, bars=(), lines=(), marks=())
    spot = (Place(10, 20, "start"),)
    kept = Wish((("60 mg",),), 10, 20, spot, "", 0, 200, keep=True)
    made = place([Wish((("45 mg",),), 10, 20, spot, "", 0, 200), kept], field, (), (0, 200))
    texts = made.texts
    assert [text.text for text in texts] == ["45 mg", "60 mg"]
    assert not texts[0].box.overlaps(texts[1].box)
    (leader,) = made.leaders
    assert (leader.x1, leader.y1) == ("10", "20")
    assert texts[1].box.left <= float(leader.x2) <= texts[1].box.right


def test_a_riser_keeps_the_whole_box_free_and_a_level_only_the_letters():
    spot = (Place(10, 20, "start"),)
    wish = Wish((("45 mg",),), 10, 20, spot, "", 0, 100)
    bottom_of_box = Segment(0, 23.5, 100, 23.5)
    as_bar = Field(0, 40, 0, bars=(bottom_of_box,), lines=(), marks=())
    as_line = Field(0, 40, 0, bars=(), lines=(bottom_of_box,), marks=())
    assert place([wish], as_bar, (), (0, 100)).texts == ()
    assert len(place([wish], as_line, (), (0, 100)).texts) == 1


def test_letters_keep_clear_of_a_level():
    wish = Wish((("45 mg",),), 10, 20, (Place(10, 20, "start"), Place(10, 36, "start")), "", 0, 100)
    field = Field(0, 60, 0, bars=(), lines=(Segment(0, 15, 100, 15),), marks=())
    assert [text.y for text in place([wish], field, (), (0, 100)).texts] == ["36"]


def test_text_is_measured_by_character_and_an_unknown_one_counts_as_the_widest():
    assert text_width("45\u00a0mg") == 8 + 8 + 4 + 12 + 8
    assert text_width("\u4e2d") == 12
    assert text_width("45", 24) == 32


def test_the_anchor_decides_which_end_sits_at_the_position():
    assert text_at("45", 50, 20).box == Box(50, 8, 66, 24)
    assert text_at("45", 50, 20, anchor="middle").box == Box(42, 8, 58, 24)
    assert text_at("45", 50, 20, anchor="end").box == Box(34, 8, 50, 24)
