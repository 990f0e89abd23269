"""The plan day by day as the patient reads it: what was said of the last days, and what is taken on the next ones."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse

from titration.dosing.doses import Mg, format_total
from titration.dosing.intake import Tracking
from titration.dosing.ticking import Offer, Ticking
from titration.presenters.own.changes import ChangeLine, line
from titration.presenters.own.today import state_of
from titration.presenters.own.words import clock, full_day, take_words_on, title_of
from titration.selectors.own import OwnPlan

_A_DAY = timedelta(days=1)
_A_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One dose of one day. ``url``: where it is said what happened with it (empty: not yet, or not by this reader)."""

    at: str
    take: str
    words: str
    url: str
    verb: str
    which: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """``change`` is set on a day on which the dose changes; ``total_words`` on such a day and on the first one."""

    title: str
    is_today: bool
    change: ChangeLine | None
    total_words: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulePage:
    """``days`` is one week from today, ``next`` the week after it. ``last`` holds the days before today, newest first;
    ``later`` the changes that lie behind the days shown."""

    loaded: str
    days: tuple[Day, ...]
    next: tuple[Day, ...]
    last: tuple[Day, ...]
    later: tuple[ChangeLine, ...]


def schedule_page(own: OwnPlan, seen: frozenset[str], *, may_tell: bool) -> SchedulePage:
    """Two weeks from today, and one week back."""
    ahead = [own.today + _A_DAY * count for count in range(2 * _A_WEEK)]
    back = [own.today - _A_DAY * count for count in range(1, _A_WEEK + 1)]
    doses = own.doses([*ahead, *back])
    changes = {one.on: line(own, one, seen) for one in own.changes}
    tells = may_tell and own.intake.tracking is Tracking.TICKED

    def made(day: date) -> Day:
        listed = [_line(own, one, tells) for one in doses if one.day == day]
        total = _total(own, day) if day == own.today or day in changes else ""
        return Day(
            title=full_day(day),
            is_today=day == own.today,
            change=changes.get(day),
            total_words=total,
            lines=tuple(listed),
        )

    return SchedulePage(
        loaded=clock(own.as_of, own.intake.zone),
        days=tuple(made(day) for day in ahead[:_A_WEEK]),
        next=tuple(made(day) for day in ahead[_A_WEEK:]),
        last=tuple(made(day) for day in back if own.step_on(day) is not None),
        later=tuple(one for day, one in sorted(changes.items()) if day > ahead[-1]),
    )


def _line(own: OwnPlan, one: Ticking, tells: bool) -> Line:
    _, words = state_of(own, one)
    args = [own.patient.pk, one.day.isoformat(), one.place]
    open_to_words = one.offer not in (Offer.LATER, Offer.HELD) and one.day >= own.intake_read_from
    return Line(
        at=title_of(one.at),
        take=take_words_on(own, one.day, one.place),
        words="" if one.offer is Offer.LATER and one.day > own.today else words,
        url=reverse("own:dose", args=args) if tells and open_to_words else "",
        verb="Change this" if one.offer is Offer.RECORDED else "Tell us",
        which=f"{full_day(one.day)}, {title_of(one.at).lower()}",
    )


def _total(own: OwnPlan, day: date) -> str:
    step = own.step_on(day)
    return "" if step is None or not step.slot_rows else f"{format_total(Mg(step.daily_mg))} in total"
