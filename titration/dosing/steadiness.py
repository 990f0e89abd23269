"""Whether creatinine stands still: acute kidney injury from a series of results, and the last steady one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from titration.dosing.facts import Analyte, KidneyResult, LabUnit
from titration.dosing.kidney import NO_AKI, AkiCriteria, AkiStage, aki_stage, umol_to_mg_dl
from titration.dosing.schedule import add_months

Estimator = Callable[[KidneyResult], Decimal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What the series of creatinines says. ``steady`` is the one that estimates are made from; None: there is none.

    ``baseline`` is the result that the stage was counted from. ``rise_mg_dl`` is the newest minus the baseline.
    """

    newest: KidneyResult | None
    steady: KidneyResult | None
    baseline: KidneyResult | None
    aki: AkiStage
    rise_mg_dl: Decimal | None

    @property
    def has_aki(self) -> bool:
        return bool(self.aki.stage)


def mg_dl(result: KidneyResult) -> Decimal:
    """A creatinine in mg/dL, from the unit that it came in."""
    return umol_to_mg_dl(result.value) if result.unit is LabUnit.UMOL_L else result.value


def usable(results: tuple[KidneyResult, ...], analyte: Analyte) -> list[KidneyResult]:
    """Results of one analyte that give an estimate, oldest first; of two at one instant the higher one counts."""
    chosen: dict[object, KidneyResult] = {}
    for one in results:
        if one.analyte is not analyte or one.comparator:
            continue
        other = chosen.get(one.taken_at)
        if other is None or _level(one) > _level(other):
            chosen[one.taken_at] = one
    return sorted(chosen.values(), key=lambda one: one.taken_at)


def follow(
    creatinines: list[KidneyResult],
    *,
    criteria: AkiCriteria,
    lookback_months: int,
    single_is_steady: bool,
    birth_year_age: Decimal | None,
    estimate: Estimator,
) -> Course:
    """The course of a series: the newest result against the lowest of the two windows before it, and of the lookback.

    AKI lasts until a later result no longer meets the definition. ``birth_year_age`` is the age in years that the
    child's criterion reads; None leaves that criterion out.
    """
    if not creatinines:
        return Course(newest=None, steady=None, baseline=None, aki=NO_AKI, rise_mg_dl=None)
    newest = creatinines[-1]
    series = _Series(creatinines, criteria, lookback_months, birth_year_age, estimate)
    aki, baseline = series.stage(len(creatinines) - 1, alone_is_steady=single_is_steady)
    steady: KidneyResult | None = newest
    if aki.stage:
        steady = next(
            (
                creatinines[place]
                for place in range(len(creatinines) - 2, -1, -1)
                if not series.stage(place, alone_is_steady=True)[0].stage
            ),
            None,
        )
    rise = None if baseline is None else mg_dl(newest) - mg_dl(baseline)
    return Course(newest=newest, steady=steady, baseline=baseline, aki=aki, rise_mg_dl=rise)


class _Series:
    def __init__(
        self,
        results: list[KidneyResult],
        criteria: AkiCriteria,
        lookback_months: int,
        age: Decimal | None,
        estimate: Estimator,
    ) -> None:
        self.results = results
        self.criteria = criteria
        self.lookback_months = lookback_months
        self.age = age
        self.estimate = estimate

    def stage(self, place: int, *, alone_is_steady: bool) -> tuple[AkiStage, KidneyResult | None]:
        """The stage of one result against those before it, and the result that it was counted from."""
        now = self.results[place]
        rise_from = self._lowest(place, Decimal(0), self.criteria.rise_hours)
        ratio_from = self._lowest(place, Decimal(0), self.criteria.ratio_hours)
        already = self._already(place)
        judged = [(self._compare(base, now, already), base) for base in (rise_from, ratio_from) if base is not None]
        met = [one for one in judged if one[0].stage]
        if met:
            return max(met, key=lambda one: one[0].stage or 0)
        older = self._lowest(place, self.criteria.ratio_hours, None)
        if older is not None:
            return self._compare(older, now, already=False), older
        if judged:
            return judged[-1]
        if alone_is_steady:
            return NO_AKI, None
        return self._compare(None, now, already=False), None

    def _lowest(self, place: int, after_hours: Decimal, to_hours: Decimal | None) -> KidneyResult | None:
        """The lowest earlier creatinine taken from more than ``after_hours`` (0: any time) to ``to_hours`` before."""
        now = self.results[place]
        first_day = add_months(now.taken_on, -self.lookback_months) if to_hours is None else date.min
        found = [
            one
            for one in self.results[:place]
            if one.taken_on >= first_day
            and (not after_hours or _hours(one, now) > after_hours)
            and (to_hours is None or _hours(one, now) <= to_hours)
        ]
        return min(found, key=mg_dl, default=None)

    def _already(self, place: int) -> bool:
        """AKI was met by the result before, within the time that the definition looks back."""
        if not place or _hours(self.results[place - 1], self.results[place]) > self.criteria.ratio_hours:
            return False
        return bool(self.stage(place - 1, alone_is_steady=True)[0].stage)

    def _compare(self, base: KidneyResult | None, now: KidneyResult, already: bool) -> AkiStage:
        in_umol = now.unit is LabUnit.UMOL_L and (base is None or base.unit is LabUnit.UMOL_L)
        level = (lambda one: one.value) if in_umol else mg_dl
        child = self.age is not None and self.age < self.criteria.child_under
        return aki_stage(
            None if base is None else level(base),
            level(now),
            None if base is None else _hours(base, now),
            unit=LabUnit.UMOL_L.value if in_umol else LabUnit.MG_DL.value,
            age=self.age,
            egfr=self.estimate(now) if base is None or child else None,
            criteria=self.criteria,
            already_present=already,
        )


def _hours(earlier: KidneyResult, later: KidneyResult) -> Decimal:
    return Decimal((later.taken_at - earlier.taken_at) // timedelta(seconds=1)) / 3600


def _level(result: KidneyResult) -> Decimal:
    return result.value if result.analyte is Analyte.CYSTATIN_C else mg_dl(result)
