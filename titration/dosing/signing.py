"""What it takes to sign an order in spite of its findings, and what of it is still missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from titration.dosing.doses import Mg, format_total
from titration.dosing.rules import Finding, Override

# Findings that always ask for the typed total, whatever their override (a ten-fold change).
ALWAYS_TYPED = frozenset({"UNIT-9"})

_TEXT = frozenset({Override.DOCUMENTED, Override.DOCUMENTED_PLAN})
_SPECIALIST = frozenset({Override.SPECIALIST, Override.SPECIALIST_SECOND})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What the prescriber wrote on the check page; empty text means nothing was written."""

    typed_total: Mg | None
    reason_code: str
    reason_text: str
    monitoring_plan: str
    specialist_name: str
    specialist_on: date | None
    has_second_clinician: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``hard`` findings cannot be passed at all; ``interrupting`` ones ask for the typed total and a reason."""

    hard: tuple[Finding, ...]
    interrupting: tuple[Finding, ...]

    @property
    def interrupts(self) -> bool:
        return bool(self.interrupting or self.hard)

    @property
    def restart(self) -> tuple[Finding, ...]:
        """Findings that only a prescriber's decision on the restart form ends; nothing on the check page does."""
        return tuple(one for one in self.interrupting if one.override is Override.RESTART_FORM)

    @property
    def text(self) -> bool:
        return any(one.override in _TEXT for one in self.interrupting)

    @property
    def plan(self) -> bool:
        return any(one.override is Override.DOCUMENTED_PLAN for one in self.interrupting)

    @property
    def specialist(self) -> bool:
        return any(one.override in _SPECIALIST for one in self.interrupting)

    @property
    def second(self) -> bool:
        return any(one.override is Override.SPECIALIST_SECOND for one in self.interrupting)

    def missing(self, answers: Answers, *, new_daily: Mg, today: date) -> tuple[str, ...]:
        """What still stands between this order and its signature, in whole sentences; empty when it may be signed."""
        if self.hard:
            return tuple(
                f"{one.because} Change the entry: this cannot be overridden ({one.rule})." for one in self.hard
            )
        if not self.interrupting:
            return ()
        found = [f"{one.because} Complete the restart form first ({one.rule})." for one in self.restart]
        if answers.typed_total is None:
            found.append("Type the new total a day, in mg.")
        elif answers.typed_total != new_daily:
            found.append(
                f"The total typed is {format_total(answers.typed_total)} a day and the order adds up to "
                f"{format_total(new_daily)} a day. Type the total of the order, or change the dose."
            )
        if not answers.reason_code:
            found.append("Choose why this is right for this patient.")
        if self.text and not answers.reason_text:
            found.append("Write why this is right for this patient.")
        if self.plan and not answers.monitoring_plan:
            found.append("Write how the patient will be watched for withdrawal.")
        if self.specialist and not answers.specialist_name:
            found.append("Write the name of the specialist who advised this.")
        if self.specialist and answers.specialist_on is None:
            found.append("Enter the date of the specialist's advice.")
        if self.specialist and answers.specialist_on is not None and answers.specialist_on > today:
            found.append("The date of the specialist's advice lies in the future. Enter the day it was given.")
        if self.second and not answers.has_second_clinician:
            found.append("A second clinician signs in here to agree.")
        return tuple(found)


def what_is_asked(findings: Iterable[Finding]) -> Asked:
    """Sort findings into those that cannot be passed and those that ask for something."""
    ordered = tuple(findings)
    return Asked(
        hard=tuple(one for one in ordered if one.override is Override.HARD),
        interrupting=tuple(
            one
            for one in ordered
            if one.override not in (Override.NONE, Override.HARD)
            or (one.rule in ALWAYS_TYPED and one.override is not Override.HARD)
        ),
    )
