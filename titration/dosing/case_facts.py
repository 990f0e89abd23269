"""Facts from one row of a case file: what the row gives, and the defaults of the format for what it leaves out."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from titration.dosing.case_doses import CaseDoses
from titration.dosing.case_format import CaseError, Values
from titration.dosing.case_intake import ZONE, intake_of
from titration.dosing.case_words import PAST_WITHDRAWAL, PUMP_DELIVERING
from titration.dosing.facts import (
    Albuminuria,
    Analyte,
    Benefit,
    EventFact,
    Facts,
    KidneyResult,
    Kidneys,
    LabEntry,
    LabUnit,
    Measured,
    MedicineFact,
    Person,
    Setting,
    Sex,
)
from titration.dosing.schedule import add_months, instant

# A case says nothing of the calendar unless it gives "now" or "today": any fixed day gives the same answers.
TODAY = date(2026, 5, 4)
NOON = time(12)
DEFAULT_AGE = Decimal(45)
LONG_AGO = 10  # years: a medicine that the row does not call new
_CREATININES = {"creatinine_mg_dl": LabUnit.MG_DL, "creatinine_umol_l": LabUnit.UMOL_L}


def facts_of(values: Values) -> Facts:
    """The facts of one row; CaseError when two keys contradict each other or a needed one is missing."""
    return _Reader(values).facts()


@dataclass(frozen=True, slots=True)
class _Reader:
    values: Values

    @property
    def event(self) -> str:
        return self.values.word("event", "current")

    @property
    def today(self) -> date:
        now = self.values.moment("now")
        return now.date() if now else self.values.day("today") or TODAY

    @property
    def as_of(self) -> datetime:
        now = self.values.moment("now")
        return instant(self.today, NOON if now is None else now.time(), ZONE)

    def facts(self) -> Facts:
        typed = self._creatinine() if self.event == "lab_entry" else None
        entry = None if typed is None else LabEntry(analyte=Analyte.CREATININE, value=typed[0], unit=typed[1])
        results = () if self.event == "lab_entry" else self._results()
        doses = CaseDoses(self.values, self.event, self.today)
        return Facts(
            as_of=self.as_of,
            today=self.today,
            person=self._person(results),
            kidneys=self._kidneys(results),
            therapy=doses.therapy(),
            order=doses.order(),
            lab_entry=entry,
            intake=intake_of(self.values, self.event, doses.therapy(), ZONE),
            benefit=Benefit(self.values.word("benefit", "")) if "benefit" in self.values else None,
        )

    def _creatinine(self, prefix: str = "") -> tuple[Decimal, LabUnit] | None:
        given = [(f"{prefix}{key}", unit) for key, unit in _CREATININES.items() if f"{prefix}{key}" in self.values]
        if len(given) > 1:
            raise CaseError(f"{given[0][0]} and {given[1][0]} are both given: a creatinine has one unit")
        if not given:
            return None
        number = self.values.number(given[0][0])
        return None if number is None else (number, given[0][1])

    # Kidneys

    def _results(self) -> tuple[KidneyResult, ...]:
        taken_at = self._taken_at()
        found: list[KidneyResult] = []
        newest = self._creatinine()
        baseline = self._creatinine("baseline_")
        if baseline is not None:
            hours = self.values.number("interval_hours")
            if hours is None or newest is None:
                raise CaseError("a baseline creatinine needs interval_hours and a creatinine to compare with")
            before = taken_at - timedelta(seconds=int(hours * 3600))
            found.append(_result("baseline", Analyte.CREATININE, *baseline, before))
        if newest is not None:
            found.append(_result("newest", Analyte.CREATININE, *newest, taken_at))
        cystatin_c = self.values.number("cystatin_c_mg_l")
        if cystatin_c is not None:
            found.append(_result("cystatin_c", Analyte.CYSTATIN_C, cystatin_c, LabUnit.MG_L, taken_at))
        if not found and ("estimate" in self.values or self._test_age_is_given):
            # A test took place, and the row does not say what it found: such a result counts as a check.
            found.append(_result("test", Analyte.CREATININE, Decimal(1), LabUnit.MG_DL, taken_at, comparator="<"))
        return tuple(found)

    @property
    def _test_age_is_given(self) -> bool:
        return "kidney_test_age_days" in self.values or "last_kidney_test_months" in self.values

    def _taken_at(self) -> datetime:
        days, months = self.values.number("kidney_test_age_days"), self.values.number("last_kidney_test_months")
        if days is not None:
            return self.as_of - timedelta(days=int(days))
        if months is not None:
            return instant(add_months(self.today, -int(months)), NOON, ZONE)
        return self.as_of

    def _kidneys(self, results: tuple[KidneyResult, ...]) -> Kidneys:
        estimate = self.values.number("estimate")
        measured = any(not one.comparator for one in results)
        assume_normal = self.event != "lab_entry" and estimate is None and not measured
        return Kidneys(
            results=results,
            given_estimate=estimate,
            assume_normal=assume_normal,
            single_is_steady=self.values.word("baseline", "") != "none",
            checks_assumed_current=assume_normal and not results,
        )

    # The person

    def _person(self, results: tuple[KidneyResult, ...]) -> Person:
        values = self.values
        started = self.today if values.yes("new_gfr_lowering_drug") else add_months(self.today, -12 * LONG_AGO)
        conditions = {*values.words("conditions"), *([PUMP_DELIVERING] if self._has_pump else [])}
        named = (*values.words("conditions"), *values.words("symptoms"))
        medicines = (MedicineFact(code=code, started_on=started) for code in values.words("medicines"))
        return Person(
            birth_date=self._birth_date(results),
            sex=Sex(values.word("sex", "M")),
            weight=self._measured("weight_kg"),
            height=self._measured("height_cm"),
            dialysis=values.yes("dialysis"),
            pregnant=values.yes("pregnant"),
            breastfeeding=values.yes("breastfeeding"),
            infant_born=self._infant_born(),
            setting=Setting(values.word("setting", "outpatient")),
            albuminuria=Albuminuria.A1,
            past_withdrawal=PAST_WITHDRAWAL in values.words("conditions"),
            conditions=frozenset(conditions),
            medicines=tuple(medicines),
            signs=frozenset(values.words("symptoms")),
            events=tuple(EventFact(code=code, on=self.today) for code in named),
            toxicity_on=None,
        )

    @property
    def _has_pump(self) -> bool:
        return self.values.yes("pump_delivering") or self.event.startswith("pump_")

    def _infant_born(self) -> date | None:
        weeks = self.values.number("infant_age_weeks")
        return None if weeks is None else self.today - timedelta(days=int(weeks * 7))

    def _measured(self, key: str) -> Measured | None:
        value = self.values.number(key)
        return None if value is None else Measured(value=value, on=self.today)

    def _birth_date(self, results: tuple[KidneyResult, ...]) -> date:
        """The stated age on the day of the results, and still on the case's day; a child's is exact on that day."""
        age = self.values.number("age_years") or DEFAULT_AGE
        whole, part = int(age), age % 1
        recent = [one.taken_on for one in results if one.taken_on > add_months(self.today, -12)]
        anchor = min([self.today, *recent]) if age >= 18 else self.today
        birthday = add_months(anchor, -12 * whole)
        return birthday - timedelta(days=int(part * (birthday - add_months(birthday, -12)).days))


def _result(
    key: str, analyte: Analyte, value: Decimal, unit: LabUnit, taken_at: datetime, comparator: str = ""
) -> KidneyResult:
    return KidneyResult(
        key=key,
        analyte=analyte,
        value=value,
        unit=unit,
        comparator=comparator,
        taken_at=taken_at,
        taken_on=taken_at.date(),
    )
