"""What changes and when, as the patient reads it: old beside new for each time of day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.urls import reverse

from titration.dosing.doses import Mg, format_total
from titration.dosing.facts import StepKind
from titration.presenters.own.words import full_day, take_words, title_of
from titration.selectors.own import Change, OwnPlan

# A change that was not confirmed is led to for so long after its day; after that the new dose is no news.
_NEWS_FOR = timedelta(days=7)
_NONE = "No dose"
_WHY = {
    StepKind.START: "You are starting this medicine. The dose starts low.",
    StepKind.RESTART: "You are starting this medicine again. The dose starts low.",
    StepKind.INCREASE: "Your team is raising your dose slowly, in small steps.",
    StepKind.HOLD: "Your team keeps the same dose for now. Only how you take it changes.",
    StepKind.DECREASE: "Your team is lowering your dose.",
    StepKind.TAPER: "Your team is lowering your dose slowly, in small steps.",
    StepKind.STOP: "Your team has planned that you stop on this day.",
}
_MORE = (
    "more sleepiness than before",
    "feeling dizzy or weak",
    "falls",
    "feeling sick",
)
_LESS = (
    "more spasms or stiffness than before",
    "itching or tingling",
    "feeling confused, or seeing things that are not there",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One time of day: what is taken until then and from then on. ``changes``: they differ."""

    at: str
    old: str
    new: str
    changes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeCard:
    day: str
    rows: tuple[Row, ...]
    old_total: str
    new_total: str
    why: str
    watch: tuple[str, ...]
    advice: str
    seen: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A change in one line, with the way to its card."""

    day: str
    words: str
    seen: bool
    url: str


def unseen(own: OwnPlan, seen: frozenset[str]) -> Change | None:
    """The first change that nobody has confirmed: one that lies ahead, or that was a few days ago."""
    news = (one for one in own.changes if one.on > own.today - _NEWS_FOR and one.digest not in seen)
    return next(news, None)


def line(own: OwnPlan, one: Change, seen: frozenset[str]) -> ChangeLine:
    return ChangeLine(
        day=full_day(one.on), words=_in_short(one), seen=one.digest in seen,
        url=reverse("own:change", args=[own.patient.pk, one.step.pk]),
    )  # fmt: skip


def lines(own: OwnPlan, seen: frozenset[str]) -> tuple[ChangeLine, ...]:
    """What changes after today."""
    return tuple(line(own, one, seen) for one in own.changes if one.on > own.today)


def card(own: OwnPlan, one: Change, seen: frozenset[str]) -> ChangeCard:
    old = {} if one.before is None else {slot.at: slot for slot in one.before.slot_rows}
    new = {slot.at: slot for slot in one.step.slot_rows}
    return ChangeCard(
        day=full_day(one.on),
        rows=tuple(_row(own, at, one.before, old.get(at), one.step, new.get(at)) for at in sorted({*old, *new})),
        old_total=_total(one.before),
        new_total=_total(one.step),
        why=_WHY[StepKind(one.step.kind)],
        watch=_watch(one),
        advice=one.step.advice,
        seen=one.digest in seen,
        digest=one.digest,
    )


def _row(own: OwnPlan, at: time, before: Any, old: Any, step: Any, new: Any) -> Row:
    was, becomes = (_NONE if row is None else take_words(own, of, row) for of, row in ((before, old), (step, new)))
    return Row(at=title_of(at), old=was, new=becomes, changes=was != becomes)


def _total(step: Any) -> str:
    return _NONE if step is None or not step.slot_rows else f"{format_total(Mg(step.daily_mg))} a day"


def _watch(one: Change) -> Sequence[str]:
    """Signs to call the clinic about: those of more, and those of less."""
    if one.before is None or one.step.daily_mg > one.before.daily_mg:
        return _MORE
    return _LESS if one.step.daily_mg < one.before.daily_mg else ()


def _in_short(one: Change) -> str:
    if not one.step.slot_rows:
        return "From this day you take no baclofen."
    if one.before is None or not one.before.slot_rows:
        return f"You start: {_total(one.step)}."
    return f"Your dose changes from {_total(one.before)} to {_total(one.step)}."
