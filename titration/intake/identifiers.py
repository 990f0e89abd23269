"""Record numbers: the only foreign identifiers that are kept. Social security, licence and passport numbers never are."""

import re

from titration.intake.records import Identifier
from titration.intake.shapes import JsonObject, object_in, objects_in, text_in

_RECORD_NUMBER = "MR"
# HL7 table 0203: social security, driver's licence, passport, tax and social beneficiary numbers.
_NEVER_CODES = frozenset({"SS", "SSN", "DL", "PPN", "TAX", "SB"})
_NEVER_WORDS = re.compile(r"social security|licen[cs]e|passport|\bssn\b|us-ssn|\btax\b", re.IGNORECASE)
# Registered arcs: US social security number, and the licence numbers of the US states beneath ….4.3.
_NEVER_ARCS = re.compile(r"urn:oid:2\.16\.840\.1\.113883\.4\.(1|3(\.\d+)*)")


def record_numbers(holder: JsonObject) -> tuple[Identifier, ...]:
    """Every identifier typed MR; when there is none, the first that may be kept; () when none may.

    An identifier needs a system and a value; one that is marked old is not used. Raises Unusable for a wrong shape.
    """
    kept = [identifier for identifier in objects_in(holder, "identifier") if _may_be_kept(identifier)]
    typed = [identifier for identifier in kept if _RECORD_NUMBER in _type_codes(identifier)]
    return tuple(dict.fromkeys(_pair(identifier) for identifier in typed or kept[:1]))


def record_number(identifier: JsonObject) -> Identifier | None:
    """The identifier of a reference, or None when it may not be kept. Raises Unusable for a wrong shape."""
    return _pair(identifier) if _may_be_kept(identifier) else None


def _may_be_kept(identifier: JsonObject) -> bool:
    system, value = _pair(identifier)
    said = [system, text_in(object_in(identifier, "type"), "text")]
    said += [text_in(coding, "display") for coding in objects_in(object_in(identifier, "type"), "coding")]
    return (
        bool(system and value)
        and value.isprintable()
        and text_in(identifier, "use") != "old"
        and not _type_codes(identifier) & _NEVER_CODES
        and not _NEVER_ARCS.fullmatch(system)
        and not any(_NEVER_WORDS.search(words) for words in said)
    )


def _pair(identifier: JsonObject) -> Identifier:
    return Identifier(text_in(identifier, "system"), text_in(identifier, "value"))


def _type_codes(identifier: JsonObject) -> set[str]:
    return {text_in(coding, "code") for coding in objects_in(object_in(identifier, "type"), "coding")}
