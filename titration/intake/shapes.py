"""Typed reading of parsed JSON: an absent member and an explicit null are the same, another type is refused."""

import re
from collections.abc import Mapping

from titration.intake.reasons import Reason, Unusable, shown

JsonObject = Mapping[str, object]

LONGEST_TEXT = 255
_ID = re.compile(r"[A-Za-z0-9.\-]{1,64}")


def object_in(holder: JsonObject, key: str) -> JsonObject:
    """The object under ``key``; empty when absent. Raises Unusable for another type."""
    value = holder.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Unusable(Reason.BAD_SHAPE, field=key, read=shown(value), allowed="an object")
    return value


def objects_in(holder: JsonObject, key: str) -> list[JsonObject]:
    """The objects in the list under ``key``; empty when absent. Raises Unusable for another type or other members."""
    value = holder.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unusable(Reason.BAD_SHAPE, field=key, read=shown(value), allowed="a list of objects")
    for item in value:
        if not isinstance(item, dict):
            raise Unusable(Reason.BAD_SHAPE, field=key, read=shown(item), allowed="a list of objects")
    return value


def text_in(holder: JsonObject, key: str) -> str:
    """The text under ``key`` with runs of white space made one space; "" when absent.

    Raises Unusable for another type, for more than 255 characters and for control characters.
    """
    value = holder.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unusable(Reason.BAD_SHAPE, field=key, read=shown(value), allowed="text")
    text = " ".join(value.split())
    if len(text) > LONGEST_TEXT:
        raise Unusable(Reason.BAD_TEXT, field=key, read=f"{len(text)} characters (at most {LONGEST_TEXT} are read)")
    for char in text:
        if _is_control(char):
            raise Unusable(Reason.BAD_TEXT, field=key, read=f"the control character U+{ord(char):04X}")
    return text


def words_in(holder: JsonObject, key: str) -> str:
    """Words that only people read: as ``text_in``, but clipped, and "" instead of refused; they must not cost a result."""
    value = holder.get(key)
    if not isinstance(value, str):
        return ""
    text = "".join(char for char in " ".join(value.split()) if not _is_control(char))
    return f"{text[: LONGEST_TEXT - 1]}…" if len(text) > LONGEST_TEXT else text


def _is_control(char: str) -> bool:
    return ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0


def texts_in(holder: JsonObject, key: str) -> list[str]:
    """The texts in the list under ``key``, without empty ones; empty when absent. Raises Unusable as ``text_in`` does."""
    value = holder.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unusable(Reason.BAD_SHAPE, field=key, read=shown(value), allowed="a list of texts")
    return [text for item in value if (text := text_in({key: item}, key))]


def id_of(resource: JsonObject, full_url: str) -> str:
    """The id of the resource, or the one its ``fullUrl`` in a Bundle ends in. Raises Unusable without a FHIR id."""
    written = resource.get("id")
    if written is None and full_url:
        written = re.split(r"[/:]", full_url)[-1]
    if not isinstance(written, str) or not _ID.fullmatch(written):
        raise Unusable(Reason.NO_ID, read="nothing" if written is None else shown(written))
    return written


def is_id(text: str) -> bool:
    """Whether the text can be the id of a FHIR resource."""
    return _ID.fullmatch(text) is not None
