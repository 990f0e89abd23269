"""docs/rules.md is what runs."""

from pathlib import Path

from titration.dosing.assessment import RULES
from titration.dosing.rules_doc import rules_page

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_the_one_that_the_rules_write():
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "Run manage.py print_rules --output docs/rules.md"


def test_every_rule_has_its_line_with_its_sentence():
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in rules_page().splitlines() if "| " in line}
    for rule in RULES:
        assert f"| {rule.id} | {rule.sentence} |" in lines[rule.id]


def test_a_line_tells_the_countries_apart_and_says_what_is_unsigned():
    page = rules_page()
    assert "| US: above 80 mg a day | STOP | coded reason | S-01 S-04 | – |" in page
    assert (
        "| UK: above 100 mg a day, age 18 or over | STOP | coded reason | S-13 S-19 S-20 | not read, unsigned |" in page
    )
    assert "WARN (same day)" in page
    assert "checked by nobody yet" in page
