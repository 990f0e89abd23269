"""The worklist, the flags and the checks that are due: who owns them, how old they are, and what can be done."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.server import Portal
from tests.browser.visitors import Visitors

ORDER = ["Act now", "This week", "For information"]
_AGE = re.compile(r"\d+ (min|h|days?)")
_MINUTES = {"min": 1, "h": 60, "day": 1440, "days": 1440}


def minutes(text: str) -> int:
    number, unit = text.split()
    return int(number) * _MINUTES[unit]


@pytest.mark.ui("UI-38")
def test_each_row_has_an_owner_an_age_and_actions_that_lead_somewhere(ann: Any, site: Portal) -> None:
    ann.goto(site.url("worklist"))
    rows = ann.locator(".worklist-row")
    assert rows.count() >= 5
    links: set[str] = set()
    for row in rows.all():
        expect(row.locator(".worklist-row__owner")).to_contain_text(re.compile(r"Owner (Unassigned|[A-Z]\w+)"))
        expect(row.locator(".worklist-row__age")).to_have_text(re.compile(rf"Open for\s+{_AGE.pattern}"))
        actions = row.locator(".worklist-row__actions a").evaluate_all("(all) => all.map((one) => one.href)")
        assert actions
        links |= {one for one in actions if one.startswith("http")}
    statuses = {link: ann.request.get(link).status for link in sorted(links)[:12]}
    assert set(statuses.values()) == {200}, statuses


@pytest.mark.ui("UI-39")
def test_a_kidney_check_that_is_due_can_be_logged_at_once(visitors: Visitors, site: Portal) -> None:
    with visitors.page("ann") as page:
        page.goto(site.url("kidney:due"))
        button = page.get_by_role("link", name=re.compile("Log kidney result")).first
        button.click()
        expect(page.locator("h1")).to_contain_text("kidney result")
        expect(page.locator(".patient-banner")).to_be_visible()


@pytest.mark.ui("UI-44")
def test_the_worklist_says_when_and_what_it_shows(visitors: Visitors, site: Portal) -> None:
    with visitors.page("hal") as page:
        page.goto(site.url("worklist"))
        expect(page.locator("main")).to_contain_text(re.compile(r"Updated \d{2}-[A-Z][a-z]{2}-\d{4} \d\d:\d\d"))
        expect(page.locator("main")).to_contain_text("Showing: my patients, open flags.")
        expect(page.locator("main")).not_to_contain_text("out of date")
    with visitors.page("dan") as page:
        for _ in range(2):
            page.goto(site.url("worklist"))
            expect(page.locator(".notice--week")).to_contain_text("The flags may be out of date")


@pytest.mark.ui("UI-45")
def test_the_most_severe_and_oldest_come_first_and_nothing_is_remembered(ann: Any, site: Portal) -> None:
    def rows() -> list[tuple[int, int]]:
        return [
            (
                ORDER.index(row.locator(".severity").inner_text().strip()),
                -minutes(row.locator(".worklist-row__age .nowrap").inner_text()),
            )
            for row in ann.locator(".worklist-row").all()
        ]

    ann.goto(site.url("worklist"))
    everyone = rows()
    assert everyone == sorted(everyone)
    names = ann.locator(".worklist-row__name").all_inner_texts()
    assert len(set(names)) == len(names)
    ann.goto(site.url("worklist") + "?severity=2")
    assert {severity for severity, _ in rows()} == {1}
    ann.goto(site.url("worklist"))
    assert ann.locator(".worklist-row__name").all_inner_texts() == names


@pytest.mark.ui("UI-53")
def test_the_flags_of_a_chart_have_owner_age_and_action(ann: Any, site: Portal) -> None:
    ann.goto(site.url("patients:chart", "alder"))
    flags = ann.locator(".flag-row")
    assert flags.count() >= 2
    for row in flags.all():
        expect(row.locator(".flag-row__meta")).to_have_text(re.compile(rf"Open for {_AGE.pattern}\. Owner: .+\."))
        expect(row.locator(".flag-row__actions a").first).to_be_visible()
    expect(flags.get_by_text("Owner: Cora.")).to_have_count(1)
