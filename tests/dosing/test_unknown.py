"""Nothing that is not known is shown as well: the truth table of every fact that may be unknown, worked out from the rules.

A rule needs a fact when some value of it makes the rule speak. With that fact unknown, and everything else as it was, such a
rule speaks, or says that it could not be judged; it never counts as checked with nothing found.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.dosing.intakes import THREE, every_dose, step, taking
from tests.dosing.tables import protocol_of
from titration.dosing.assessment import assess
from titration.dosing.doses import Mg
from titration.dosing.facts import (
    Albuminuria,
    Analyte,
    Benefit,
    Facts,
    Formulation,
    KidneyResult,
    LabUnit,
    Measured,
    Order,
    OrderKind,
    Setting,
    Sex,
)
from titration.dosing.intake import Supply, SupplyIssue, Tracking
from titration.dosing.protocol import JURISDICTIONS

TODAY = date(2026, 5, 20)
Turn = Callable[[Facts], Facts]

# What the reference decides otherwise: rule -> facts that it does without, and why.
DOES_WITHOUT = {
    # It compares the estimates that there are, and is silent about those that are not.
    "KID-4": {"birth date", "weight", "height"},
    # KID-1: the lowest estimate that is available; the panel names each, and Cockcroft–Gault needs weight and height.
    **{
        rule: {"weight", "height"}
        for rule in ("KID-8", "KID-9", "KID-11", "KID-12", "KID-14", "KID-17", "KID-18", "CAU-26")
    },
}


def person(**known: Any) -> Turn:
    return lambda facts: replace(facts, person=replace(facts.person, **known))


def born(years: int) -> Turn:
    return person(birth_date=date(TODAY.year - years, 1, 1))


def therapy(**known: Any) -> Turn:
    return lambda facts: replace(facts, therapy=replace(facts.therapy, **known))


def intake(**known: Any) -> Turn:
    return lambda facts: replace(facts, intake=replace(facts.intake, **known))


def benefit(value: Benefit | None) -> Turn:
    return lambda facts: replace(facts, benefit=value)


def creatinine(mg_dl: str | None) -> Turn:
    def turn(facts: Facts) -> Facts:
        at = facts.as_of - timedelta(days=1)
        measured = [] if mg_dl is None else [
            KidneyResult(key="one", analyte=Analyte.CREATININE, value=Decimal(mg_dl), unit=LabUnit.MG_DL, comparator="",
                         taken_at=at, taken_on=at.date())
        ]  # fmt: skip
        kidneys = replace(
            facts.kidneys, results=tuple(measured), assume_normal=False, checks_assumed_current=False,
            given_estimate=None, single_is_steady=True,
        )  # fmt: skip
        return replace(facts, kidneys=kidneys)

    return turn


def without_the_last(many: int) -> Turn:
    """Ticked, and the newest so many doses were not."""
    return lambda facts: replace(facts, intake=replace(facts.intake, events=facts.intake.events[:-many]))


def issued(mg: int) -> Turn:
    return intake(supply=Supply(issues=(SupplyIssue(on=TODAY.replace(day=1), amount=Mg(Decimal(mg))),), repeat_on=None))


def measured(name: str, *values: int) -> tuple[Turn, list[Turn]]:
    return person(**{name: None}), [person(**{name: Measured(value=Decimal(one), on=TODAY)}) for one in values]


def answered(name: str, *values: Any) -> tuple[Turn, list[Turn]]:
    return person(**{name: None}), [person(**{name: one}) for one in values or (True, False)]


SILENT = [without_the_last(many) for many in (2, 3, 5, 52)]
# Each fact: how it is unknown, and values that it may have.
FACTS: dict[str, tuple[Turn, list[Turn]]] = {
    "birth date": (person(birth_date=None), [born(years) for years in (2, 6, 9, 15, 40, 70, 85)]),
    "sex": answered("sex", *Sex),
    "weight": measured("weight", 12, 30, 70, 150),
    "height": measured("height", 120, 150, 180),
    "dialysis": answered("dialysis"),
    "pregnant": answered("pregnant"),
    "breastfeeding": answered("breastfeeding"),
    "infant": (
        person(breastfeeding=True, infant_born=None),
        [person(breastfeeding=True, infant_born=TODAY - timedelta(days=days)) for days in (10, 400)],
    ),
    "setting": answered("setting", *Setting),
    "albuminuria": answered("albuminuria", *Albuminuria),
    "past withdrawal": answered("past_withdrawal"),
    "taken before": (therapy(taken_before=None), [therapy(taken_before=one) for one in (True, False)]),
    "formulation": (therapy(formulation=None), [therapy(formulation=one) for one in Formulation]),
    "benefit": (benefit(None), [benefit(one) for one in Benefit]),
    "kidneys": (creatinine(None), [creatinine(one) for one in ("0.8", "1.6", "3", "8")]),
    "doses": (lambda facts: replace(facts, intake=None), SILENT),
    "tracking": (intake(tracking=Tracking.NOT_TRACKED, since=None, events=()), SILENT),
    "supply": (intake(supply=None), [issued(mg) for mg in (600, 1150, 6000)]),
}


def base(daily: str, age: int) -> Facts:
    """Everything is known, and nothing of it is wrong but the age and perhaps the dose: ticked until now, 10 in the morning."""
    taken = every_dose("01", "20", but=("20 14:00", "20 22:00"))
    facts = taking(*taken, now="20 10:00", daily=daily, issues=("01 9000",))
    known = person(
        sex=Sex.FEMALE, weight=Measured(value=Decimal(70), on=TODAY), height=Measured(value=Decimal(170), on=TODAY),
        dialysis=False, pregnant=False, breastfeeding=False, setting=Setting.OUTPATIENT, albuminuria=Albuminuria.A1,
        past_withdrawal=False,
    )  # fmt: skip
    return benefit(Benefit.SOME)(creatinine("0.8")(born(age)(known(facts))))


def orders(facts: Facts, daily: str) -> Iterator[Facts]:
    """The dose as it stands, raised, cut, stopped, and ordered for the first time."""
    tomorrow = TODAY + timedelta(days=1)

    def ordered(kind: OrderKind, mg: str | None) -> Order:
        steps = () if mg is None else (step(THREE, mg, on=tomorrow, kind="increase"),)
        return Order(
            kind=kind, starts_on=tomorrow, steps=steps, stop_reason=None, monitoring_plan=None,
            formulation=Formulation.TABLET, liquid=None,
        )  # fmt: skip

    yield facts
    yield replace(facts, order=ordered(OrderKind.CHANGE, str(int(daily) + 15)))
    yield replace(facts, order=ordered(OrderKind.CHANGE, "6"))
    yield replace(facts, order=ordered(OrderKind.STOP, None))
    yield replace(therapy(steps=())(facts), order=ordered(OrderKind.FIRST, daily))


def situations() -> Iterator[Facts]:
    for daily in ("12", "60", "90"):
        for age in (6, 40, 70):
            for signs, conditions in ((), ()), (("confusion",), ("low_albumin",)), (("hallucination",), ("epilepsy",)):
                facts = person(signs=frozenset(signs), conditions=frozenset(conditions))(base(daily, age))
                yield from orders(facts, daily)


@pytest.mark.bar("B-41")
@pytest.mark.hazard("H09")
@pytest.mark.parametrize("fact", FACTS)
def test_a_rule_that_needs_what_is_not_known_is_never_quiet(fact: str) -> None:
    unknown, known = FACTS[fact]
    wrong, needed = set(), set()
    for jurisdiction in JURISDICTIONS:
        protocol = protocol_of(jurisdiction)
        for facts in situations():
            quiet = set(assess(unknown(facts), protocol).quiet)
            for turn in known:
                found = {one.rule for one in assess(turn(facts), protocol).findings}
                needed |= found
                wrong |= {rule for rule in found & quiet if fact not in DOES_WITHOUT.get(rule, ())}
    assert needed, f"No value of {fact} makes any rule speak: the table proves nothing."
    assert wrong == set()


def test_what_a_rule_does_without_is_still_so() -> None:
    """An exception that nothing needs any more is taken out of the list."""
    needed = set()
    for facts in situations():
        for fact in ("birth date", "weight", "height"):
            unknown, known = FACTS[fact]
            quiet = set(assess(unknown(facts), protocol_of("US")).quiet)
            spoke = {one.rule for turn in known for one in assess(turn(facts), protocol_of("US")).findings}
            needed |= {(rule, fact) for rule in spoke & quiet}
    listed = {(rule, fact) for rule, facts in DOES_WITHOUT.items() for fact in facts}
    assert {rule for rule, _ in listed} == {rule for rule, _ in needed}


@pytest.mark.hazard("H09")
def test_a_result_that_is_too_old_speaks_for_itself() -> None:
    """An estimate of years ago still decides the dose rules, and it is said beside it that the check is overdue."""
    facts = base("60", 40)
    years_ago = facts.as_of - timedelta(days=1000)
    [one] = facts.kidneys.results
    old = replace(facts.kidneys, results=(replace(one, taken_at=years_ago, taken_on=years_ago.date()),))
    for jurisdiction in JURISDICTIONS:
        fresh, stale = (
            {found.rule for found in assess(given, protocol_of(jurisdiction)).findings}
            for given in (facts, replace(facts, kidneys=old))
        )
        assert "KID-29" in stale - fresh
