"""Patient histories for the tests of the chart: built by hand where the case matters, by seed where the mass does."""

import random
from datetime import date, timedelta
from decimal import Decimal

from titration.dosing.doses import Mg, format_dose
from titration.presenters.chart import Chart, ChartFlag, ChartResult, ChartScore, ChartStep, build_chart

TODAY = date(2026, 11, 22)
CREATININE = "eGFR 2021, from creatinine"
REPORTED = "eGFR as reported by the laboratory"
NRS, TONE = "Spasticity, 0 to 10", "Modified Ashworth, 0 to 4"
ANSWERS = {NRS: tuple(str(number) for number in range(11)), TONE: ("0", "1", "1+", "2", "3", "4")}
RANGE_KEYS = ("4w", "12w", "1y", "all")


def step(days: int, mg: str, *, planned: bool = False, until: int | None = None) -> ChartStep:
    """A step that starts so many days after today (before it, when negative)."""
    ends = TODAY + timedelta(days=until) if until is not None else None
    label = format_dose(Mg(Decimal(mg))) if Decimal(mg) else "Stopped"
    return ChartStep(TODAY + timedelta(days=days), ends, Decimal(mg), planned, label)


def result(days: int, value: str | None, *, series: str = CREATININE, steady: bool | None = True) -> ChartResult:
    number = Decimal(value) if value is not None else None
    return ChartResult(TODAY + timedelta(days=days), number, value or ">90", series, steady)


def flag(days: int, number: int, *, is_open: bool = True) -> ChartFlag:
    return ChartFlag(TODAY + timedelta(days=days), is_open, number, f"Finding {number}")


def score(days: int, answer: str, *, scale: str = NRS) -> ChartScore:
    return ChartScore(TODAY + timedelta(days=days), scale, answer, ANSWERS[scale])


def chart(steps=(), results=(), flags=(), scores=(), range_key: str | None = None) -> Chart:
    return build_chart(
        steps=steps, results=results, flags=flags, scores=scores, today=TODAY, range_key=range_key, patient_key="p-1"
    )


TITRATION = {
    "steps": (
        step(-104, "15"),
        step(-90, "30"),
        step(-83, "45"),
        step(-69, "60"),
        step(-41, "45"),
        step(8, "30", planned=True),
    ),
    "results": (result(-106, "68"), result(-82, "55"), result(-44, "38", steady=False), result(-19, "41")),
    "flags": (flag(-44, 1, is_open=False), flag(-2, 2)),
}


def random_history(seed: int) -> dict[str, tuple]:
    """A history with up to 40 steps, stops, gaps and a plan; two kidney series; flags. The same for the same seed."""
    rng = random.Random(seed)
    day = -rng.choice((20, 60, 120, 400, 900))
    spacing = rng.choice((3, 7, 14, 30))
    steps = []
    for _ in range(rng.randint(0, 40)):
        mg = str(rng.choice((0, 5, 7.5, 10, 12.5, 15, 20, 30, 37.5, 45, 60, 75, 80, 100)))
        until = day + rng.randint(0, 5) if rng.random() < 0.1 else None
        steps.append(step(day, mg, planned=day > 0, until=until))
        day += rng.randint(1, spacing)
        if day > 120:
            break
    results = [
        result(
            -rng.randint(0, 400),
            None if rng.random() < 0.1 else str(rng.randint(8, 130)),
            series=rng.choice((CREATININE, REPORTED)),
            steady=rng.random() < 0.8,
        )
        for _ in range(rng.randint(0, 25))
    ]
    flags = [flag(-rng.randint(0, 200), number, is_open=rng.random() < 0.5) for number in range(1, rng.randint(1, 12))]
    # Drawn last, so that a seed keeps the steps, results and flags that it always had.
    scores = [
        score(-rng.randint(0, 400), rng.choice(ANSWERS[scale]), scale=scale)
        for scale in (NRS, TONE)
        for _ in range(rng.choice((0, 0, 1, 5, 12)))
    ]
    return {"steps": tuple(steps), "results": tuple(results), "flags": tuple(flags), "scores": tuple(scores)}
