"""MISS-1 to MISS-3 and MISS-16: what a patient is told about one late dose."""

from dataclasses import replace

import pytest

from tests.dosing.intakes import taking
from tests.dosing.tables import QUIET, judged, protocol_of, said
from titration.dosing.advice_rules import RULES, SKIP, TAKE
from titration.dosing.assessment import assess
from titration.dosing.rules import About, Severity

LATE = ("04 06:00 taken",)


def advice(facts, where="US", *, paediatric=True):
    """The advice and the time of the next dose; None when nothing is said of a late dose."""
    found = [one for one in judged(facts, where, paediatric=paediatric).findings if one.about is About.ADVICE]
    assert all(one.severity is Severity.INFO for one in found)
    return (found[0].rule, *(words for _, words in found[0].values)) if found else None


@pytest.mark.parametrize("where", ["US", "UK"])
@pytest.mark.parametrize(
    ("now", "adult", "child"),
    [
        ("04 14:00", None, None),
        ("04 14:01", TAKE, TAKE),
        ("04 15:30", TAKE, TAKE),
        ("04 18:00", TAKE, TAKE),
        ("04 18:01", TAKE, SKIP),
        ("04 20:00", TAKE, SKIP),
        ("04 20:01", SKIP, SKIP),
        ("04 21:59", SKIP, SKIP),
        ("04 22:00", SKIP, SKIP),
    ],
)
def test_a_late_dose_is_taken_while_there_is_time_to_the_next(now, adult, child, where):
    """At 22:00 sharp the next dose is due now, and the one of 14:00 is still the newest that is late."""
    following = "06:00" if now == "04 22:00" else "22:00"
    for given, rule, expected in (("age_years=18", "MISS-1", adult), ("age_years=17", "MISS-2", child)):
        if now == "04 22:00":
            expected = TAKE
        found = advice(taking(*LATE, now=now, given=given), where)
        assert found == (None if expected is None else (rule, expected, following))


@pytest.mark.parametrize(
    ("lines", "now", "more"),
    [
        (("04 06:00 taken", "04 14:00 taken"), "04 15:00", {}),
        (("04 06:00 taken", "04 14:00 skipped"), "04 15:00", {}),
        (("04 06:00 taken", "04 14:00 held"), "04 15:00", {}),
        (("04 06:00 taken", "04 22:00 taken at 13:00"), "04 15:00", {}),
        (("04 06:00 taken",), "05 00:00", {}),
        (("04 06:00 taken",), "04 15:00", {"silences": ["admission 04 12:00 to 04 20:00"]}),
        (("04 06:00 taken",), "04 15:00", {"ticked": False}),
        (("03 06:00 taken",), "04 15:00", {}),
    ],
)
def test_no_advice_without_one_late_dose(lines, now, more):
    assert advice(taking(*lines, now=now, **more)) is None


def test_with_two_doses_missed_nothing_is_said_of_the_newest():
    close = "06:00 10:00 22:00"
    assert advice(taking("03 22:00 taken", now="04 11:59", times=close, daily="30")) == ("MISS-1", TAKE, "22:00")
    assert advice(taking("03 22:00 taken", now="04 12:00", times=close, daily="30")) is None


def test_one_late_dose_a_day_is_still_taken_and_a_long_gap_is_called_about():
    once = {"times": "22:00", "daily": "30"}
    assert advice(taking("03 22:00 taken", now="05 00:30", **once)) == ("MISS-1", TAKE, "22:00")
    assert advice(taking("03 22:00 taken", now="05 05:59", **once)) == ("MISS-1", TAKE, "22:00")
    assert advice(taking("03 22:00 taken", now="05 06:00", **once)) is None


def test_the_last_dose_of_a_plan_has_no_next_one():
    facts = taking(*LATE, now="04 15:00")
    ending = replace(facts.therapy.steps[0], ends_on=facts.today.replace(day=5), slots=facts.therapy.steps[0].slots[:2])
    found = advice(replace(facts, therapy=replace(facts.therapy, steps=(ending,))))
    assert found == ("MISS-1", TAKE, "none planned")


def test_a_child_is_advised_where_the_rules_for_children_are_on_and_an_older_one_in_the_us_always():
    child = taking(*LATE, now="04 15:30", given="age_years=11")
    teen = taking(*LATE, now="04 15:30", given="age_years=12")
    for where, facts, expected in (("US", child, "not judged"), ("UK", teen, "not judged"), ("US", teen, "INFO")):
        assert said(judged(facts, where, paediatric=False), "MISS-2") == expected
        assert said(judged(facts, where, paediatric=True), "MISS-2") == "INFO"


def test_an_age_that_is_not_known_is_no_adult():
    facts = taking(*LATE, now="04 15:30")
    unknown = replace(facts, person=replace(facts.person, birth_date=None))
    assert (said(judged(unknown), "MISS-1"), said(judged(unknown), "MISS-2")) == ("not judged", "not judged")


@pytest.mark.parametrize(
    ("line", "age", "expected"),
    [
        ("04 14:00 taken vomiting", 17, "INFO"),
        ("04 14:00 skipped vomiting", 17, "INFO"),
        ("04 14:00 taken vomiting", 18, QUIET),
        ("04 14:00 taken", 17, QUIET),
        ("04 14:00 skipped diarrhoea", 17, QUIET),
        ("04 06:00 taken vomiting", 17, QUIET),
    ],
)
def test_a_vomited_dose_of_a_child(line, age, expected):
    facts = taking("03 22:00 taken", line, now="04 14:20", given=f"age_years={age}")
    for where in ("US", "UK"):
        answer = judged(facts, where)
        assert said(answer, "MISS-3") == expected
        if expected == "INFO":
            (finding,) = [one for one in answer.findings if one.rule == "MISS-3"]
            assert "within 30 minutes of being taken is repeated; one vomited later is not" in finding.because


def test_no_advice_speaks_of_a_double_dose_or_of_a_dose_in_numbers():
    texts = []
    for hour in range(7, 24):
        for given in ("age_years=40", "age_years=10"):
            facts = taking("03 22:00 taken", "04 06:00 taken vomiting", now=f"04 {hour:02}:30", given=given)
            for where in ("US", "UK"):
                found = assess(facts, protocol_of(where)).about(About.ADVICE)
                texts += [text for one in found for text in (one.because, *(words for _, words in one.values))]
    assert texts
    for text in texts:
        assert "mg" not in text
        assert "double" not in text.lower()
        assert not text.endswith("away.") or "Never two doses together" in text


def test_the_rules_of_the_module_are_advice():
    assert [rule.id for rule in RULES] == ["MISS-1", "MISS-2", "MISS-3", "MISS-16"]
