"""Which LOINC codes are kidney results, and how their units are spelled. The unit decides the scale, never the code."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from titration.dosing.facts import LabUnit
from titration.intake.reasons import Reason, Unusable, shown
from titration.intake.records import Coding, LabKind
from titration.intake.shapes import JsonObject, object_in, objects_in, text_in, words_in

_LOINC = frozenset({"http://loinc.org", "https://loinc.org", "http://loinc.org/", "urn:oid:2.16.840.1.113883.6.1"})

_LOINC_CODE = re.compile(r"[0-9]{1,7}-[0-9]")

_KINDS: Mapping[str, LabKind] = MappingProxyType(
    {
        "2160-0": LabKind.CREATININE,  # mass/volume, serum or plasma
        "14682-9": LabKind.CREATININE,  # moles/volume, serum or plasma
        "38483-4": LabKind.CREATININE,  # mass/volume, blood
        "59826-8": LabKind.CREATININE,  # moles/volume, blood
        "77140-2": LabKind.CREATININE,  # moles/volume, serum, plasma or blood
        "33863-2": LabKind.CYSTATIN_C,  # mass/volume, serum or plasma
        "98979-8": LabKind.REPORTED_EGFR,  # CKD-EPI 2021, creatinine
        "98980-6": LabKind.REPORTED_EGFR,  # CKD-EPI 2021, creatinine and cystatin C
        "33914-3": LabKind.REPORTED_EGFR,  # MDRD
        "62238-1": LabKind.REPORTED_EGFR,  # CKD-EPI 2009
        "48642-3": LabKind.REPORTED_EGFR,  # MDRD, non-Black: LOINC general knowledge
        "48643-1": LabKind.REPORTED_EGFR,  # MDRD, Black: LOINC general knowledge
        "50044-7": LabKind.REPORTED_EGFR,  # MDRD, female: LOINC general knowledge
        "77147-7": LabKind.REPORTED_EGFR,  # MDRD, serum, plasma or blood
        "88293-6": LabKind.REPORTED_EGFR,  # CKD-EPI 2009, Black: LOINC general knowledge
        "88294-4": LabKind.REPORTED_EGFR,  # CKD-EPI 2009, non-Black: LOINC general knowledge
        "69405-9": LabKind.REPORTED_EGFR,  # no equation named: LOINC general knowledge
    }
)

_NOT_BLOOD = ("urin", "fluid")

# Spelled in lower case, without spaces, with u for micro: see _plain.
_PER_BODY_SURFACE = "mL/min/{1.73_m2}"
_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "mg/dl": LabUnit.MG_DL,
        "umol/l": LabUnit.UMOL_L,
        "mcmol/l": LabUnit.UMOL_L,
        "mg/l": LabUnit.MG_L,
        "ml/min": "mL/min",
        "ml/min/{1.73_m2}": _PER_BODY_SURFACE,
        "ml/min/{1.73m2}": _PER_BODY_SURFACE,
        "ml/min/1.73_m2": _PER_BODY_SURFACE,
        "ml/min/1.73m2": _PER_BODY_SURFACE,
        "ml/min/1.73m^2": _PER_BODY_SURFACE,
        "ml/min/1.73m²": _PER_BODY_SURFACE,
        "ml/min/1.73sqm": _PER_BODY_SURFACE,
        "ml/min/1.73sq.m": _PER_BODY_SURFACE,
        "ml/min/(1.73_m2)": _PER_BODY_SURFACE,
        "ml/min/(1.73m2)": _PER_BODY_SURFACE,
    }
)
_ALLOWED: Mapping[LabKind, tuple[str, ...]] = MappingProxyType(
    {
        LabKind.CREATININE: (LabUnit.MG_DL, LabUnit.UMOL_L),
        LabKind.CYSTATIN_C: (LabUnit.MG_L,),
        LabKind.REPORTED_EGFR: (_PER_BODY_SURFACE, "mL/min"),
    }
)


def kind_of(observation: JsonObject) -> tuple[LabKind, Coding] | None:
    """The analyte and the coding that names it, or None when the observation is not a kidney result.

    Raises Unusable when two codings disagree or a LOINC code that is not ours stands beside one that is, when one of our
    codes names no code system, and when urine or another fluid is named beside a blood code.
    """
    code = object_in(observation, "code")
    codings = [_coding(coding) for coding in objects_in(code, "coding")]
    ours = [coding for coding in codings if coding.code in _KINDS and coding.system in _LOINC]
    if not ours:
        for coding in codings:
            if coding.code in _KINDS and not coding.system:
                raise Unusable(Reason.CODE_SYSTEM, read=shown(coding.code))
        return None
    # A code that is not ours may be the same analyte in urine: nobody here can say that it is not.
    loinc = [one for one in codings if one.system in _LOINC or (not one.system and _LOINC_CODE.fullmatch(one.code))]
    kinds = {_KINDS.get(coding.code) for coding in loinc}
    if len(kinds) > 1:
        raise Unusable(Reason.CODE_CONTRADICTION, read=" and ".join(shown(coding.code) for coding in loinc))
    for words in [*(coding.display for coding in codings), words_in(code, "text"), *_specimen_words(observation)]:
        if any(fluid in words.casefold() for fluid in _NOT_BLOOD):
            raise Unusable(Reason.NOT_BLOOD, read=shown(words))
    return _KINDS[ours[0].code], ours[0]


def _coding(coding: JsonObject) -> Coding:
    return Coding(text_in(coding, "system"), text_in(coding, "code"), words_in(coding, "display"))


def _specimen_words(observation: JsonObject) -> list[str]:
    """What the sender says the specimen was, beside the reference to it or in a Specimen contained in the result."""
    said = [words_in(object_in(observation, "specimen"), "display")]
    for item in objects_in(observation, "contained"):
        if item.get("resourceType") == "Specimen":
            sort = object_in(item, "type")
            said += [words_in(sort, "text"), *(words_in(coding, "display") for coding in objects_in(sort, "coding"))]
    return said


def code_words(observation: JsonObject) -> str:
    """What the observation says it measured, for the list of what was ignored; "no code" when it says nothing."""
    code = object_in(observation, "code")
    for coding in map(_coding, objects_in(code, "coding")):
        if coding.code or coding.display:
            return f"{coding.code} {coding.display}".strip()
    return words_in(code, "text") or "no code"


def unit_of(quantity: JsonObject, kind: LabKind) -> LabUnit | str:
    """The unit of a valueQuantity: a LabUnit, or for a reported eGFR the unit as sent.

    Both ``unit`` and ``code`` count: each must be known, and they must be the same unit. Raises Unusable otherwise.
    """
    written = [text for key in ("unit", "code") if (text := text_in(quantity, key))]
    allowed = " or ".join(_ALLOWED[kind])
    if not written:
        raise Unusable(Reason.NO_UNIT, allowed=allowed)
    units = {_SPELLINGS.get(_plain(text), "") for text in written}
    if len(units - {""}) > 1:
        raise Unusable(Reason.UNIT_CONTRADICTION, read=" and ".join(map(shown, written)))
    for text in written:
        if _SPELLINGS.get(_plain(text)) not in _ALLOWED[kind]:
            raise Unusable(Reason.WRONG_UNIT, read=shown(text), allowed=allowed)
    return written[0] if kind is LabKind.REPORTED_EGFR else LabUnit(units.pop())


def _plain(unit: str) -> str:
    """One spelling for case, spaces and the two micro signs; ``MG/DL`` is how UCUM writes it without case."""
    return unit.casefold().replace(" ", "").replace("\N{GREEK SMALL LETTER MU}", "u").replace("\N{MICRO SIGN}", "u")
