"""How loud a finding is, and what it takes to sign an order in spite of it."""

from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """Order of severity: INFO < WARN < STOP = URGENT < EMERGENCY (``rank`` makes STOP and URGENT equal)."""

    INFO = 1
    WARN = 2
    STOP = 3
    URGENT = 4
    EMERGENCY = 5

    @property
    def rank(self) -> int:
        return {1: 1, 2: 2, 3: 3, 4: 3, 5: 4}[int(self)]


class Override(StrEnum):
    """What it takes to sign an order in spite of a finding."""

    NONE = "none"  # shown; saving the check page acknowledges it
    REASON = "reason"  # coded reason
    DOCUMENTED = "documented"  # coded reason and text
    DOCUMENTED_PLAN = "documented_plan"  # coded reason, text and a monitoring plan
    SPECIALIST = "specialist"  # name and date of the specialist's advice
    SPECIALIST_SECOND = "specialist_second"  # the same, and a second clinician signs
    RESTART_FORM = "restart_form"  # a prescriber's decision how to go on, on a form of its own
    HARD = "hard"  # cannot be passed: the entry must be corrected
