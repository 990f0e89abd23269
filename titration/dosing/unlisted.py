"""Medicines and conditions that no coded list of the protocol has: kept as they were typed, and judged by no rule."""

from titration.dosing.facts import Person
from titration.dosing.protocol import Protocol

_TYPED = "text:"


def code_for(text: str) -> str:
    """The code under which a name that no list has is kept; upper and lower case stay as typed."""
    return f"{_TYPED}{text}"


def typed_name(code: str) -> str:
    """What was typed, of such a code; any other code as it is."""
    return code.removeprefix(_TYPED)


def not_checked(person: Person, protocol: Protocol) -> tuple[str, ...]:
    """A sentence for each medicine and condition of the patient that the protocol does not know.

    A code that an earlier protocol had and this one has not is one of them.
    """
    medicines = sorted({one.code for one in person.medicines} - set(protocol.medicines))
    conditions = sorted(person.conditions - set(protocol.conditions))
    return (
        *(f"The medicine “{typed_name(code)}” is on no list and is not checked beside baclofen." for code in medicines),
        *(f"The condition “{typed_name(code)}” is on no list and is not checked." for code in conditions),
    )
