"""CAU-21 and CAU-22: no benefit after weeks at the maximum dose."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.dosing.intakes import THREE, step
from tests.dosing.tables import facts_from, judged, rows, said
from titration.dosing.benefit_rules import RULES, daily_maximum
from titration.dosing.doses import format_number
from titration.dosing.judgement import Judgement
from titration.dosing.protocol import load_protocol
from titration.dosing.rules import About

TABLES = {
    "CAU-21": """
        event=review benefit=none daily_mg=100 weeks_at_maximum=6    | absent | INFO
        event=review benefit=none daily_mg=100 weeks_at_maximum=5.9  | absent | quiet
        event=review benefit=none daily_mg=99 weeks_at_maximum=9     | absent | quiet
        event=review benefit=none daily_mg=120 weeks_at_maximum=9    | absent | INFO
        event=review benefit=some daily_mg=100 weeks_at_maximum=9    | absent | quiet
        event=review benefit=good daily_mg=100 weeks_at_maximum=9    | absent | quiet
        event=review daily_mg=100 weeks_at_maximum=9                 | absent | not judged
        event=review daily_mg=100 weeks_at_maximum=5.9               | absent | quiet
        event=review benefit=none daily_mg=40 weeks_at_maximum=6 age_years=7 weight_kg=30  | absent | INFO
        event=review benefit=none daily_mg=40 weeks_at_maximum=6 age_years=8 weight_kg=30  | absent | quiet
        event=review benefit=none daily_mg=60 weeks_at_maximum=6 age_years=17 weight_kg=60 | absent | INFO
        event=review benefit=none daily_mg=30 weeks_at_maximum=6 age_years=7 weight_kg=15  | absent | INFO
        event=review benefit=none daily_mg=60 weeks_at_maximum=6 age_years=18              | absent | quiet
    """,
    "CAU-22": """
        event=review benefit=none daily_mg=80 weeks_at_maximum=8     | INFO | absent
        event=review benefit=none daily_mg=80 weeks_at_maximum=7.9   | quiet | absent
        event=review benefit=none daily_mg=79 weeks_at_maximum=9     | quiet | absent
        event=review benefit=good daily_mg=80 weeks_at_maximum=9     | quiet | absent
        event=review daily_mg=80 weeks_at_maximum=9                  | not judged | absent
    """,
}


@pytest.mark.parametrize(("rule_id", "given_facts", "where", "expected"), rows(TABLES))
def test_benefit_rules(rule_id, given_facts, where, expected):
    assert said(judged(given_facts, where), rule_id) == expected
    assert set(TABLES) == {rule.id for rule in RULES}


def test_a_change_between_two_doses_at_the_maximum_does_not_start_the_count_again():
    facts = facts_from("event=review benefit=none daily_mg=80")
    weeks = timedelta(weeks=4)
    steps = (
        step(THREE, "80", on=facts.today - 2 * weeks, until=facts.today - weeks),
        step(THREE, "90", on=facts.today - weeks),
    )
    long = replace(facts, therapy=replace(facts.therapy, steps=steps))
    (finding,) = [one for one in judged(long).findings if one.rule == "CAU-22"]
    assert finding.because.startswith("No benefit after 8 weeks at the maximum dose")
    assert finding.about is About.STANDING
    lower = (replace(steps[0], slots=step(THREE, "75").slots), steps[1])
    assert said(judged(replace(facts, therapy=replace(facts.therapy, steps=lower))), "CAU-22") == "quiet"


@pytest.mark.parametrize(
    ("given_facts", "where", "most"),
    [
        ("age_years=40", "US", "80"),
        ("age_years=40", "UK", "100"),
        ("age_years=8", "UK", "60"),
        ("age_years=7", "UK", "40"),
    ],
)
def test_the_maximum_is_that_of_the_rules_on_the_daily_dose(given_facts, where, most):
    found = daily_maximum(Judgement(facts_from(given_facts), load_protocol(where)))
    assert found is not None
    assert format_number(found.value) == most


def test_without_an_age_the_maximum_is_that_of_adults():
    facts = facts_from("age_years=40")
    facts = replace(facts, person=replace(facts.person, birth_date=None))
    for where, most in (("US", "80"), ("UK", "100")):
        found = daily_maximum(Judgement(facts, load_protocol(where)))
        assert found is not None
        assert format_number(found.value) == most
