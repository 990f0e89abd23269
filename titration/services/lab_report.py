"""What became of every record of a laboratory file, counted so that nothing is passed over in silence."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from titration.intake.records import LabKind, Where


class Outcome(StrEnum):
    """What became of one result."""

    STORED = "stored"
    KNOWN = "already known"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    HELD = "held back"
    HELD_BEFORE = "held back before"
    NEVER_STORED = "withdrawn and never stored"


class PatientOutcome(StrEnum):
    """What became of one patient record."""

    NEW = "new"
    KNOWN = "known"
    HELD = "held back"
    HELD_BEFORE = "held back before"


class HeldBack(Exception):
    """A record that is not stored as it is; ``sentence`` says to a person why, and what may be done."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


@dataclass(slots=True)
class Group:
    """Records that share a reason: how many, and the first with its own sentence."""

    code: str
    first: str
    sentence: str
    count: int = 0


@dataclass(slots=True)
class FileReport:
    """The counts of one file. ``records`` is the number of records that the file held."""

    name: str
    records: int = 0
    patients: Counter[PatientOutcome] = field(default_factory=Counter)
    results: dict[LabKind, Counter[Outcome]] = field(default_factory=lambda: {kind: Counter() for kind in LabKind})
    unnamed: Counter[Outcome] = field(default_factory=Counter)
    held: dict[str, Group] = field(default_factory=dict)
    refused: dict[str, Group] = field(default_factory=dict)
    ignored: dict[str, Group] = field(default_factory=dict)
    kept_ours: dict[str, Group] = field(default_factory=dict)

    def count_result(self, kind: LabKind | None, outcome: Outcome) -> None:
        """Count one result; a withdrawal whose sender removed the code has no kind."""
        (self.unnamed if kind is None else self.results[kind])[outcome] += 1

    @property
    def accounted(self) -> int:
        """How many records are in one of the counts: equal to ``records`` when nothing was passed over."""
        counted = [self.patients, self.unnamed, *self.results.values()]
        return sum(sum(one.values()) for one in counted) + total(self.refused) + total(self.ignored)


def add(groups: dict[str, Group], code: str, sentence: str, where: Where) -> None:
    """Count one record under its reason."""
    group = groups.setdefault(code, Group(code=code, first=str(where), sentence=sentence))
    group.count += 1


def total(groups: dict[str, Group]) -> int:
    """How many records the groups count together."""
    return sum(group.count for group in groups.values())
