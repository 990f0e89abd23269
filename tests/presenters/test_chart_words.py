"""What the chart says: the tables that hold every value, the description and the date line."""

import pytest

from tests.presenters.chart_histories import CREATININE, RANGE_KEYS, TITRATION, chart, random_history, step


@pytest.mark.ui("UI-58")
def test_every_drawn_value_is_a_cell_of_a_table():
    for seed in range(0, 100, 7):
        for key in RANGE_KEYS:
            made = chart(**random_history(seed), range_key=key)
            cells = {cell for table in made.tables for row in table.rows for cell in row}
            for drawing in made.drawings:
                for text in drawing.picture.texts:
                    if text.css.startswith("chart-label") and float(text.y) < 300:
                        written = text.text.removesuffix(" planned")
                        assert {written, f"{written}\u00a0mg"} & cells, written


def test_the_tables_are_newest_first_and_have_no_empty_cell():
    steps, results, flags, scores = chart(**TITRATION).tables
    assert steps.rows[0] == ("30-Nov-2026", "Until changed", "30\u00a0mg", "Planned")
    assert steps.rows[1] == ("12-Oct-2026", "29-Nov-2026", "45\u00a0mg", "Recorded")
    assert results.rows[1] == ("09-Oct-2026", "38", CREATININE, "Not steady: not reliable")
    assert flags.rows == (("2", "20-Nov-2026", "Finding 2", "Open"), ("1", "09-Oct-2026", "Finding 1", "Resolved"))
    assert scores.rows == ()
    assert all(cell for table in (steps, results, flags) for row in table.rows for cell in row)


def test_the_description_is_what_a_clinician_would_say():
    told = chart(**TITRATION, range_key="all").drawings[0].description
    assert told == (
        "Dose 15\u00a0mg a day from 10-Aug-2026; it rose in 3 steps to 60\u00a0mg a day on 14-Sep-2026, "
        "then was cut to 45\u00a0mg a day on 12-Oct-2026. Planned: 30\u00a0mg a day from 30-Nov-2026. "
        "Latest eGFR 41 on 03-Nov-2026; it was 38 on 09-Oct-2026. 1 flag is open."
    )


def test_a_restless_history_is_summed_up():
    steps = [step(-60 + 5 * n, str(20 + n % 2 * 10)) for n in range(8)]
    assert (
        chart(steps=steps)
        .drawings[0]
        .description.startswith(
            "Dose changed 7 times, between 20\u00a0mg and 30\u00a0mg a day; latest 30\u00a0mg a day on 28-Oct-2026."
        )
    )


def test_the_date_line_stops_at_every_date_and_says_what_was_known():
    made = chart(**TITRATION)
    assert [event.date for event in made.events] == sorted(
        {event.date for event in made.events}, key=lambda text: [e.date for e in made.events].index(text)
    )
    told = {event.date: event.text for event in made.events}
    assert told["09-Oct-2026"] == "60\u00a0mg a day; eGFR 38 on 09-Oct-2026; flag 1 resolved: Finding 1"
    assert told["30-Nov-2026"] == "30\u00a0mg a day planned; eGFR 41 on 03-Nov-2026"
    assert made.today_event.text == "45\u00a0mg a day; eGFR 41 on 03-Nov-2026"
    assert [piece.text for piece in made.today_event.pieces if piece.is_date] == ["03-Nov-2026"]
    assert made.events[0].narrow_x == ""
    assert made.today_event.wide_x == "697.6"
