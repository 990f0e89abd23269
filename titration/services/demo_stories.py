"""What the demo clinic is told to play: people and histories read from titration/demo_data, checked as they are read."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "demo_data"
PATIENTS = DATA / "renal_60_patients.ndjson"

_PATIENT = {
    "number",
    "phone",
    "cm",
    "kg",
    "conditions",
    "medicines",
    "pregnancy",
    "dialysis",
    "past_withdrawal",
    "events",
}
_DECISION = {"code", "text", "plan", "specialist", "second"}
_EVENTS = {
    "creatinine": {"unit", "comparator", "typed"},
    "cystatin_c": {"unit", "comparator", "typed"},
    "fact": {"code", "number", "answer", "note"},
    "dose": {"starts", "product", "at", "why", "before", "review", *_DECISION},
    "past": {"starts", "until", "product", "at", "why"},
    "stop": {"starts", "why", *_DECISION},
    "ladder": set(),
    "ticked": set(),
    "doses": {"why", "at"},
    "call": {"text"},
    "assign": {"to"},
}


class StoryError(Exception):
    """A file of the demo data cannot be played; the text names the file and what was read."""


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened on ``day``, counted from the day of seeding. ``kind`` says what, ``what`` to what."""

    day: int
    kind: str
    what: Any
    details: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Story:
    """The history of one patient, in time order. ``clinician`` is the key of the person who cares for the patient."""

    number: str
    clinician: str
    phone: str
    facts: tuple[tuple[str, dict[str, Any]], ...]
    events: tuple[Event, ...]

    @property
    def first_day(self) -> int:
        return self.events[0].day


def people() -> dict[str, list[dict[str, Any]]]:
    """The organisations and the people of the demo clinic, as the file has them."""
    return tomllib.loads((DATA / "people.toml").read_text(encoding="utf-8"))


def stories() -> tuple[Story, ...]:
    """Every story, in the order of the files; StoryError for a key that nobody knows or a patient told twice."""
    found: list[Story] = []
    for path in sorted((DATA / "stories").glob("*.toml")):
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        for patient in told["patient"]:
            if unknown := patient.keys() - _PATIENT:
                raise StoryError(f"{path.name}: {patient['number']} has the unknown key {min(unknown)}.")
            found.append(_story(patient, told["clinician"], path.name))
    numbers = [story.number for story in found]
    if twice := {one for one in numbers if numbers.count(one) > 1}:
        raise StoryError(f"The patient {min(twice)} has two stories.")
    return tuple(found)


def _story(patient: dict[str, Any], clinician: str, file: str) -> Story:
    facts: list[tuple[str, dict[str, Any]]] = [
        ("height_cm", {"number": patient["cm"]}),
        ("weight_kg", {"number": patient["kg"]}),
    ]
    for kind, usual in (("dialysis", "no"), ("pregnancy", ""), ("past_withdrawal", "")):
        if answer := patient.get(kind, usual):
            facts.append((kind, {"answer": answer}))
    facts += [("condition", {"code": code, "answer": "yes"}) for code in patient["conditions"]]
    facts += [("medicine", {"code": code, "answer": "yes", "day": day}) for code, day in patient.get("medicines", ())]
    events = tuple(_event(one, patient["number"], file) for one in patient["events"])
    if not events or list(events) != sorted(events, key=lambda one: one.day) or events[-1].day >= 0:
        raise StoryError(f"{file}: the events of {patient['number']} are not in time order, or not before today.")
    return Story(
        number=patient["number"], clinician=clinician, phone=patient["phone"], facts=tuple(facts), events=events
    )


def _event(told: dict[str, Any], number: str, file: str) -> Event:
    kinds = told.keys() & _EVENTS.keys()
    if len(kinds) != 1 or "d" not in told:
        raise StoryError(f"{file}: an event of {number} has no day, or not exactly one thing that happened.")
    (kind,) = kinds
    details = {key: value for key, value in told.items() if key not in ("d", kind)}
    if unknown := details.keys() - _EVENTS[kind] - {"by"}:
        raise StoryError(f"{file}: an event of {number} has the unknown key {min(unknown)}.")
    return Event(day=told["d"], kind=kind, what=told[kind], details=details)
