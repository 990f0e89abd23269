"""The numbers and words that a case expects beside its findings: computed again, and compared as printed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from titration.dosing import kidney
from titration.dosing.assessment import Assessment
from titration.dosing.case_format import Values
from titration.dosing.doses import format_number
from titration.dosing.facts import Facts, KidneyResult
from titration.dosing.judgement import Judgement
from titration.dosing.kidney import round_half_up
from titration.dosing.panel import NOT_STEADY, Estimate, KidneyPanel
from titration.dosing.protocol import Protocol
from titration.dosing.rules import Override
from titration.dosing.steadiness import mg_dl

Answer = Decimal | str | None
_MISSED = "expected_missed"  # given with the doses of a row, and nothing but a number to reproduce
_ADVICE = ("MISS-1", "MISS-2")
_TIERS = {1: {"MISS-4"}, 2: {"MISS-5", "MISS-6"}, 3: {"MISS-7", "MISS-8"}, 4: {"MISS-9"}}
_NUMBER = re.compile(r"(-?[0-9]+(?:\.([0-9]+))?)(?: \((.+)\))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One expected value: what was expected, what came out, and whether they agree (None: not compared)."""

    key: str
    expected: str
    found: str
    agrees: bool | None


def compare(
    expected: Mapping[str, str], facts: Facts, values: Values, protocol: Protocol, assessment: Assessment
) -> tuple[Compared, ...]:
    """Every expected value of a row; a key that is not computed here is given back as not compared."""
    source = _Source(facts, values, protocol, assessment)
    if _MISSED in values:
        expected = {**expected, _MISSED: values.word(_MISSED, "")}
    return tuple(_compare(key, text, source) for key, text in expected.items())


def _compare(key: str, expected: str, source: "_Source") -> Compared:
    if key.startswith("headline_"):
        if key != f"headline_{source.protocol.jurisdiction}":
            return Compared(key=key, expected=expected, found="other jurisdiction", agrees=True)
        key_found = source.headline(as_number=_NUMBER.fullmatch(expected) is not None)
    elif key in COMPUTED:
        key_found = COMPUTED[key](source)
    else:
        return Compared(key=key, expected=expected, found="", agrees=None)
    shown, agrees = _agree(expected, key_found, source.mark(key))
    return Compared(key=key, expected=expected, found=shown, agrees=agrees)


def _agree(expected: str, found: Answer, mark: str) -> tuple[str, bool]:
    number = _NUMBER.fullmatch(expected)
    shown = "none" if found is None else format_number(found) if isinstance(found, Decimal) else found
    if number is None:
        return shown, shown == expected
    places, words = len(number[2] or ""), number[3] or ""
    if not isinstance(found, Decimal):
        return shown, False
    rounded = round_half_up(found, places)
    marked = f" ({mark})" if mark else ""
    return f"{rounded}{marked}", rounded == Decimal(number[1]) and (words != NOT_STEADY or mark == NOT_STEADY)


class _Source:
    def __init__(self, facts: Facts, values: Values, protocol: Protocol, assessment: Assessment) -> None:
        refused = any(one.override is Override.HARD for one in assessment.findings)
        entry = facts.lab_entry
        if entry is not None and not refused:
            # What is being typed has no estimate in the assessment yet: read it as the result that it would become.
            result = KidneyResult(
                key="entry",
                analyte=entry.analyte,
                value=entry.value,
                unit=entry.unit,
                comparator="",
                taken_at=facts.as_of,
                taken_on=facts.today,
            )
            facts = replace(facts, kidneys=replace(facts.kidneys, results=(result,)))
        self.facts = facts
        self.values = values
        self.protocol = protocol
        self.assessment = assessment
        self.judgement = Judgement(facts, protocol)
        self.panel: KidneyPanel = self.judgement.panel
        self.creatinine = self.panel.course.newest

    def mark(self, key: str) -> str:
        return NOT_STEADY if key in ("egfr_cr", "egfr_cr_now") and not self.panel.steady else ""

    def estimate(self, code: str) -> Estimate | None:
        """An estimate of the panel, or one of the newest creatinine while the panel stays on an older one."""
        found = next((one for one in self.panel.estimates if one.code == code), None)
        if found is not None and self.panel.steady:
            return found
        newest = () if self.creatinine is None else self.panel.of(self.creatinine)
        return next((one for one in newest if one.code == code), found)

    def value(self, code: str) -> Answer:
        found = self.estimate(code)
        return None if found is None else found.value

    def clearance(self, which: str) -> Answer:
        person = self.facts.person
        if self.creatinine is None or person.weight is None or person.sex is None or self.judgement.age is None:
            return None
        kg, cm = person.weight.value, None if person.height is None else person.height.value
        if which != "actual":
            if cm is None:
                return None
            ideal = kidney.ideal_weight(cm, person.sex)
            kg = ideal if which == "ideal" else kidney.adjusted_weight(kg, cm, person.sex)
        return kidney.cockcroft_gault(mg_dl(self.creatinine), self.judgement.age, person.sex, kg)

    def headline(self, *, as_number: bool) -> Answer:
        shown = self.panel.headline
        if shown is None:
            return None
        return shown.value if as_number else "cg_used" if shown.code == "cg" else shown.code

    def printed(self) -> Answer:
        value = self.value("egfr_cr")
        return round_half_up(value) if isinstance(value, Decimal) else value

    def g_stage(self) -> Answer:
        printed = self.printed()
        return kidney.g_stage(int(printed)) if isinstance(printed, Decimal) else self.panel.g_stage

    def before(self) -> Answer:
        earlier = self.panel.course.baseline
        return None if earlier is None else self.panel.indexed_of(earlier)

    def aki_stage(self) -> Answer:
        stage = self.panel.aki.stage
        return Decimal(stage) if stage else self.panel.aki.label

    def bsa(self) -> Answer:
        person = self.facts.person
        if person.weight is None or person.height is None:
            return None
        return kidney.bsa_dubois(person.weight.value, person.height.value)

    def mg_per_kg(self) -> Answer:
        kg = self.judgement.kg
        return None if kg is None else self.judgement.dose.value / kg

    def volume_gives(self) -> Answer:
        strength, volume = self.values.number("strength_mg_per_ml"), self.values.number("volume_ml")
        return None if strength is None or volume is None else strength * volume

    def correct_volume(self) -> Answer:
        liquid = None if self.facts.order is None else self.facts.order.liquid
        if liquid is None or not liquid.strength_mg_per_ml or liquid.doses[0].dose is None:
            return None
        return liquid.doses[0].dose.value / liquid.strength_mg_per_ml

    def likely_mg_dl(self) -> Answer:
        entry = self.facts.lab_entry
        return None if entry is None else kidney.umol_to_mg_dl(entry.value)

    def days(self) -> Answer:
        days = self.judgement.taper_days
        return None if days is None else Decimal(days)

    def gap(self) -> Answer:
        gaps = self.judgement.gaps
        if gaps is None or gaps.anchor is None:
            return None
        return _hours(self.facts.as_of - gaps.anchor.at)

    def normal_gap(self) -> Answer:
        return None if self.judgement.gaps is None else _hours(self.judgement.gaps.normal)

    def missed(self) -> Answer:
        return None if self.judgement.gaps is None else Decimal(len(self.judgement.gaps.run))

    def tier(self) -> Answer:
        """The highest tier of missed doses that was found; 0 when none was."""
        found = {finding.rule for finding in self.assessment.findings}
        return Decimal(max((tier for tier, rules in _TIERS.items() if found & rules), default=0))

    def advice(self, label: str) -> Answer:
        """What the finding about a late dose says under a label."""
        found = (pair for one in self.assessment.findings if one.rule in _ADVICE for pair in one.values)
        return next((words for name, words in found if name == label), None)


def _hours(length: timedelta) -> Decimal:
    return Decimal(length // timedelta(seconds=1)) / 3600


COMPUTED: Mapping[str, Callable[[_Source], Answer]] = {
    "egfr_cr": lambda source: source.value("egfr_cr"),
    "egfr_cr_now": lambda source: source.value("egfr_cr"),
    "egfr_cr_before": _Source.before,
    "egfr_printed": _Source.printed,
    "g_stage": _Source.g_stage,
    "deindexed": lambda source: source.value("deindexed"),
    "egfr_cys": lambda source: source.value("egfr_cys"),
    "egfr_crcys": lambda source: source.value("egfr_crcys"),
    "u25_cr": lambda source: source.value("u25_cr"),
    "u25_cys": lambda source: source.value("u25_cys"),
    "cg_actual": lambda source: source.clearance("actual"),
    "cg_ideal": lambda source: source.clearance("ideal"),
    "cg_adjusted": lambda source: source.clearance("adjusted"),
    "cg_used": lambda source: source.value("cg"),
    "lowest": lambda source: source.panel.lowest,
    "band": lambda source: source.panel.band,
    "bmi": lambda source: source.panel.bmi,
    "bsa": _Source.bsa,
    "aki_stage": _Source.aki_stage,
    "aki_label": lambda source: source.panel.aki.label,
    "delta_mg_dl": lambda source: source.panel.course.rise_mg_dl,
    "decided_by": lambda source: source.panel.decided_by,
    "dose_suggestion": lambda source: "shown" if source.panel.shows_dose_suggestion else "hidden",
    "likely_mg_dl": _Source.likely_mg_dl,
    "taper_days": _Source.days,
    "gap_h": _Source.gap,
    "N_h": _Source.normal_gap,
    "expected_missed": _Source.missed,
    "tier": _Source.tier,
    "advice": lambda source: source.advice("Advice"),
    "next_dose": lambda source: source.advice("Next dose"),
    "mg_per_kg_day": _Source.mg_per_kg,
    "volume_gives_mg": _Source.volume_gives,
    "correct_volume_ml": _Source.correct_volume,
}
