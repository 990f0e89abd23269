"""The step gate: the share of the doses of the step that were taken."""

from dataclasses import replace

from tests.dosing.gates import FIRST, MISSING, OPEN, UNKNOWN, gate, line, may, since_first
from tests.dosing.intakes import THREE, every_dose, step
from titration.dosing.gate_lines import Condition, Effects, EffectsAnswer, GateLine


def test_the_share_counts_the_days_of_the_step():
    def share(*missed: str) -> GateLine:
        doses = every_dose("01", "05", but=missed)
        return line(gate(since_first("06 01:00", *doses, given="estimate=90")), Condition.DOSES)

    twelve = share("02 06:00", "03 06:00", "04 06:00")
    assert (twelve.state, twelve.because) == (
        OPEN,
        "12 of 15 doses taken since 01-May-2026: 0 skipped or lost, 3 not ticked. At least 12 of 15 are asked for.",
    )
    assert share("02 06:00", "03 06:00", "04 06:00", "05 06:00").state is MISSING


def test_the_share_counts_at_most_fourteen_days():
    early = [f"{day:02} {at}" for day in range(1, 7) for at in THREE.split()]
    doses = every_dose("01", "20", but=early)
    facts = since_first("20 23:59", *doses, since="01 00:00", given="estimate=90")
    made = line(gate(facts), Condition.DOSES)
    assert (made.state, made.because[:38]) == (OPEN, "42 of 42 doses taken since 07-May-2026")
    facts = since_first("19 23:59", *every_dose("01", "19", but=early), since="01 00:00", given="estimate=90")
    assert line(gate(facts), Condition.DOSES).because.startswith("39 of 42 doses taken since 06-May-2026")


def test_another_pattern_of_the_same_dose_begins_no_new_step():
    steps = (
        step("06:00 14:00 22:00", "15", on=FIRST, until=may(4)),
        step("08:00 22:00", "15", on=may(4), kind="hold"),
    )
    doses = [*every_dose("01", "03"), *every_dose("04", "05", "08:00 22:00")]
    facts = since_first("06 01:00", *doses, steps=steps, given="estimate=90")
    assert line(gate(facts), Condition.DOSES).because.startswith("13 of 13 doses taken since 01-May-2026")
    lower = (step(THREE, "30", on=FIRST, until=may(4)), step("08:00 22:00", "15", on=may(4), kind="decrease"))
    facts = since_first("06 01:00", *doses, steps=lower, given="estimate=90")
    assert line(gate(facts), Condition.DOSES).because.startswith("4 of 4 doses taken since 04-May-2026")


def test_what_was_skipped_is_not_what_was_not_ticked():
    doses = [*every_dose("01", "02"), "03 06:00 skipped", "03 14:00 taken"]
    made = line(gate(since_first("04 01:00", *doses, given="estimate=90")), Condition.DOSES)
    assert made.because.startswith("7 of 9 doses taken since 01-May-2026: 1 skipped or lost, 1 not ticked.")
    assert made.state is MISSING


def test_doses_that_are_not_tracked_are_not_known_until_a_call_is_recorded():
    made = line(gate(since_first("06 01:00", ticked=False, given="estimate=90")), Condition.DOSES)
    assert made.state is UNKNOWN
    assert made.because == (
        "Doses are not tracked. Of 15 of 15 doses since 01-May-2026 nothing is recorded; 0 taken, 0 skipped or lost, "
        "0 not ticked. At least 12 of 15 are asked for."
    )
    call = every_dose("01", "04")
    made = line(gate(since_first("06 01:00", *call, ticked=False, given="estimate=90")), Condition.DOSES)
    assert made.state is OPEN  # 12 of 15, whatever became of the others
    made = line(gate(since_first("06 01:00", *call[:-1], ticked=False, given="estimate=90")), Condition.DOSES)
    assert made.state is UNKNOWN
    skipped = [one.replace("taken", "skipped") for one in call[:4]]
    facts = since_first("06 01:00", *skipped, *call[4:], ticked=False, given="estimate=90")
    assert line(gate(facts), Condition.DOSES).state is MISSING  # 8 and at most 3 more


def test_doses_that_were_held_or_explained_are_left_out():
    facts = since_first("04 01:00", silences=["admission 01 00:00 to 04 00:00"], given="estimate=90")
    made = line(gate(facts), Condition.DOSES)
    assert made.state is UNKNOWN
    assert made.because.endswith("9 held or not expected, left out.")


def test_a_step_that_has_not_begun_says_nothing_of_itself():
    steps = (step(THREE, "15", on=FIRST, until=may(10)), step(THREE, "30", on=may(10), kind="increase"))
    facts = since_first("05 10:00", *every_dose("01", "04"), steps=steps, given="estimate=90")
    answers = (EffectsAnswer(on=may(4), answer=Effects.NONE),)
    made = gate(facts, "45", on=may(20), answers=answers)
    assert line(made, Condition.TIME).is_open
    assert line(made, Condition.DOSES).state is UNKNOWN
    assert line(made, Condition.EFFECTS).state is UNKNOWN


def test_without_any_record_of_intake_nothing_is_known():
    facts = replace(since_first("05 10:00", given="estimate=90"), intake=None)
    assert line(gate(facts), Condition.DOSES).state is UNKNOWN
