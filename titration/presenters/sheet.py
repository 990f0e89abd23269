"""The signed plan ahead as sheets of paper for the patient: nothing that is not published, and no dose that was computed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from titration.dosing.intake import SilenceReason
from titration.dosing.wording import patient_time
from titration.presenters.sheet_choice import USUAL_WEEKS, WEEKS, Choice
from titration.presenters.sheet_days import A_DAY, SheetTable, Writer, days_between, full_words, product_words
from titration.presenters.sheet_head import SheetHead, sheet_head

_A_WEEK = 7
_AT_MOST = 26 * _A_WEEK  # days on a sheet
# From so many doses a day on, their columns need the long side of the paper; and from so many, large letters have no room
# for columns there either, so that each dose has a line of its own.
_WIDE_FROM, _WIDE_FROM_LARGE, _LINES_FROM_LARGE = 5, 3, 5
_ROOMY = 3  # so many columns leave room for long words
# How many days usually go on a page.
_DAYS, _DAYS_LARGE, _DAYS_WIDE, _DAYS_WIDE_LARGE, _DAYS_IN_LINES = 7, 4, 4, 4, 1
# How much shorter the tables become, try by try, until they fit: in the end there is one day on each page.
ATTEMPTS = (0, 1, 2, 4, 8, 2 * _DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage:
    """A sheet. Each of ``tables`` has a page of its own, with the ``head`` on it.

    ``product`` says once what the tablets or the liquid are; when there are several, each dose says its own. ``on_hold``
    says when the team asked to leave doses out. ``week_choices`` are how far it can be printed, None for all that is planned. ``after`` says how the plan goes on behind the last day, and ``ends_apart``
    that this has a page of its own. ``wide``: the long side of the paper lies below. ``in_lines``: each dose has a line,
    for there are more than go beside each other.
    """

    head: SheetHead
    starts: str
    product: str
    on_hold: str
    tables: tuple[SheetTable, ...]
    week_choices: tuple[int | None, ...]
    after: str
    advice: str
    ends_apart: bool
    paper: str
    large: bool
    wide: bool
    in_lines: bool

    @property
    def pages(self) -> int:
        """How many pages of paper it has."""
        return len(self.tables) + self.ends_apart


def sheet_page(record: Any, choice: Choice, *, shorter: int | None = None) -> SheetPage | None:
    """From today on; None when nothing is to be taken then.

    ``shorter`` is how often the tables turned out too long for their pages: each time there are fewer days on the first
    page, which also has the heading, or on all of them; from the last of ``ATTEMPTS`` on there is one day on each. None is for a
    browser, which cannot say what fits: the tables are as short as the longest words need.
    """
    if not record.is_on_plan or record.patient.is_deceased:
        return None
    ahead = _ahead(record)
    if not any(step.slot_rows for step in ahead):
        return None
    first = max(record.today, ahead[0].first_day)
    last = _last_day(ahead, first, choice.weeks)
    writer = Writer(record.in_force, {one.code: one for one in record.protocol.products}, record.plan.time_zone)
    used = writer.used(first, last)
    one = used[0] if len(used) == 1 else None
    days = days_between(first, last)
    usual = _days_on_a_page(record, choice)
    shorter = _cautious(record, choice) if shorter is None else shorter
    on_first, together = max(1, usual - (shorter + 1) // 2), max(1, usual - shorter // 2)
    parts = list(_parts(days, on_first, together))
    advice = next((step.advice for step in reversed(ahead) if step.advice), "")
    return SheetPage(
        head=sheet_head(record),
        starts=full_words(first),
        product="" if one is None else product_words(one),
        on_hold=_on_hold(record),
        tables=tuple(writer.table(some, one_product=one is not None) for some in parts),
        week_choices=(None, *WEEKS) if len(ahead) > 1 else WEEKS,
        after=_after(ahead, last),
        advice=advice,
        ends_apart=bool(advice) and (choice.large or len(parts[-1]) * 2 > together),
        paper=choice.paper,
        large=choice.large,
        wide=_is_wide(record, choice),
        in_lines=_in_lines(record, choice),
    )


def _ahead(record: Any) -> list[Any]:
    return [step for step in record.in_force if step.end_day is None or step.end_day > record.today]


def _days_on_a_page(record: Any, choice: Choice) -> int:
    """How many days of a plan usually fit on a page of the chosen paper."""
    if _in_lines(record, choice):
        return _DAYS_IN_LINES
    if _is_wide(record, choice):
        return _DAYS_WIDE_LARGE if choice.large else _DAYS_WIDE
    return _DAYS_LARGE if choice.large else _DAYS


def _cautious(record: Any, choice: Choice) -> int:
    """How much shorter tables are that must fit on their pages unseen."""
    if _in_lines(record, choice):
        return 0
    if _is_wide(record, choice):
        return 2
    return 1 if choice.large or _times(record) <= _ROOMY else 5


def _is_wide(record: Any, choice: Choice) -> bool:
    if _in_lines(record, choice):
        return False
    return _times(record) >= (_WIDE_FROM_LARGE if choice.large else _WIDE_FROM)


def _in_lines(record: Any, choice: Choice) -> bool:
    return choice.large and _times(record) >= _LINES_FROM_LARGE


def _times(record: Any) -> int:
    """At how many times of day doses are taken in what is signed ahead, all steps together."""
    return len({row.at for step in _ahead(record) for row in step.slot_rows})


def _parts(days: Sequence[date], on_first: int, together: int) -> Iterator[Sequence[date]]:
    """The days in pieces that fit on a page."""
    yield days[:on_first]
    for start in range(on_first, len(days), together):
        yield days[start : start + together]


def _last_day(ahead: Sequence[Any], first: date, weeks: int | None) -> date:
    """As many weeks as were asked for; else four, or the week of the last change when that is later.

    No further than the day of a stop, and not than half a year.
    """
    newest = ahead[-1]
    count = weeks or max(USUAL_WEEKS, (newest.first_day - first).days // _A_WEEK + 1)
    last = first + A_DAY * (min(count * _A_WEEK, _AT_MOST) - 1)
    if not newest.slot_rows:
        return min(last, max(newest.first_day, first))
    return last if newest.end_day is None else min(last, newest.end_day - A_DAY)


def _after(ahead: Sequence[Any], last: date) -> str:
    if not ahead[-1].slot_rows and ahead[-1].first_day <= last:
        return "The plan ends here. Take no baclofen after this day, unless your team tells you to."
    if any(step.first_day > last for step in ahead):
        return "Your dose goes on to change after this sheet. Ask your team for the next sheet in time."
    return "Go on with the last dose on this sheet until your team gives you a new one."


def _on_hold(record: Any) -> str:
    """From when until when doses are left out because the team asked for it; empty when none are."""
    intake = record.intake
    holds = [] if intake is None else [one for one in intake.silences if one.reason is SilenceReason.HOLD]
    zone = ZoneInfo(record.plan.time_zone)
    said = [
        f"Your team asked you to leave out doses from {_moment(one.starts_at.astimezone(zone))} "
        f"until {_moment(one.ends_at.astimezone(zone))}. After that, go on as this sheet says."
        for one in holds
        if one.ends_at > record.as_of
    ]
    return " ".join(said)


def _moment(local: datetime) -> str:
    return f"{full_words(local.date())}, {patient_time(local.time())}"
