"""Which numbers to ring in an emergency, by jurisdiction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EmergencyNumbers:
    """``ring``: life in danger. ``advice``: urgent advice, empty where there is no such number."""

    ring: str
    advice: str


_NUMBERS = {"US": EmergencyNumbers("911", ""), "UK": EmergencyNumbers("999", "111")}
_NOT_KNOWN = EmergencyNumbers("", "")


def emergency_numbers(jurisdiction: str) -> EmergencyNumbers:
    """The numbers of a jurisdiction; both are empty for one that is not known, so that no wrong number is shown."""
    return _NUMBERS.get(jurisdiction, _NOT_KNOWN)
