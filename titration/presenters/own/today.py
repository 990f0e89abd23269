"""Today as the patient reads it: each dose with what to take, what is known of it, and what can be said of it now."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.urls import reverse

from titration.dosing.doses import Mg, format_dose, format_total
from titration.dosing.intake import DoseEvent, DoseState, Tracking
from titration.dosing.protocol import load_protocol
from titration.dosing.rules import Severity
from titration.dosing.ticking import Offer, Ticking
from titration.dosing.wording import patient_time
from titration.models import Urgency
from titration.presenters.own.changes import ChangeLine, line, unseen
from titration.presenters.own.words import clock, full_day, take_words_on, title_of
from titration.selectors.own import OwnPlan

_A_DAY = timedelta(days=1)
# The symbol of each state; the words beside it say the same.
_SHAPES = {
    "due": "\u25cb", "taken": "\u2713", "late": "\u2713", "partly": "\u25d0", "skipped": "\u2215", "not_ticked": "\u2013",
    "held": "\u2016", "unknown": "\u00b7",
}  # fmt: skip
_OPEN = (Offer.NOW, Offer.LATE, Offer.PASSED)
# What the patient is asked to act on at once, by rule, the most pressing first; other findings are for clinicians alone.
_ASKS_PATIENT = {
    "SIGN-TOLD": "signs", "MISS-7": "signs", "TAPER-5": "signs", "CAU-1": "signs", "CAU-2": "signs", "STOP-4": "signs",
    "DOSES-STOPPED": "stopped", "MISS-8": "doses", "MISS-5": "doses", "DOSES-FALLING": "doses", "MISS-9": "doses",
    "MISS-6": "supply", "MISS-4": "doses",
}  # fmt: skip
TOLD = "SIGN-TOLD"  # a sign of an emergency that was reported in the portal
_ABOUT = tuple(dict.fromkeys(_ASKS_PATIENT.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseCard:
    """One dose. ``state`` names its look, ``words`` say it; ``offer`` what can be pressed (a value of ``Offer``, or empty)."""

    title: str
    take: str
    state: str
    shape: str
    words: str
    offer: str
    id: str
    key: uuid.UUID
    tick_url: str
    url: str
    which: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a tap has to say, above the doses. ``tone``: done, week or act."""

    tone: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseHead:
    """The dose that a page is about: its day and time, what to take, and what is known of it."""

    title: str
    take: str
    words: str
    state: str
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """What to do at once. ``level``: emergency or urgent. ``about``: signs, stopped, doses or supply."""

    level: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedPage:
    """After the plan has ended: since which day nothing is taken, and what asks for help all the same."""

    since: str
    care: Care | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TodayPage:
    """``yesterday`` holds the dose of the day before that may still be taken, ``passed`` those of which nothing is known. ``next_words`` tells when something is taken again, on a day
    without doses. ``version``: that of the plan, which every form sends back. ``ticked``: doses are ticked here."""

    day: str
    yesterday: tuple[DoseCard, ...]
    passed: tuple[DoseCard, ...]
    doses: tuple[DoseCard, ...]
    total_words: str
    next_words: str
    version: int
    ticked: bool
    care: Care | None
    change: ChangeLine | None

    @property
    def digest(self) -> str:
        """The same for two pages that say and offer the same."""
        said = [(one.title, one.take, one.words, one.offer) for one in (*self.yesterday, *self.doses, *self.passed)]
        whole = (self.day, said, self.total_words, self.next_words, self.version, self.ticked, self.care, self.change)
        return sha256(repr(whole).encode()).hexdigest()[:16]


def today_page(own: OwnPlan, flags: Sequence[Any], seen: frozenset[str], *, may_tell: bool) -> TodayPage:
    """The doses of the patient's own today, and those of yesterday that may still be taken or that nothing is known of."""
    ticked, asked, news = own.intake.tracking is Tracking.TICKED, care(flags), unseen(own, seen)
    doses = own.doses([own.today - _A_DAY, own.today])
    before = [one for one in doses if ticked and one.day < own.today and one.offer in _OPEN and _counts(own, one)]
    cards = {(one.day, one.place): _card(own, one, may_tell=may_tell and ticked) for one in doses}
    today = [one for one in doses if one.day == own.today]
    return TodayPage(
        day=full_day(own.today),
        yesterday=tuple(cards[one.day, one.place] for one in before if one.offer is not Offer.PASSED),
        passed=tuple(cards[one.day, one.place] for one in before if one.offer is Offer.PASSED),
        doses=tuple(cards[one.day, one.place] for one in today),
        # What the day adds up to is not what is taken when the team holds a part of it.
        total_words="" if any(one.offer is Offer.HELD for one in today) else _total(own),
        next_words="" if today else _next(own),
        version=own.plan.version,
        ticked=ticked,
        care=asked,
        change=None if asked is not None or news is None else line(own, news, seen),
    )


def ended_page(plan: Any, flags: Sequence[Any]) -> EndedPage:
    return EndedPage(since="" if plan.ended_on is None else full_day(plan.ended_on), care=care(flags))


def _counts(own: OwnPlan, one: Ticking) -> bool:
    """Whether an empty place says anything: not before ticking began."""
    since = own.intake.since
    return since is None or one.due_at >= since


def _card(own: OwnPlan, one: Ticking, *, may_tell: bool) -> DoseCard:
    state, words = state_of(own, one)
    args = [own.patient.pk, one.day.isoformat(), one.place]
    day = "" if one.day == own.today else "Yesterday, "
    title = title_of(one.at)
    offered = one.offer in (*_OPEN, Offer.RECORDED)
    return DoseCard(
        title=f"{day}{title[:1].lower() if day else title[:1]}{title[1:]}",
        take=take_words_on(own, one.day, one.place),
        state=state,
        shape=_SHAPES[state],
        words=words,
        offer=str(one.offer) if may_tell and offered else "",
        id=f"{one.day.isoformat()}-{one.place}",
        key=uuid.uuid4(),
        tick_url=reverse("own:tick", args=args),
        url=reverse("own:dose", args=args),
        which=f"{day.lower()}{title[:1].lower()}{title[1:]}",
    )


def state_of(own: OwnPlan, one: Ticking) -> tuple[str, str]:
    """The state of a dose and its words for the patient."""
    if one.offer is Offer.HELD:
        return "held", "Your team asked you to hold this dose"
    if one.event is not None:
        return event_state(one.event, late_from=one.late_from, zone=own.intake.zone)
    if own.intake.tracking is not Tracking.TICKED:
        return "due", f"Due at {patient_time(one.at)}"
    if one.offer is Offer.PASSED:
        return ("not_ticked", "Not ticked") if _counts(own, one) else ("unknown", "Nothing noted")
    if one.offer is Offer.LATE:
        return "due", f"You can still take this until {clock(one.closes_at, own.intake.zone)}"
    if one.offer is Offer.NOW and own.as_of >= one.due_at:
        return "due", "Due now"
    if one.offer is Offer.NOW:
        return "due", f"Due at {patient_time(one.at)}"
    return "due", _later(own, one)


def _later(own: OwnPlan, one: Ticking) -> str:
    """A dose that waits because the one before was taken late says from when on it is taken."""
    if own.as_of >= one.due_at:
        return f"Take this from {clock(one.opens_at, own.intake.zone)} on, not before"
    return "Due later today" if one.day == own.today else f"Due at {patient_time(one.at)}"


def event_state(event: DoseEvent, *, late_from: datetime, zone: str) -> tuple[str, str]:
    """What is on record of a dose, in words for the patient."""
    if event.state is DoseState.SKIPPED:
        return "skipped", "You told us you did not take this"
    if event.state is DoseState.PARTLY:
        return "partly", f"You told us you took {format_dose(event.taken)} of this"
    if event.taken_at is None:
        return "taken", "Taken"
    at = clock(event.taken_at, zone)
    return ("late", f"Taken at {at} (late)") if event.taken_at >= late_from else ("taken", f"Taken at {at}")


def _total(own: OwnPlan) -> str:
    step = own.step_on(own.today)
    if step is None or not step.slot_rows:
        return ""
    many = len(step.slot_rows)
    doses = "1 dose" if many == 1 else f"{many} doses"
    return f"{doses} a day. {format_total(Mg(step.daily_mg))} in total."


def _next(own: OwnPlan) -> str:
    """When something is taken again, where today has no dose."""
    for step in own.steps:
        if step.first_day > own.today and step.slot_rows:
            first = step.slot_rows[0]
            return f"Your next dose is on {full_day(step.first_day)}: {title_of(first.at).lower()}."
    return ""


def care(flags: Sequence[Any]) -> Care | None:
    """The card that leads the page when the watch has found that doses are missing or stopped; None: nothing to do at once."""
    asking = {one.rule_id: one for one in flags if one.urgency == Urgency.ACT_NOW and one.rule_id in _ASKS_PATIENT}
    if not asking:
        return None
    emergencies = [rule_id for rule_id, one in asking.items() if rule_id == TOLD or _is_emergency(one)]
    about = min((_ASKS_PATIENT[rule_id] for rule_id in emergencies or asking), key=_ABOUT.index)
    return Care(level="emergency" if emergencies else "urgent", about=about)


def _is_emergency(flag: Any) -> bool:
    rule = load_protocol(flag.protocol_id, flag.protocol_version).rules.get(flag.rule_id)
    return rule is not None and rule.severity is Severity.EMERGENCY


def dose_head(own: OwnPlan, one: Ticking) -> DoseHead:
    """The head of the page about one dose."""
    state, words = state_of(own, one)
    title = title_of(one.at)
    return DoseHead(
        title=f"{full_day(one.day)}, {title[:1].lower()}{title[1:]}",
        take=take_words_on(own, one.day, one.place),
        words=words,
        state=state,
        shape=_SHAPES[state],
    )


def already(event: Any, own: OwnPlan) -> Notice:
    """Somebody has said something of the dose before: the second tap, or the second phone."""
    title = title_of(event.slot_at).lower()
    if event.state == DoseState.TAKEN:
        at = "" if event.taken_at is None else f" at {clock(event.taken_at, own.intake.zone)}"
        return Notice(tone="week", title="Do not take it again.", text=f"You already ticked this dose{at} ({title}).")
    if event.state == DoseState.PARTLY:
        text = f"You told us you took {format_dose(Mg(event.taken_mg))} of this dose ({title})."
        return Notice(tone="week", title="This dose is recorded.", text=text)
    text = f"We have a note that this dose was not taken ({title}). Tap “Change this” if that is wrong."
    return Notice(tone="week", title="This dose is recorded.", text=text)


def not_now(one: Ticking, own: OwnPlan) -> Notice:
    """The dose is not offered at this moment, whatever an older page said."""
    title = title_of(one.at).lower()
    if one.offer is Offer.PASSED:
        text = f"The time for this dose has passed ({title}). Skip it. Take the next one at its time."
        return Notice(tone="act", title="This dose is NOT ticked.", text=text)
    if one.offer is Offer.HELD:
        return Notice(tone="act", title="This dose is NOT ticked.", text="Your team asked you to hold this dose.")
    text = f"It is too early for this dose ({title}). Take it from {clock(one.opens_at, own.intake.zone)} on."
    return Notice(tone="act", title="This dose is NOT ticked.", text=text)


def refused(text: str) -> Notice:
    return Notice(tone="act", title="This dose is NOT ticked.", text=text)


def cannot_be_read() -> Notice:
    return refused("We could not read what your phone sent. Try again. If you took it, do not take it again.")
