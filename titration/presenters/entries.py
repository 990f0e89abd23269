"""What the pages that write one entry of the record share, whether it is a kidney result or a fact."""

from dataclasses import dataclass

from titration.presenters.review import FindingView


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A label, its value and a line beneath, as ``key-facts.html`` and ``summary-list.html`` take them."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was noticed about a value that was typed, before it is stored."""

    rows: tuple[Figure, ...]
    findings: tuple[FindingView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """An entry that was corrected or withdrawn already; ``newest_url`` leads to what can be corrected."""

    rows: tuple[Figure, ...]
    what: str
    newest_url: str
