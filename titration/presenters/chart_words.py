"""What the chart says in words: the title, the sentence a clinician would say, and the text of each date."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby, pairwise

from titration.dosing.doses import Mg, format_total
from titration.dosing.wording import format_date
from titration.presenters.chart_geometry import TimeAxis, Tread
from titration.presenters.chart_inputs import ChartFlag, ChartResult, ChartScore

NO_DOSES = "No doses recorded yet"
NO_RESULTS = "No kidney results yet"
NO_FLAGS = "No flags raised yet"
NO_SCORES = "No outcome scores yet"


def title(range_words: str) -> str:
    """The short name of one drawing."""
    return f"Daily dose, kidney function and flags over time: {range_words}"


def description(
    covered: Sequence[Tread], results: Sequence[ChartResult], flags: Sequence[ChartFlag], axis: TimeAxis
) -> str:
    """What the picture shows, as whole sentences: the doses, the plan, the latest kidney result and the open flags."""
    parts = [_dose_story(covered, axis), *_plan_story(covered, axis), _kidney_story(results, axis), *_flag_story(flags)]
    return " ".join(parts)


def dose_words(tread: Tread) -> str:
    """The daily dose of a step as it stands inside a sentence."""
    amount = tread.step.daily_mg
    return f"{format_total(Mg(amount))} a day" if amount else "no dose"


def _dose_story(covered: Sequence[Tread], axis: TimeAxis) -> str:
    if not covered:
        return f"{NO_DOSES}."
    past = [tread for tread in covered if not tread.step.planned and tread.start <= axis.now and tread.end > axis.start]
    if not past:
        return "No dose in these dates up to today."
    moves = [
        (now.step.daily_mg > was.step.daily_mg, now)
        for was, now in pairwise(past)
        if now.step.daily_mg != was.step.daily_mg
    ]
    first = past[0]
    since = f" from {format_date(first.step.starts_on)}" if axis.shows(first.start) else ""
    if not moves:
        story = f"Dose {dose_words(first)}{since}, unchanged."
    else:
        runs = [(up, [tread for _, tread in group]) for up, group in groupby(moves, key=lambda move: move[0])]
        if len(runs) <= 3:
            told = ", then ".join(_run(up, run) for up, run in runs)
            story = f"Dose {dose_words(first)}{since}; it {told}."
        else:
            doses = sorted(tread.step.daily_mg for tread in past if tread.step.daily_mg)
            between = f"between {format_total(Mg(doses[0]))} and {format_total(Mg(doses[-1]))} a day"
            story = f"Dose changed {len(moves)} times, {between}; latest {_run_end(moves[-1][1])}."
    ended = past[-1].end < axis.now
    return f"{story} No dose is recorded after {_last_day(past[-1])}." if ended else story


def _run(up: bool, run: list[Tread]) -> str:
    last = run[-1]
    if not last.step.daily_mg:
        return (
            f"{_steps('was cut', len(run))} and stopped on {format_date(last.step.starts_on)}"
            if run[1:]
            else (f"was stopped on {format_date(last.step.starts_on)}")
        )
    return f"{_steps('rose' if up else 'was cut', len(run))} to {_run_end(last)}"


def _run_end(tread: Tread) -> str:
    return f"{dose_words(tread)} on {format_date(tread.step.starts_on)}"


def _steps(verb: str, count: int) -> str:
    return f"{verb} in {count} steps" if count > 1 else verb


def _last_day(tread: Tread) -> str:
    return format_date(date.fromordinal(int(tread.end) - 1))


def _plan_story(covered: Sequence[Tread], axis: TimeAxis) -> list[str]:
    ahead = [tread for tread in covered if (tread.step.planned or tread.start > axis.now) and tread.start < axis.end]
    if not ahead:
        return []
    doses = ", ".join(f"{dose_words(tread)} from {format_date(tread.step.starts_on)}" for tread in ahead[:3])
    more = f" and {len(ahead) - 3} more" if len(ahead) > 3 else ""
    return [f"Planned: {doses}{more}."]


def _kidney_story(results: Sequence[ChartResult], axis: TimeAxis) -> str:
    drawn = sorted((result for result in results if result.value is not None), key=lambda result: result.on)
    if not results:
        return f"{NO_RESULTS}."
    if not drawn:
        return "No kidney result has a number to draw; the table lists them."
    latest = drawn[-1]
    unsteady = ", not reliable because kidney function was not steady" if latest.steady is False else ""
    seen = "" if axis.shows(latest.on.toordinal() + 0.5) else ", before these dates"
    earlier = [result for result in drawn[:-1] if result.series == latest.series and result.on < latest.on]
    was = f"; it was {earlier[-1].printed} on {format_date(earlier[-1].on)}" if earlier else ""
    return f"Latest eGFR {latest.printed} on {format_date(latest.on)}{seen}{unsteady}{was}."


def _flag_story(flags: Sequence[ChartFlag]) -> list[str]:
    still_open = sum(flag.open for flag in flags)
    if not still_open:
        return []
    return ["1 flag is open." if still_open == 1 else f"{still_open} flags are open."]


def day_text(
    day: date,
    covered: Sequence[Tread],
    results: Sequence[ChartResult],
    flags: Sequence[ChartFlag],
    scores: Sequence[ChartScore],
    today: date,
) -> str:
    """What is known on one date: the dose in force, the newest kidney result so far, and the scores and flags of that day."""
    scored = (f"{score.scale}: {score.answer}" for score in scores if score.on == day)
    raised = (_flag_on(flag) for flag in flags if flag.on == day)
    return "; ".join((_dose_on(day, covered, today), *scored, *_kidney_on(day, results), *raised))


def _dose_on(day: date, covered: Sequence[Tread], today: date) -> str:
    moment = day.toordinal()
    tread = next((tread for tread in covered if tread.start <= moment < tread.end), None)
    if tread is None:
        return "no dose recorded"
    ahead = " planned" if tread.step.planned or day > today else ""
    return f"{dose_words(tread)}{ahead}"


def _kidney_on(day: date, results: Sequence[ChartResult]) -> list[str]:
    known = [result for result in results if result.on <= day]
    if not known:
        return []
    newest = max(result.on for result in known)
    several = len({result.series for result in results}) > 1
    return [
        f"eGFR {result.printed} on {format_date(newest)}" + (f" ({result.series})" if several else "")
        for result in known
        if result.on == newest
    ]


def _flag_on(flag: ChartFlag) -> str:
    return f"flag {flag.number} {'open' if flag.open else 'resolved'}: {flag.text}"
