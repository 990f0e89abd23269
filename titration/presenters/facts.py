"""What is known about a patient beside doses and results: each fact with its date and author, and what is missing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from titration.dosing.wording import NOT_RECORDED, days_ago, format_date, format_when
from titration.models import FactKind
from titration.presenters import facts_words as words

# What the rules cannot do while a fact is not recorded.
COSTS: Mapping[str, str] = {
    FactKind.HEIGHT: "The de-indexed estimate and the ideal weight need a height; for a child every estimate does.",
    FactKind.WEIGHT: "Cockcroft–Gault and the de-indexed estimate need a weight.",
    FactKind.DIALYSIS: "Until it is recorded, the rules for dialysis cannot be judged.",
    FactKind.PREGNANCY: "The newborn can have withdrawal, and creatinine misleads. Not recorded is read as not pregnant.",
    FactKind.BREASTFEEDING: "The infant is watched for drowsiness. Not recorded is read as not breastfeeding.",
    FactKind.INFANT_BORN: "Needed while breastfeeding: whether an infant is under 2 months decides how closely it is watched.",
    FactKind.SETTING: "Findings about the highest dose do not say where the patient is treated.",
    FactKind.ALBUMINURIA: "Kidney checks are planned as for A1, the longest interval.",
    FactKind.PAST_WITHDRAWAL: "It makes the rules for reducing stricter. Without an answer they cannot be judged in full.",
    FactKind.BENEFIT: "Whether the highest dose is worth going on with cannot be judged.",
    FactKind.SPASTICITY: "Whether more baclofen brought more relief does not show under the doses.",
    FactKind.SPASMS: "Whether spasms came less often with more baclofen does not show under the doses.",
    FactKind.TONE: "Whether muscle tone fell with more baclofen does not show under the doses.",
    FactKind.SIDE_EFFECTS: "The next increase is not open until the question was asked in this step.",
}
_ONE_AT_A_TIME = (
    ("Body", (FactKind.HEIGHT, FactKind.WEIGHT)),
    ("Kidneys and care", (FactKind.DIALYSIS, FactKind.ALBUMINURIA, FactKind.SETTING, FactKind.PAST_WITHDRAWAL)),
    (
        "Outcome at the last visit",
        (FactKind.BENEFIT, FactKind.SPASTICITY, FactKind.SPASMS, FactKind.TONE, FactKind.SIDE_EFFECTS),
    ),
    ("Pregnancy and breastfeeding", (FactKind.PREGNANCY, FactKind.BREASTFEEDING, FactKind.INFANT_BORN)),
)
# Heading, kind, the link that adds one, and what an empty list means.
_LISTS = (
    ("Conditions", FactKind.CONDITION, "Add a condition", "The rules then read the patient as having none of them."),
    ("Other medicines", FactKind.MEDICINE, "Add a medicine", "The rules then read the patient as taking none of them."),
    ("Signs and symptoms", FactKind.SIGN, "Add a sign", "The rules then read the patient as having none of them."),
    ("Events that ask for a kidney check", FactKind.EVENT, "Add an event", "No kidney check is asked for by an event."),
)


# What was so on a day, and says nothing of the days after it.
_DATED = (
    FactKind.INFANT_BORN, FactKind.EVENT, FactKind.BENEFIT, FactKind.SPASTICITY, FactKind.SPASMS, FactKind.TONE,
    FactKind.SIDE_EFFECTS,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One fact that holds; a fact that is not recorded has ``cost`` instead of a date and an author."""

    label: str
    value: str
    since: str
    by: str
    note: str
    cost: str
    add_url: str
    add_label: str
    correct_url: str

    @property
    def is_recorded(self) -> bool:
        return self.cost == ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGroup:
    """Facts under one heading; ``empty`` says what an empty list means."""

    title: str
    lines: tuple[FactLine, ...]
    empty: str
    add_url: str
    add_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An entry of the history, as ``history-row.html`` takes it."""

    at: str
    what: str
    was: str
    by: str
    reason: str
    url: str
    replaced: bool
    replaced_words: str
    late: bool
    unchecked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsPage:
    """What holds now, one fact a line; what is kept in lists; and every entry that no longer holds."""

    single: tuple[FactGroup, ...]
    lists: tuple[FactGroup, ...]
    past: tuple[Past, ...]


def facts_page(record: Any, *, rights: frozenset[str]) -> FactsPage:
    """The facts of a patient. Links to change them are left out for a reader who may not log."""
    may_log = "log" in rights
    latest: dict[tuple[str, str], Any] = {}
    for fact in record.facts:
        if fact.is_current and fact.on_date <= record.today:
            latest.setdefault((fact.kind, fact.code), fact)
    holding = {fact.pk for fact in latest.values() if _holds(fact)}
    holding |= {fact.pk for fact in record.facts if fact.is_current and fact.kind == FactKind.EVENT}
    single = tuple(
        FactGroup(
            title=title,
            lines=tuple(_single(kind, latest.get((kind, "")), record, may_log) for kind in kinds),
            empty="",
            add_url="",
            add_label="",
        )
        for title, kinds in _ONE_AT_A_TIME
    )
    lists = tuple(
        FactGroup(
            title=title,
            lines=tuple(
                _line(fact, record, may_log) for fact in record.facts if fact.pk in holding and fact.kind == kind
            ),
            empty=f"{NOT_RECORDED}. {empty}",
            add_url=add_url(record.patient, kind) if may_log else "",
            add_label=add,
        )
        for title, kind, add, empty in _LISTS
    )
    return FactsPage(single=single, lists=lists, past=_past(record, holding, may_log))


def _holds(fact: Any) -> bool:
    """A coded fact holds while its last answer is yes; every other fact holds whatever was answered."""
    return not fact.code or fact.answer == "yes"


def add_url(patient: Any, kind: str) -> str:
    """The form that adds a fact of a kind."""
    return reverse("patients:fact_add", args=[patient.pk, str(kind)])


def _single(kind: FactKind, fact: Any, record: Any, may_log: bool) -> FactLine:
    if fact is not None:
        return _line(fact, record, may_log)
    return FactLine(
        label=kind.label,
        value=NOT_RECORDED,
        since="",
        by="",
        note="",
        cost=COSTS[kind],
        add_url=add_url(record.patient, kind) if may_log else "",
        add_label="Add",
        correct_url="",
    )


def _line(fact: Any, record: Any, may_log: bool) -> FactLine:
    ended = add_url(record.patient, fact.kind) + (f"?{urlencode({'code': fact.code})}" if fact.code else "")
    is_event = fact.kind == FactKind.EVENT
    return FactLine(
        label=words.code_label(fact, record.protocol) if fact.code else FactKind(fact.kind).label,
        value="" if fact.code else words.value_words(fact, record.protocol),
        since=_since(fact, record.today),
        by=words.author(fact),
        note=f"Corrects an earlier entry: {fact.note}" if fact.replaces_id else fact.note,
        cost="",
        add_url=ended if may_log and not is_event else "",
        add_label="Record a change" if fact.code else "Update",
        correct_url=words.correct_url(fact) if may_log else "",
    )


def _since(fact: Any, today: Any) -> str:
    ago = days_ago((today - fact.on_date).days)
    verb = "" if fact.kind in _DATED else "measured " if fact.kind in words.UNITS else "since "
    if fact.kind == FactKind.INFANT_BORN:
        return ago
    said = f"{verb}{format_date(fact.on_date)}"
    return f"{said[:1].upper()}{said[1:]} ({ago})"


def _past(record: Any, holding: Iterable[Any], may_log: bool) -> tuple[Past, ...]:
    """Every other entry, newest first; those that were corrected or withdrawn are struck through with the reason."""
    zone, after = record.patient.time_zone, {fact.replaces_id: fact for fact in record.facts if fact.replaces_id}
    rows = []
    for fact in sorted(record.facts, key=lambda one: one.recorded_at, reverse=True):
        if fact.pk in holding or fact.withdrawn:
            continue
        replaced = after.get(fact.pk)
        kind = "" if fact.code else f"{FactKind(fact.kind).label}: "
        rows.append(
            Past(
                at=format_when(fact.recorded_at, zone),
                what=f"{kind}{words.value_words(fact, record.protocol)}, {format_date(fact.on_date)}",
                was="",
                by=words.author(fact),
                reason=fact.note,
                url=words.correct_url(fact) if may_log and fact.is_current else "",
                replaced=replaced is not None,
                replaced_words="" if replaced is None else words.became(replaced, zone),
                late=False,
                unchecked=False,
            )
        )
    return tuple(rows)
