"""The table of screen rules is complete and says what the tests say."""

from tests.browser.trace import RULES, marked, rows


def test_every_rule_is_in_the_table_once_and_in_order() -> None:
    assert tuple(row.rule for row in rows()) == RULES


def test_the_table_names_the_tests_that_carry_the_mark() -> None:
    proofs = marked()
    assert set(proofs) <= set(RULES)
    different = [row.rule for row in rows() if row.tests != proofs.get(row.rule, ())]
    assert different == [], "Run python -m tests.browser.trace and read what it changed."


def test_a_rule_without_a_test_says_what_it_waits_for() -> None:
    silent = [row.rule for row in rows() if not row.tests and len(row.later) < 20]
    assert silent == []
