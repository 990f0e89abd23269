"""The rows of a reducing plan as text: nothing that was typed is lost when a row moves, comes or goes."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from titration.dosing.doses import format_number
from titration.dosing.open_days import ClosedDays
from titration.dosing.taper import TaperRow
from titration.dosing.wording import format_time

_DATE = ("on_day", "on_month", "on_year", "keep")
Row = dict[str, str]


def row_name(number: int, part: str) -> str:
    """The name of a box; rows count from 1."""
    return f"row_{number}_{part}"


def count_of(fields: Mapping[str, Any], at_most: int) -> int:
    """How many rows were sent; none when that cannot be read."""
    sent = str(fields.get("rows_count") or "")
    return min(int(sent), at_most) if sent.isascii() and sent.isdecimal() and len(sent) < 4 else 0


def rows_as_text(rows: Sequence[TaperRow], times: Sequence[time]) -> dict[str, str]:
    """The rows as the boxes of the form; ``times`` are its columns."""
    fields = {"rows_count": str(len(rows)), "times": " ".join(format_time(at) for at in times)}
    for number, row in enumerate(rows, start=1):
        amounts = dict(row.slots)
        typed = {**_date(row.starts_on), **{f"dose_{place}": "" for place in range(1, len(times) + 1)}}
        for place, at in enumerate(times, start=1):
            if at in amounts:
                typed[f"dose_{place}"] = format_number(amounts[at].value).replace(",", "")
        fields |= {row_name(number, part): text for part, text in typed.items()}
    return fields


def edited(fields: Mapping[str, str], action: str, *, closed: ClosedDays, at_most: int) -> dict[str, str]:
    """The fields after a button of a row: ``up``, ``down``, ``add``, ``remove``, ``move`` or ``keep``, then ``-`` and its number.

    Dates stay where they are when doses move. A row that is added has the doses of the one above it and no date yet. What
    cannot be done changes nothing.
    """
    verb, _, sent = action.partition("-")
    count = count_of(fields, at_most)
    number = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 4 else 0
    rows = [_row(fields, place) for place in range(1, count + 1)]
    if 1 <= number <= count:
        _edit(rows, verb, number - 1, closed, at_most)
    kept = {name: text for name, text in fields.items() if not name.startswith("row_")}
    kept["rows_count"] = str(len(rows))
    for place, row in enumerate(rows, start=1):
        kept |= {row_name(place, part): text for part, text in row.items()}
    return kept


def _edit(rows: list[Row], verb: str, place: int, closed: ClosedDays, at_most: int) -> None:
    row, other = rows[place], {"up": place - 1, "down": place + 1}.get(verb, -1)
    if 0 <= other < len(rows):
        mine, theirs = _doses(row), _doses(rows[other])
        rows[place], rows[other] = {**_without(row, mine), **theirs}, {**_without(rows[other], theirs), **mine}
    elif verb == "remove" and len(rows) > 1:
        del rows[place]
    elif verb == "add" and len(rows) < at_most:
        rows.insert(place + 1, _doses(row))
    elif verb in ("move", "keep") and (day := _read(row)) is not None:
        opened = closed.next_open(day) if verb == "move" else None
        rows[place] = {**row, **(_date(opened) if opened else {"keep": day.isoformat()})}


def _row(fields: Mapping[str, str], number: int) -> Row:
    start = f"row_{number}_"
    return {name.removeprefix(start): text for name, text in fields.items() if name.startswith(start)}


def _doses(row: Row) -> Row:
    return {part: text for part, text in row.items() if part not in _DATE}


def _without(row: Row, parts: Row) -> Row:
    return {part: text for part, text in row.items() if part not in parts}


def _date(day: date) -> Row:
    return {"on_day": str(day.day), "on_month": str(day.month), "on_year": f"{day.year:04}", "keep": ""}


def _read(row: Row) -> date | None:
    try:
        return date(int(row.get("on_year", "")), int(row.get("on_month", "")), int(row.get("on_day", "")))
    except ValueError:
        return None
