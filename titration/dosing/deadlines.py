"""When time alone may change an assessment.

Every rule of the families built so far counts calendar days, months and birthdays, so nothing can turn between two
local midnights. ``next_change`` therefore names a day, and the caller's zone makes it an instant.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from titration.dosing.facts import Facts
from titration.dosing.protocol import Protocol
from titration.dosing.schedule import add_months, instant

_MIDNIGHT = time(0)
_A_YEAR = 12  # months


def next_change(facts: Facts, protocol: Protocol, zone: str) -> datetime:
    """The first local midnight after ``as_of`` at which time alone may change the assessment, as an aware UTC instant.

    Without anything that turns earlier it is the next birthday, or a year from today when the birth date is not known.
    """
    days = [day for day in _turning_days(facts, protocol) if day > facts.today]
    return instant(min(days, default=add_months(facts.today, _A_YEAR)), _MIDNIGHT, zone)


def _turning_days(facts: Facts, protocol: Protocol) -> Iterator[date]:
    """Days on which a rule may turn, past ones included."""
    if facts.person.birth_date is not None:
        yield _next_birthday(facts.person.birth_date, facts.today)
    for step in facts.therapy.steps:
        yield step.starts_on
        if step.ends_on is not None:
            yield step.ends_on
        # The first day on which KID-28 is due, and the first on which it is overdue.
        after = protocol.limits("KID-28")
        yield step.starts_on + timedelta(days=after.count("due_from_days"))
        yield step.starts_on + timedelta(days=after.count("overdue_after_days") + 1)
        # A step that waits for its prescriber is told the day after the time that the protocol gives.
        wait = protocol.limits("STEP-4").count("wait_days") + protocol.step_waiting_days
        yield step.starts_on + timedelta(days=wait + 1)
    if facts.therapy.next_decision_on is not None:
        yield facts.therapy.next_decision_on + timedelta(days=protocol.step_waiting_days + 1)
    triggers = [one.on for one in facts.person.events]
    triggers += [one.started_on for one in facts.person.medicines if one.started_on is not None]
    for on in triggers:
        yield on
        yield on + timedelta(days=protocol.limits("KID-31").count("within_days") + 1)
    if facts.person.infant_born is not None and facts.person.breastfeeding:
        yield add_months(facts.person.infant_born, protocol.limits("CAU-20").count("below_months"))
    for result in facts.kidneys.results:
        yield result.taken_on
        for months in _check_months(protocol):
            yield add_months(result.taken_on, months) + timedelta(days=1)


def _check_months(protocol: Protocol) -> set[int]:
    yearly, most = protocol.limits("KID-29").count("after_months"), protocol.limits("KID-30").count("at_most_months")
    by_table = {_A_YEAR // tests for row in protocol.kidney_checks_per_year.values() for tests in row}
    return {yearly, most, *(months for months in by_table if months <= most)}


def _next_birthday(birth: date, today: date) -> date:
    this_year = add_months(birth, _A_YEAR * (today.year - birth.year))
    # Someone born on 29 February turns a year older on 1 March: the day after this one, in a short year.
    if (birth.month, birth.day) != (this_year.month, this_year.day):
        this_year += timedelta(days=1)
    return this_year if this_year > today else add_months(this_year, _A_YEAR)
