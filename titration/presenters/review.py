"""What the check of an order says, as the live panel, the check page and the page of a step show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from titration.dosing.assessment import RULES, severity_phrase
from titration.dosing.doses import Mg, format_number, format_total
from titration.dosing.gate_lines import GATE, SENTENCE
from titration.dosing.panel import DIALYSIS_FLAG
from titration.dosing.rules import About, Override, Severity
from titration.dosing.wording import NO_DATA, days_ago, format_date, format_day
from titration.presenters.kidney_words import estimate_words

CHECK_FAILED = "The safety check is not working. You cannot save."

_OVERRIDE_WORDS = {
    Override.NONE: "",
    Override.REASON: "To go on, type the new total and choose a reason.",
    Override.DOCUMENTED: "To go on, type the new total, choose a reason and say why.",
    Override.DOCUMENTED_PLAN: "To go on, type the new total, choose a reason, say why and how the patient is monitored.",
    Override.SPECIALIST: "To go on, type the new total, choose a reason and name the specialist who advised it.",
    Override.SPECIALIST_SECOND: (
        "To go on, type the new total, choose a reason, name the specialist who advised it, "
        "and let a second clinician sign."
    ),
    Override.RESTART_FORM: "To go on, complete the restart form first.",
    Override.HARD: "This cannot be passed. Change the entry.",
}
_FAMILIES = {
    "STEP": "start, pace and size of the step",
    "MAX": "highest day and highest dose",
    "KID": "kidney function and kidney checks",
    "MISS": "missed doses and supply",
    "STOP": "sudden stop and restart",
    "TAPER": "pace of reduction and signs during it",
    "INT": "other medicines",
    "CAU": "signs of toxicity, contraindications and cautions",
    "UNIT": "units and volumes",
}
# Only these hold an order back; whatever stands beside the order asks for nothing on its page.
_HELD_BY = (About.ORDER, About.ENTRY)
_SENTENCES = {**{rule.id: rule.sentence for rule in RULES}, GATE: SENTENCE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding as ``_components/finding.html`` prints it."""

    severity: str
    because: str
    sentence: str
    rule: str
    number: str
    sources: tuple[str, ...]
    proposed: bool
    override_words: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyResult:
    """One answer of the live check. ``key`` changes when, and only when, the set of findings or of missing things changes.

    ``closed`` says that the clinic is closed on the first day; it holds nothing back. ``gate`` holds what the next step
    still waits for, as lines of presenters.gate.
    """

    checked_at: str
    change_words: str
    direction: str
    findings: tuple[FindingView, ...]
    quiet: tuple[str, ...]
    incomplete: str
    key: str
    spoken: str
    closed: str = ""
    gate: tuple[Any, ...] = ()


def finding_views(findings: Iterable[Any], *, patient: Any, asks: bool = True) -> tuple[FindingView, ...]:
    """Findings in the order given; ``asks``: with what it takes to go on."""

    def links(one: Any) -> tuple[Link, ...]:
        if one.override is Override.RESTART_FORM:
            return (Link(label="Decide how to go on", url=reverse("plans:restart", args=[patient.pk])),)
        if one.about is About.INTAKE:
            return (Link(label="See the doses taken", url=reverse("doses:list", args=[patient.pk])),)
        return kidneys if one.rule.startswith("KID-") else ()

    kidneys = (Link(label="See kidney results", url=reverse("kidney:list", args=[patient.pk])),)
    return tuple(
        FindingView(
            severity=severity_phrase(one),
            because=one.because,
            sentence=one.sentence,
            rule=one.rule,
            number=one.number,
            sources=one.sources,
            proposed=one.proposed,
            override_words=_OVERRIDE_WORDS[one.override] if asks and one.about in _HELD_BY else "",
            links=links(one),
        )
        for one in findings
    )


def kept_findings(step: Any, protocol: Any) -> tuple[FindingView, ...]:
    """The findings that were shown when a step was signed, as they were kept beside it."""
    return tuple(
        FindingView(
            severity=_kept_severity(kept, protocol),
            because=kept["because"],
            sentence=_SENTENCES.get(kept["rule"], ""),
            rule=kept["rule"],
            number=kept["number"],
            sources=tuple(kept["sources"]),
            proposed=kept["proposed"],
            override_words="",
            links=(),
        )
        for kept in step.findings
    )


def _kept_severity(kept: dict[str, Any], protocol: Any) -> str:
    row = protocol.rules.get(kept["rule"])
    severity = Severity[kept["severity"]]
    if severity is Severity.INFO:
        return "For information"
    same_day = row is not None and row.same_day
    return "This week" if severity is Severity.WARN and not same_day else "Act now"


def direction(previous: Mg | None, new: Mg) -> str:
    """``up``, ``down`` or ``same``; a first dose goes up."""
    if previous is None or new > previous:
        return "up"
    return "down" if new < previous else "same"


def change_words(previous: Mg | None, new: Mg) -> str:
    """The change and the new total in words: ``UP 15 mg a day (33% more). New total 60 mg a day.``"""
    total = f"New total {format_total(new)} a day."
    if previous is None or not previous.value:
        return f"UP from no dose. {total}"
    if new == previous:
        return f"NO CHANGE of the total. It stays {format_total(new)} a day."
    rises = new > previous
    change = new - previous if rises else previous - new
    percent = (change.value * 100 / previous.value).quantize(Decimal(1), ROUND_HALF_UP)
    word, more = ("UP", "more") if rises else ("DOWN", "less")
    return f"{word} {format_total(change)} a day ({format_number(percent)}% {more}). {total}"


def quiet_words(rules: Sequence[str]) -> tuple[str, ...]:
    """What was checked with nothing found, by family, each with its rule ids: silence is never read as approval."""
    families: dict[str, list[int]] = {}
    for rule in rules:
        family, _, number = rule.partition("-")
        families.setdefault(family, []).append(int(number))
    return tuple(
        f"{_FAMILIES.get(family, family)} ({', '.join(_runs(family, sorted(numbers)))})"
        for family, numbers in families.items()
    )


def _runs(family: str, numbers: list[int]) -> list[str]:
    """Rule ids, with three or more in a row shortened to the first and the last."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        if len(run) > 2:
            words.append(f"{family}-{run[0]} to {family}-{run[-1]}")
        else:
            words.extend(f"{family}-{number}" for number in run)
    return words


def not_judged_words(review: Any) -> str:
    """What could not be checked, and why; empty when everything was."""
    return " ".join(
        f"Could not be checked ({', '.join(one.rules)}): {one.because}" if one.rules else one.because
        for one in review.assessment.not_judged
    )


def safety_result(
    review: Any, *, previous: Mg | None, patient: Any, as_of: datetime, gate: tuple[Any, ...] = ()
) -> SafetyResult:
    """The answer of the live check to an order that could be read; ``gate``: what its step still waits for."""
    findings = finding_views(review.assessment.findings, patient=patient)
    return SafetyResult(
        checked_at=_clock(as_of, patient),
        change_words=change_words(previous, review.new_daily),
        direction=direction(previous, review.new_daily),
        findings=findings,
        quiet=quiet_words(review.assessment.quiet),
        incomplete=not_judged_words(review),
        key=" ".join([*(one.rule for one in review.assessment.findings), *(line.key for line in gate)]),
        spoken=spoken(findings, gate),
        gate=gate,
    )


def closed_words(day: date, patient: Any) -> str:
    """What to know of an order that begins on a day on which the clinic is closed; empty when it is open."""
    closed = patient.organisation.closed_days
    why = closed.why(day)
    if not why:
        return ""
    opened = closed.next_open(day)
    next_open = f" The next open day is {format_day(opened)}." if opened else ""
    return f"The clinic is closed on {format_day(day)}, {why}: the patient may not reach you.{next_open}"


def unfinished_result(text: str, *, patient: Any, as_of: datetime) -> SafetyResult:
    """The answer of the live check while something that it needs is missing or cannot be read."""
    return SafetyResult(
        checked_at=_clock(as_of, patient),
        change_words="",
        direction="",
        findings=(),
        quiet=(),
        incomplete=text,
        key="unfinished",
        spoken="The order is not complete yet.",
    )


def spoken(findings: Sequence[FindingView], gate: Sequence[Any] = ()) -> str:
    """The set of findings in one sentence for a screen reader, then what the next step still waits for."""
    closed = f" The next step is not open: {', '.join(line.label.lower() for line in gate)}." if gate else ""
    if not findings:
        return f"Safety check: nothing found.{closed}"
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    return f"Safety check: {count}. " + " ".join(f"{one.severity}: {one.because}" for one in findings) + closed


def kidney_words(record: Any) -> str:
    """The kidneys in one line of the form. When the check itself fails, that is said."""
    try:
        return panel_words(record.assessment.panel, record.today, record.protocol.splits)
    except Exception:  # noqa: BLE001  the form still opens: a past change can always be recorded
        return "could not be worked out, because the safety check is not working"


def panel_words(panel: Any, today: date, splits: Sequence[int]) -> str:
    """The estimate that decides (KID-1) with its name, date and age in days, and what speaks against it.

    ``No data`` without one. On dialysis the flag decides and no number is shown (KID-7).
    """
    if panel.decided_by == DIALYSIS_FLAG:
        return "On dialysis, which decides whatever the number is"
    estimate = panel.deciding
    if estimate is None:
        return NO_DATA
    on = estimate.taken_on
    when = "" if on is None else f", {format_date(on)} ({days_ago((today - on).days)})"
    marks = [] if panel.steady else [f"Not steady: acute kidney injury, {panel.aki.label}; this is the last steady one"]
    marks += [f"Creatinine may mislead: {', '.join(panel.unreliable)}"] if panel.unreliable and panel.steady else []
    against = "".join(f". {mark}" for mark in marks)
    return f"{estimate_words(estimate, splits)}, {estimate.name}{when}{against}"


def _clock(as_of: datetime, patient: Any) -> str:
    """The time of the check on the patient's clock, to the second."""
    return f"{as_of.astimezone(ZoneInfo(patient.time_zone)):%H:%M:%S}"
