"""The kidney panel: every estimate that the recorded results allow, the one that decides, and what speaks against it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property, lru_cache

from titration.dosing import kidney
from titration.dosing.code_lists import UNRELIABLE_CREATININE
from titration.dosing.facts import Analyte, Facts, KidneyResult, Person
from titration.dosing.kidney import AkiStage, round_half_up
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import completed_years, decimal_years
from titration.dosing.steadiness import Course, follow, mg_dl, usable

INDEXED = "mL/min/1.73 m²"
ABSOLUTE = "mL/min"
DIALYSIS_FLAG = "dialysis flag"
NOT_STEADY = "not steady state"
# Powers are most of what an estimate costs, and one patient is judged for several days in a row: few need be kept.
_egfr_of = lru_cache(maxsize=64)(kidney.ckd_epi_2021_creatinine)
_bsa_of = lru_cache(maxsize=64)(kidney.bsa_dubois)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One estimate of kidney function, unrounded. ``weight`` says which weight was used, None where none is."""

    code: str
    name: str
    value: Decimal
    unit: str
    weight: str | None
    weight_kg: Decimal | None
    taken_on: date | None

    @property
    def printed(self) -> int:
        """The value as a laboratory prints it: rounded half up."""
        return int(round_half_up(self.value))


def estimates_from(
    person: Person, protocol: Protocol, creatinine: KidneyResult | None, cystatin_c: KidneyResult | None
) -> tuple[Estimate, ...]:
    """Every estimate that one creatinine, one cystatin C, or both give; the age is that of the day of the sample.

    From 18 years CKD-EPI and Cockcroft–Gault, below 18 CKiD U25, which is neither de-indexed nor mixed with another
    equation. An age outside the ranges, an unknown birth date or an unknown sex gives no estimate.
    """
    result = creatinine or cystatin_c
    if result is None or person.birth_date is None or person.sex is None or result.taken_on < person.birth_date:
        return ()
    years = completed_years(person.birth_date, result.taken_on)
    on = result.taken_on
    if years >= protocol.ckd_epi_ages.lowest:
        if years > protocol.ckd_epi_ages.highest:
            return ()
        return tuple(_adult(person, protocol, creatinine, cystatin_c, years, on))
    exact = decimal_years(person.birth_date, on)
    if not protocol.u25_ages.lowest <= exact <= protocol.u25_ages.highest:
        return ()
    return tuple(_child(person, creatinine, cystatin_c, exact, on))


class KidneyPanel:
    """What is known of the kidneys of one patient at one instant; everything is worked out once, when asked for."""

    def __init__(self, facts: Facts, protocol: Protocol) -> None:
        self._facts = facts
        self._protocol = protocol
        self._person = facts.person
        self._kidneys = facts.kidneys

    @cached_property
    def newest(self) -> KidneyResult | None:
        """The newest result of any kind, one with a comparator too: it counts as a check."""
        return max(self._kidneys.results, key=lambda one: one.taken_at, default=None)

    @property
    def age_in_days(self) -> int | None:
        """Calendar days since the newest result."""
        return None if self.newest is None else (self._facts.today - self.newest.taken_on).days

    @cached_property
    def course(self) -> Course:
        """Steady, falling or acute injury. On dialysis creatinine says nothing of that: the newest one stands."""
        creatinines = usable(self._kidneys.results, Analyte.CREATININE)
        if self._person.dialysis:
            last = creatinines[-1] if creatinines else None
            return Course(newest=last, steady=last, baseline=None, aki=kidney.NO_AKI, rise_mg_dl=None)
        birth = self._person.birth_date
        return follow(
            creatinines,
            criteria=self._protocol.aki,
            lookback_months=self._protocol.limits("KID-24").count("lookback_months"),
            single_is_steady=self._kidneys.single_is_steady,
            birth_year_age=None if birth is None else Decimal(completed_years(birth, self._facts.today)),
            estimate=self.indexed_of,
        )

    @property
    def aki(self) -> AkiStage:
        """The stage, or the label that says why there is none."""
        return self.course.aki

    @property
    def steady(self) -> bool:
        """False while the newest creatinine is in acute injury: its estimate is then labelled, and not used."""
        return not self.course.has_aki

    @cached_property
    def unsteady(self) -> frozenset[str]:
        """The keys of the creatinines since kidney function stopped being steady."""
        last = self.course.steady
        since = usable(self._kidneys.results, Analyte.CREATININE) if not self.steady else ()
        return frozenset(one.key for one in since if last is None or one.taken_at > last.taken_at)

    def indexed_of(self, creatinine: KidneyResult) -> Decimal | None:
        """The indexed eGFR of one creatinine."""
        return next((one.value for one in self.of(creatinine) if one.unit == INDEXED), None)

    def of(self, result: KidneyResult) -> tuple[Estimate, ...]:
        """All estimates of one result by itself, for the list of results."""
        if result.comparator:
            return ()
        creatinine = result.analyte is Analyte.CREATININE
        return estimates_from(
            self._person, self._protocol, result if creatinine else None, None if creatinine else result
        )

    @cached_property
    def cystatin_c(self) -> KidneyResult | None:
        """The newest cystatin C, unless it lies too far from the creatinine to describe the same kidneys."""
        measured = usable(self._kidneys.results, Analyte.CYSTATIN_C)
        if not measured:
            return None
        creatinine = self.course.steady
        apart = 0 if creatinine is None else abs((measured[-1].taken_on - creatinine.taken_on).days)
        return measured[-1] if apart <= self._protocol.limits("KID-1").count("cystatin_within_days") else None

    @cached_property
    def estimates(self) -> tuple[Estimate, ...]:
        """All estimates from the last steady creatinine and the cystatin C, in the order they are shown."""
        kidneys = self._kidneys
        if kidneys.given_estimate is not None:
            return (_estimate("given", "Estimate given", kidneys.given_estimate, ABSOLUTE, self._facts.today),)
        if kidneys.assume_normal:
            normal = self._protocol.limits("KID-8").amount("below_ml_min")
            return (_estimate("assumed_normal", "Assumed normal", normal, ABSOLUTE, self._facts.today),)
        return estimates_from(self._person, self._protocol, self.course.steady, self.cystatin_c)

    @cached_property
    def deciding(self) -> Estimate | None:
        """The lowest of the estimates that count (KID-1). Cystatin C alone counts when creatinine is unreliable."""
        counted = [one for one in self.estimates if one.code not in ("egfr_cys", "u25_cys")]
        if self.unreliable or not counted:
            counted = list(self.estimates)
        return min(counted, key=lambda one: one.value, default=None)

    @property
    def lowest(self) -> Decimal | None:
        """The value that decides, unrounded; None: not known."""
        return None if self.deciding is None else self.deciding.value

    @property
    def decided_by(self) -> str:
        """What decides the kidney rules: the dialysis flag, the code of an estimate, or nothing."""
        if self._person.dialysis:
            return DIALYSIS_FLAG
        return "not known" if self.deciding is None else self.deciding.code

    @property
    def decided_words(self) -> str:
        """The same as people read it: the name of the estimate."""
        return self.decided_by if self._person.dialysis or self.deciding is None else self.deciding.name

    @property
    def shows_dose_suggestion(self) -> bool:
        """On dialysis the flag decides and no dose is suggested (KID-7)."""
        return not self._person.dialysis and self.deciding is not None

    @property
    def band(self) -> str | None:
        """The dose band of the deciding estimate, from all its decimals (KID-6)."""
        return None if self.lowest is None else kidney.dose_band(self.lowest, self._protocol.splits)

    @cached_property
    def indexed(self) -> Estimate | None:
        """The indexed eGFR that the G stage is read from; an estimate that was given stands in for it."""
        return next((one for one in self.estimates if one.unit == INDEXED), None) or self.deciding

    @property
    def printed(self) -> int | None:
        """The indexed eGFR as a laboratory prints it."""
        return None if self.indexed is None else self.indexed.printed

    @property
    def g_stage(self) -> str | None:
        """The KDIGO stage, from the rounded eGFR (KID-6)."""
        return None if self.printed is None else kidney.g_stage(self.printed)

    @cached_property
    def headline(self) -> Estimate | None:
        """The estimate shown first: KID-2 in the UK, KID-3 in the US; eGFR where a weight or height is missing."""
        by_code = {one.code: one for one in self.estimates}
        wanted = "deindexed" if "KID-3" in self._protocol.rules else "egfr_cr"
        if "KID-2" in self._protocol.rules and self._needs_clearance:
            wanted = "cg"
        return by_code.get(wanted) or by_code.get("egfr_cr") or self.indexed

    @property
    def _needs_clearance(self) -> bool:
        limits, birth = self._protocol.limits("KID-2"), self._person.birth_date
        if birth is not None and completed_years(birth, self._facts.today) >= limits.count("from_years"):
            return True
        return self.bmi is not None and not limits.amount("bmi_below") <= self.bmi <= limits.amount("bmi_above")

    @cached_property
    def bmi(self) -> Decimal | None:
        """Body mass index in kg/m²; None unless weight and height are recorded."""
        if self._person.weight is None or self._person.height is None:
            return None
        metres = self._person.height.value / 100
        return self._person.weight.value / (metres * metres)

    @cached_property
    def unreliable(self) -> tuple[str, ...]:
        """Why creatinine over-reads or misleads in this patient, in words; empty: no reason is recorded (KID-5)."""
        protocol, person = self._protocol, self._person
        listed = person.conditions & protocol.listed(protocol.conditions, UNRELIABLE_CREATININE)
        reasons = [protocol.conditions[code].label for code in sorted(listed)]
        limit = protocol.limits("KID-5").amount("bmi_below")
        if self.bmi is not None and self.bmi < limit:
            reasons.append(f"BMI {round_half_up(self.bmi, 1)}")
        if person.pregnant:
            reasons.append("Pregnancy")
        if self.course.has_aki:
            reasons.append("Acute kidney injury")
        return tuple(reasons)

    @cached_property
    def discordant(self) -> bool:
        """Two estimates lie in different dose bands (KID-4)."""
        return len({kidney.dose_band(one.value, self._protocol.splits) for one in self.estimates}) > 1


def _adult(
    person: Person,
    protocol: Protocol,
    creatinine: KidneyResult | None,
    cystatin_c: KidneyResult | None,
    years: int,
    on: date,
) -> Iterable[Estimate]:
    sex = str(person.sex)
    weight, height = person.weight, person.height
    if creatinine is not None:
        level = mg_dl(creatinine)
        egfr = _egfr_of(level, years, sex)
        yield _estimate("egfr_cr", "eGFR (CKD-EPI 2021, creatinine)", egfr, INDEXED, on)
        if weight is not None and height is not None:
            bsa = _bsa_of(weight.value, height.value)
            name = "eGFR for this body surface (de-indexed)"
            yield _estimate("deindexed", name, kidney.deindex(egfr, bsa), ABSOLUTE, on, "actual", weight.value)
        if weight is not None:
            switch = protocol.limits("KID-1").amount("ideal_weight_to_times")
            cm = None if height is None else height.value
            kg, which = kidney.cockcroft_gault_weight(weight.value, cm, sex, switch)
            clearance = kidney.cockcroft_gault(level, years, sex, kg)
            yield _estimate("cg", "Cockcroft–Gault", clearance, ABSOLUTE, on, which, kg)
    if cystatin_c is not None:
        if creatinine is not None:
            both = kidney.ckd_epi_2021_combined(mg_dl(creatinine), cystatin_c.value, years, sex)
            yield _estimate("egfr_crcys", "eGFR (CKD-EPI 2021, creatinine and cystatin C)", both, INDEXED, on)
        alone = kidney.ckd_epi_2012_cystatin_c(cystatin_c.value, years, sex)
        yield _estimate("egfr_cys", "eGFR (CKD-EPI 2012, cystatin C)", alone, INDEXED, on)


def _child(
    person: Person, creatinine: KidneyResult | None, cystatin_c: KidneyResult | None, years: Decimal, on: date
) -> Iterable[Estimate]:
    sex = str(person.sex)
    both: list[Decimal] = []
    if creatinine is not None and person.height is not None:
        both.append(kidney.u25_creatinine(mg_dl(creatinine), person.height.value, years, sex))
        yield _estimate("u25_cr", "eGFR (CKiD U25, creatinine)", both[0], INDEXED, on)
    if cystatin_c is not None:
        both.append(kidney.u25_cystatin_c(cystatin_c.value, years, sex))
        yield _estimate("u25_cys", "eGFR (CKiD U25, cystatin C)", both[-1], INDEXED, on)
    if len(both) > 1:
        yield _estimate("u25_crcys", "eGFR (CKiD U25, both)", kidney.u25_average(*both), INDEXED, on)


def _estimate(
    code: str, name: str, value: Decimal, unit: str, on: date, weight: str | None = None, kg: Decimal | None = None
) -> Estimate:
    return Estimate(code=code, name=name, value=value, unit=unit, weight=weight, weight_kg=kg, taken_on=on)
