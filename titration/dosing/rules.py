"""What a rule is: one ID, one sentence, one function; and what it answers."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from titration.dosing.severity import Override, Severity

if TYPE_CHECKING:
    from titration.dosing.judgement import Judgement

__all__ = [
    "About",
    "CannotSay",
    "Finding",
    "Override",
    "Rule",
    "RuleFunction",
    "Said",
    "Severity",
    "calculation",
    "collect",
    "rule",
]


class About(StrEnum):
    """What a finding is about: it decides where it is shown and whether it becomes a flag."""

    ORDER = "order"  # the order on the form
    STANDING = "standing"  # the dose in force, or one that an order only lowers
    CONTEXT = (
        "context"  # a medicine, condition or age beside a dose that no order starts or raises: shown, never a flag
    )
    KIDNEY = "kidney"  # the kidney results themselves
    INTAKE = "intake"  # doses that were missed, signs after them, and the supply at home
    ADVICE = "advice"  # what the patient is told about a late dose: never a flag
    CHECK = "check"  # a kidney check that is due
    ENTRY = "entry"  # a value being typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule says about the facts, now. ``because`` is the patient's own numbers in one sentence."""

    rule: str
    severity: Severity
    override: Override
    about: About
    because: str
    sentence: str
    number: str
    sources: tuple[str, ...]
    proposed: bool
    same_day: bool
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a rule function returns: the reason, and what differs from the rule's own row in the protocol."""

    because: str
    about: About
    values: tuple[tuple[str, str], ...] = ()
    severity: Severity | None = None
    override: Override | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CannotSay:
    """A rule that could not be judged, because a fact is not known or its part of the protocol is switched off.

    ``refuses``: an order must not be signed while this stands.
    """

    because: str
    refuses: bool = False


RuleFunction = Callable[["Judgement"], "Said | CannotSay | None"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. A calculation has no ``judge``; ``carried_out_by`` is then the function or property that does what it says."""

    id: str
    sentence: str
    judge: RuleFunction | None
    carried_out_by: object = None

    @property
    def family(self) -> str:
        return self.id.split("-")[0]


def rule(rule_id: str) -> Callable[[RuleFunction], Rule]:
    """Make a rule of a function. Its docstring is the sentence that clinicians sign."""

    def make(function: RuleFunction) -> Rule:
        sentence = " ".join((function.__doc__ or "").split())
        if not sentence:
            raise TypeError(f"{rule_id} has no sentence")
        return Rule(rule_id, sentence, function)

    return make


def calculation(rule_id: str, sentence: str, carried_out_by: object) -> Rule:
    """A rule that says how something is calculated or shown and raises nothing; the function named does it."""
    return Rule(rule_id, sentence, None, carried_out_by)


def collect(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules, family by family as given, each in the order of its numbers; an ID that appears twice is a mistake."""
    given = tuple(rules)
    ids = [one.id for one in given]
    if len(set(ids)) != len(ids):
        raise TypeError(f"A rule ID appears twice: {sorted(ids)}")
    families = list(dict.fromkeys(one.family for one in given))
    return tuple(sorted(given, key=lambda one: (families.index(one.family), int(one.id.split("-")[1]))))
