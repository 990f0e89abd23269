"""When a dose is offered for ticking: at its time, late, or not any more, and never two at once (decisions 29)."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.dosing.intakes import THREE, moment, step, taking
from titration.dosing.facts import Facts
from titration.dosing.protocol import load_protocol
from titration.dosing.schedule import local_date
from titration.dosing.ticking import Offer, Ticking, ticking

ADULT, CHILD = date(1981, 3, 4), date(2016, 3, 4)
US = load_protocol("us")
OFFERED = (Offer.NOW, Offer.LATE)
_A_DAY = timedelta(days=1)


def doses(facts: Facts, *, born: date | None = ADULT, back: int = 1) -> tuple[Ticking, ...]:
    assert facts.intake is not None
    days = [facts.today - _A_DAY * ago for ago in range(back + 1)]
    return ticking(days, facts.therapy.steps, facts.intake, born=born, as_of=facts.as_of, protocol=US)


def offers(*lines: str, now: str, born: date | None = ADULT, **more: object) -> dict[str, str]:
    """``{"06:00": "recorded"}``: the doses of today and what can be said of each."""
    facts = taking(*lines, now=now, **more)  # type: ignore[arg-type]
    return {f"{one.at:%H:%M}": str(one.offer) for one in doses(facts, born=born) if one.day == facts.today}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("03 11:59", "later"),  # opens two hours before its time
        ("03 12:00", "now"),
        ("03 14:00", "now"),
        ("03 15:59", "now"),
        ("03 16:00", "late"),  # MISS-15: counts as not taken
        ("03 19:59", "late"),
        ("03 20:00", "passed"),  # MISS-1: under two hours to the next
        ("03 23:00", "passed"),
    ],
)
def test_an_adult_may_take_a_dose_until_two_hours_before_the_next(now: str, expected: str) -> None:
    assert offers("03 06:00 taken", now=now)["14:00"] == expected


@pytest.mark.parametrize(
    ("now", "expected"), [("03 16:00", "late"), ("03 17:59", "late"), ("03 18:00", "passed"), ("03 20:00", "passed")]
)
def test_a_child_may_take_a_dose_until_four_hours_before_the_next(now: str, expected: str) -> None:
    assert offers("03 06:00 taken", now=now, born=CHILD)["14:00"] == expected


@pytest.mark.parametrize(("born", "expected"), [(date(2008, 5, 3), "late"), (date(2008, 5, 4), "passed")])
def test_the_times_of_adults_hold_from_the_birthday_on(born: date, expected: str) -> None:
    facts = taking("2026-05-03 06:00 taken", now="2026-05-03 19:00")
    assert [str(one.offer) for one in doses(facts, born=born) if f"{one.at:%H}" == "14"][-1] == expected


def test_a_dose_of_last_night_may_still_be_taken_after_midnight() -> None:
    facts = taking("02 06:00 taken", "02 14:00 taken", now="03 01:00")
    last_night = next(one for one in doses(facts) if one.day < facts.today and one.place == 2)
    assert (last_night.offer, last_night.closes_at) == (Offer.LATE, moment("03 04:00"))


def test_doses_that_stand_close_together_share_the_time_between_them() -> None:
    times = "08:00 11:00"
    assert offers(now="03 09:29", times=times) == {"08:00": "now", "11:00": "later"}
    assert offers(now="03 09:30", times=times) == {"08:00": "passed", "11:00": "now"}


def test_the_next_dose_waits_after_one_that_was_taken_late() -> None:
    """It opened at noon; two hours after the late one it would be 13:50; at its own time it is offered whatever was before."""
    assert offers("03 06:00 taken at 11:50", now="03 13:49")["14:00"] == "later"
    assert offers("03 06:00 taken at 11:50", now="03 13:50")["14:00"] == "now"


def test_after_a_dose_that_should_have_been_skipped_the_next_one_waits_as_long() -> None:
    """At noon the morning dose was over; taken at 13:30 all the same, it is followed by nothing for two hours."""
    assert offers("03 06:00 taken at 11:59", now="03 14:00")["14:00"] == "now"
    assert offers("03 06:00 taken at 13:30", now="03 15:29")["14:00"] == "later"
    assert offers("03 06:00 taken at 13:30", now="03 15:30")["14:00"] == "now"


def test_a_dose_that_would_open_when_it_is_to_be_skipped_is_skipped_at_its_time() -> None:
    times = "08:00 14:00 17:00 20:00"
    told = ("03 08:00 taken", "03 14:00 taken at 15:20")
    assert offers(*told, now="03 16:59", times=times, born=CHILD)["17:00"] == "later"
    assert offers(*told, now="03 17:00", times=times, born=CHILD)["17:00"] == "passed"
    assert offers(*told, now="03 19:19", times=times, born=CHILD)["20:00"] == "later"
    assert offers(*told, now="03 19:20", times=times, born=CHILD)["20:00"] == "now"


def test_a_record_belongs_to_the_dose_of_its_time() -> None:
    """At two o'clock the first dose of the day was recorded; then the pattern got one before it."""
    facts = taking("03 14:00 taken", now="03 15:00", times="14:00 20:00")
    assert facts.intake is not None
    steps = (step("08:00 14:00 20:00"),)
    found = ticking([facts.today], steps, facts.intake, born=ADULT, as_of=facts.as_of, protocol=US)
    assert [str(one.offer) for one in found] == ["passed", "recorded", "later"]


def test_a_child_never_takes_two_within_four_hours() -> None:
    assert offers("03 06:00 taken at 11:00", now="03 14:59", born=CHILD)["14:00"] == "later"
    assert offers("03 06:00 taken at 11:00", now="03 15:00", born=CHILD)["14:00"] == "now"


def test_what_is_on_record_or_held_is_not_offered() -> None:
    assert offers("03 06:00 taken", "03 14:00 skipped forgot", now="03 14:30")["14:00"] == "recorded"
    assert offers("03 06:00 taken", "03 14:00 held", now="03 14:30")["14:00"] == "held"
    held = offers("03 06:00 taken", now="03 14:30", silences=["hold 03 13:00 to 03 15:00"])
    assert (held["14:00"], held["22:00"]) == ("held", "later")


def test_the_last_dose_of_a_plan_closes_with_its_day() -> None:
    steps = (step(THREE, until=date(2026, 5, 4)), step("", "0", on=date(2026, 5, 4), kind="stop"))
    assert offers("03 06:00 taken", "03 14:00 taken", now="03 23:59", steps=steps)["22:00"] == "now"
    last = doses(taking("03 06:00 taken", now="03 23:59", steps=steps))[-1]
    assert last.closes_at == moment("04 00:00")


def test_in_a_night_of_25_hours_the_window_is_that_of_the_clock_that_ran() -> None:
    facts = taking("2026-10-31 06:00 taken", now="2026-10-31 23:00", zone="America/New_York")
    bedtime = next(one for one in doses(facts) if one.day == facts.today and one.place == 2)
    assert bedtime.closes_at == moment("2026-11-01 04:00", "America/New_York")
    assert bedtime.closes_at - bedtime.due_at == timedelta(hours=7)


@pytest.mark.ui("UI-49")
def test_never_more_than_one_dose_is_offered_at_once() -> None:
    """10,000 moments of random days: any number of doses, any times, anything ticked or skipped before."""
    pick = random.Random(20261122)
    seen = 0
    for _ in range(2_000):
        many = pick.randint(1, 6)
        times = " ".join(sorted({f"{pick.randrange(24):02}:{pick.choice((0, 15, 30, 45)):02}" for _ in range(many)}))
        born = pick.choice((ADULT, CHILD, None))
        lines = []
        for day in (1, 2, 3):
            for at in times.split():
                said = pick.choice(("taken", "taken", "partly", "skipped forgot", ""))
                if said:
                    lines.append(f"{day:02} {at} {said}")
        whole = taking(*lines, now="05 00:00", times=times, daily="60", since="01 00:00")
        assert whole.intake is not None
        for _ in range(5):
            as_of = moment("02 00:00") + timedelta(minutes=pick.randrange(2 * 24 * 60))
            known = tuple(one for one in whole.intake.events if one.due_at <= as_of and pick.random() < 0.8)
            facts = replace(
                whole, as_of=as_of, today=local_date(as_of, "UTC"), intake=replace(whole.intake, events=known)
            )
            found = [one for one in doses(facts, born=born, back=2) if one.offer in OFFERED]
            assert len(found) <= 1, (times, as_of, found)
            seen += bool(found)
    assert seen > 2_000
