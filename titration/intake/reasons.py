"""Why a line, an entry or a resource of an outside file cannot be used: one code and one sentence each."""

from enum import StrEnum
from types import MappingProxyType

_LONGEST_QUOTE = 60


class Reason(StrEnum):
    """A stable code; it is stored, counted and shown beside its sentence."""

    EMPTY_FILE = "empty_file"
    NOT_UTF8 = "not_utf8"
    COMPRESSED = "compressed"
    NUL_BYTE = "nul_byte"
    TOO_LONG = "too_long"
    TOO_DEEP = "too_deep"
    BAD_JSON = "bad_json"
    DUPLICATE_KEY = "duplicate_key"
    NOT_FINITE = "not_finite"
    BAD_TEXT = "bad_text"
    NOT_AN_OBJECT = "not_an_object"
    BAD_SHAPE = "bad_shape"
    NO_RESOURCE_TYPE = "no_resource_type"
    NO_ID = "no_id"
    MODIFIER = "modifier"
    NO_RECORD_NUMBER = "no_record_number"
    NO_NAME = "no_name"
    NO_BIRTH_DATE = "no_birth_date"
    CODE_SYSTEM = "code_system"
    CODE_CONTRADICTION = "code_contradiction"
    NOT_BLOOD = "not_blood"
    CONTAINED_RESULT = "contained_result"
    STATUS_NOT_FINAL = "status_not_final"
    STATUS_UNKNOWN = "status_unknown"
    NO_SUBJECT = "no_subject"
    SUBJECT_NOT_A_PATIENT = "subject_not_a_patient"
    SUBJECT_UNCLEAR = "subject_unclear"
    NO_VALUE = "no_value"
    TWO_VALUES = "two_values"
    NOT_A_NUMBER = "not_a_number"
    TOO_MANY_DIGITS = "too_many_digits"
    NEGATIVE = "negative"
    ZERO = "zero"
    TOO_LARGE = "too_large"
    COMPARATOR = "comparator"
    NO_UNIT = "no_unit"
    WRONG_UNIT = "wrong_unit"
    UNIT_CONTRADICTION = "unit_contradiction"
    NO_DATE = "no_date"
    TWO_DATES = "two_dates"
    PARTIAL_DATE = "partial_date"
    NO_ZONE = "no_zone"
    UNREADABLE_DATE = "unreadable_date"
    FUTURE_DATE = "future_date"
    TOO_EARLY = "too_early"
    BEFORE_BIRTH = "before_birth"


SENTENCES = MappingProxyType(
    {
        Reason.EMPTY_FILE: "The file holds nothing; send FHIR R4 as NDJSON, a Bundle or a single resource.",
        Reason.NOT_UTF8: "This is not UTF-8 text; only UTF-8 is read, so save it as UTF-8 and send it again.",
        Reason.COMPRESSED: "The file is compressed; only plain text is read, so unpack it and send it again.",
        Reason.NUL_BYTE: "A NUL byte stands at byte {read}; text has none, so ask the sender for a clean export.",
        Reason.TOO_LONG: "This is longer than {allowed} bytes, the most that is read at once; split it or send it as NDJSON.",
        Reason.TOO_DEEP: "The JSON nests {read} levels deep; at most {allowed} are read, so ask the sender for plain FHIR R4.",
        Reason.BAD_JSON: "The JSON cannot be read: {read}; each line or file must be complete JSON, so send it again whole.",
        Reason.DUPLICATE_KEY: "The key {read} stands twice in one object; each key may stand once, so ask the sender which is right.",
        Reason.NOT_FINITE: "{read} stands where a number belongs; only ordinary numbers are read, so ask the sender for one.",
        Reason.BAD_TEXT: "{field} holds {read}, which cannot be stored as text; ask the sender for a clean export.",
        Reason.NOT_AN_OBJECT: "{read} stands where a FHIR resource belongs; send JSON objects with a resourceType, one a line or in a Bundle.",
        Reason.BAD_SHAPE: "{field} was read as {read}; FHIR R4 allows {allowed} there, so ask the sender to correct it.",
        Reason.NO_RESOURCE_TYPE: "No resourceType was read; every FHIR resource names its type, so ask the sender to add it.",
        Reason.NO_ID: "{read} was read as id; 1 to 64 letters, digits, - and . are allowed, so ask the sender to give the resource an id.",
        Reason.MODIFIER: "{field} changes the meaning of this resource in a way that the portal does not know; enter it by hand after asking the sender.",
        Reason.NO_RECORD_NUMBER: "No record number was read; a patient needs an identifier with system and value that is not a social security, "
        "licence or passport number, so ask the sender to add it.",
        Reason.NO_NAME: "No family name was read; a patient needs one, so ask the sender to add it.",
        Reason.NO_BIRTH_DATE: "No birth date was read; a patient needs a full date such as 1965-07-05, so ask the sender to add it.",
        Reason.CODE_SYSTEM: "The code {read} names no code system; http://loinc.org is needed, so ask the sender to add it.",
        Reason.CODE_CONTRADICTION: "The codes {read} do not name one analyte in blood; one result has one, so ask the sender which is right.",
        Reason.NOT_BLOOD: "{read} was read beside a blood code; only blood, serum or plasma is used, so ask the sender what was measured.",
        Reason.CONTAINED_RESULT: "A kidney result stands inside this {read}; only results that stand alone are read, so ask the sender to send it as its own resource.",
        Reason.STATUS_NOT_FINAL: "The status is {read}; only final, amended, corrected and appended results are used, so wait for the final one.",
        Reason.STATUS_UNKNOWN: "The status was read as {read}; final, amended, corrected or appended is needed, so ask the sender for the status.",
        Reason.NO_SUBJECT: "No patient was named; a result needs a subject with a reference or a record number, so ask the sender to add it.",
        Reason.SUBJECT_NOT_A_PATIENT: "The subject was read as {read}; only a reference to a Patient is allowed, so ask the sender whose result it is.",
        Reason.SUBJECT_UNCLEAR: "The subject {read} fits more than one patient or none that has a record number; ask the sender whose result it is.",
        Reason.NO_VALUE: "No measured number was read ({read}); a valueQuantity with a number and a unit is needed, so enter it by hand if the laboratory confirms it.",
        Reason.TWO_VALUES: "More than one value was read ({read}); a result has one, so ask the sender which is right.",
        Reason.NOT_A_NUMBER: "The value was read as {read}; only a JSON number is allowed, so ask the sender to correct it.",
        Reason.TOO_MANY_DIGITS: "The value was read as {read}; at most {allowed} digits are read, so ask the sender to correct it.",
        Reason.NEGATIVE: "The value was read as {read}; a result is above 0, so ask the laboratory for the right value.",
        Reason.ZERO: "The value was read as {read}; a result is above 0, so ask the laboratory for the right value or its lower limit.",
        Reason.TOO_LARGE: "The value was read as {read}; at most {allowed} is read, so ask the laboratory for the right value.",
        Reason.COMPARATOR: "The comparator was read as {read}; only <, <=, >= and > are allowed, so ask the sender what it means.",
        Reason.NO_UNIT: "No unit was read; {allowed} is needed and never guessed, so ask the sender to add it.",
        Reason.WRONG_UNIT: "The unit was read as {read}; {allowed} is allowed for this analyte, so ask the sender for the right unit.",
        Reason.UNIT_CONTRADICTION: "Two units were read, {read}; they must be the same, so ask the sender which is right.",
        Reason.NO_DATE: "No date of the sample was read; {allowed} is needed, so ask the sender when the sample was taken.",
        Reason.TWO_DATES: "More than one date of the sample was read ({read}); a result has one, so ask the sender which is right.",
        Reason.PARTIAL_DATE: "{field} was read as {read}; a full date such as 2026-05-31 is needed, so ask the sender for the day.",
        Reason.NO_ZONE: "{field} was read as {read}, a time without a zone; an offset such as Z or +02:00 is needed, so ask the sender to add it.",
        Reason.UNREADABLE_DATE: "{field} was read as {read}; a date such as 2026-05-31, alone or with a time and a zone, is needed, so ask the sender to correct it.",
        Reason.FUTURE_DATE: "{field} was read as {read}, which lies in the future; only past dates are allowed, so ask the sender for the right one.",
        Reason.TOO_EARLY: "{field} was read as {read}; dates from {allowed} on are read, so ask the sender for the right one.",
        Reason.BEFORE_BIRTH: "The sample was dated {read}, before the patient was born ({allowed}); ask the sender for the right date or patient.",
    }
)


class Unusable(Exception):
    """Raised inside the intake when something of ours cannot be used; ``sentence`` is written for the person who imports."""

    def __init__(self, reason: Reason, **parts: str) -> None:
        self.reason = reason
        self.sentence = SENTENCES[reason].format(**parts)
        super().__init__(self.sentence)


def shown(value: object) -> str:
    """The value as a short quote that is safe to print: at most 60 characters, nothing unprintable."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    text = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)[: _LONGEST_QUOTE + 1]
    )
    return f"“{text[:_LONGEST_QUOTE]}…”" if len(text) > _LONGEST_QUOTE else f"“{text}”"
