"""The measured number of an Observation, with the guards that need no protocol."""

from decimal import Decimal

from titration.intake.reading import MAX_DIGITS, LongNumber
from titration.intake.reasons import Reason, Unusable, shown
from titration.intake.shapes import JsonObject, object_in, objects_in, text_in, words_in

# No unit of any analyte here reaches it: it stops broken exports, it does not judge a result.
LARGEST = Decimal(1_000_000)
_COMPARATORS = ("", "<", "<=", ">=", ">")


def quantity_of(observation: JsonObject) -> JsonObject:
    """The valueQuantity. Raises Unusable when the value is absent, said to be absent, of another type, or given twice."""
    written = sorted(key for key in observation if key.startswith("value") and observation[key] is not None)
    if observation.get("dataAbsentReason") is not None:
        raise Unusable(Reason.NO_VALUE, read="dataAbsentReason")
    if len(written) > 1:
        raise Unusable(Reason.TWO_VALUES, read=" and ".join(shown(key) for key in written[:3]))
    if written != ["valueQuantity"]:
        raise Unusable(Reason.NO_VALUE, read=f"{shown(written[0])} only" if written else "no value")
    return object_in(observation, "valueQuantity")


def number_of(quantity: JsonObject) -> Decimal:
    """The number, exactly as sent. Raises Unusable unless it is above 0, at most 1,000,000 and at most 40 digits."""
    value = quantity.get("value")
    if value is None:
        raise Unusable(Reason.NO_VALUE, read="a quantity without a number")
    if isinstance(value, LongNumber):
        raise Unusable(Reason.TOO_MANY_DIGITS, read=shown(value), allowed=str(MAX_DIGITS))
    if not isinstance(value, Decimal):
        raise Unusable(Reason.NOT_A_NUMBER, read=shown(value))
    if value == 0:
        raise Unusable(Reason.ZERO, read=shown(value))
    if value < 0:
        raise Unusable(Reason.NEGATIVE, read=shown(value))
    if value > LARGEST:
        raise Unusable(Reason.TOO_LARGE, read=shown(value), allowed=f"{LARGEST:,}")
    return value


def comparator_of(quantity: JsonObject) -> str:
    """``""``, ``<``, ``<=``, ``>=`` or ``>``. Raises Unusable for another one."""
    comparator = text_in(quantity, "comparator")
    if comparator not in _COMPARATORS:
        raise Unusable(Reason.COMPARATOR, read=shown(comparator))
    return comparator


def reference_range_of(observation: JsonObject) -> str:
    """The sender's own normal ranges in words, "" when there are none; nothing is judged by them.

    A range that is not written as FHIR is left out: it must not cost the result.
    """
    try:
        ranges = [words for item in objects_in(observation, "referenceRange") if (words := _range_words(item))]
    except Unusable:
        return ""
    return "; ".join(ranges)


def _range_words(item: JsonObject) -> str:
    if text := words_in(item, "text"):
        return text
    low, high = _bound(object_in(item, "low")), _bound(object_in(item, "high"))
    if low and high:
        return f"{low} to {high}"
    return f"from {low}" if low else f"up to {high}" if high else ""


def _bound(quantity: JsonObject) -> str:
    value = quantity.get("value")
    if not isinstance(value, Decimal):
        return ""
    return f"{value:f} {words_in(quantity, 'unit') or words_in(quantity, 'code')}".rstrip()
