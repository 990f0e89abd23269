"""A whole titration by keyboard, and two clinicians at one plan."""

import contextlib
import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Error, expect

from tests.browser.building import CONTINUE, typed_order
from tests.browser.keyboard import Keyboard
from tests.browser.moment import TODAY
from tests.browser.report_journeys import go_on
from tests.browser.server import Portal
from tests.browser.visitors import Visitors
from tests.world import PASSWORD

# The order in which the doses of a day rise, and after how many days: 15, 30, 45, 60 and 80 mg a day.
LADDER = (("5", "3", 15), ("10", "3", 30), ("15", "3", 45), ("20", "3", 60), ("20", "4", 80))
EVERY_DAYS = 3
IN_FORCE = "SELECT count(*) FROM titration_step WHERE patient_id = %s AND voided_at IS NULL"


def rules(page: Any) -> list[str]:
    return page.locator("main .finding .rule-id").all_inner_texts()


def test_five_steps_are_entered_by_keyboard_alone(ann: Any, site: Portal) -> None:
    keys, found = Keyboard(ann), []
    ann.goto(site.url("patients:chart", "hazel"))
    for number, (dose, times, daily) in enumerate(LADDER):
        first = number == 0
        page = "plans:start" if first else "steps:add"
        keys.follow(f"a[href='{site.url(page, 'hazel')}']")
        if first:
            keys.choose("taken_before", "no")
        keys.choose("product", "tablet_20" if dose == "20" else "tablet_10")
        keys.type("[name=dose]", dose)
        keys.choose("frequency", times)
        keys.date("starts_on", TODAY + timedelta(days=EVERY_DAYS * number))
        keys.type("[name=reason]", "Spasms at night")
        keys.follow("main button.button--primary")
        expect(ann.locator("h1")).to_contain_text("Check before you save")
        found.append(rules(ann))
        if "STEP-3" in found[-1]:
            step = ann.locator(".finding", has=ann.get_by_text("STEP-3", exact=True))
            expect(step.locator(".severity")).to_have_text("For information")
            expect(step.locator(".finding__number")).not_to_be_empty()
            expect(step.locator(".finding__sources")).to_contain_text("Source:")
        if not first:
            keys.choose("gate-code", "asked_otherwise")
        keys.follow("main button.button--primary")
        expect(ann.locator(".notice--done")).to_contain_text(f"{daily}\u00a0mg a day")
    assert [sorted(set(one) & {"STEP-1", "STEP-2", "STEP-4", "MAX-1"}) for one in found] == [[]] * 5
    assert ["STEP-3" in one for one in found] == [False, False, False, False, True]
    history = "\n".join(ann.locator(".history-row__what strong").all_inner_texts())
    assert all(f"{daily}\u00a0mg a day" in history for *_, daily in LADDER), history
    patient = site.patients["hazel"]["id"]
    assert site.count(IN_FORCE, patient) == 5


@pytest.mark.ui("UI-31")
def test_an_interruption_is_passed_only_with_the_total_and_a_reason(ann: Any, site: Portal) -> None:
    def signed() -> int:
        return site.count(IN_FORCE, site.patients["birch"]["id"])

    typed_order(ann, site, "birch", dose="30")
    ann.get_by_role("button", name=CONTINUE).click()
    interruption = ann.locator(".interruption")
    expect(interruption.locator("h1")).to_contain_text(re.compile("birch", re.IGNORECASE))
    expect(interruption).to_contain_text("90\u00a0mg a day")
    expect(interruption).to_contain_text("15\u00a0mg a day")
    assert ann.locator(".button--primary:visible").all_inner_texts() == ["Change the dose"]
    above = interruption.locator(".finding", has=ann.get_by_text("MAX-1", exact=True))
    for part in (".severity", ".finding__number", ".finding__sources", ".finding__override"):
        expect(above.locator(part)).not_to_be_empty()
    total, button = ann.locator("[name=decision-typed_total]"), ann.get_by_role("button", name="Continue anyway")
    specialist = ann.locator("[name=decision-reason_code][value=specialist_advice]")
    before = signed()
    for typed, reason in (("", False), ("60", True), ("90", False), ("9", True)):
        total.fill(typed)
        if reason:
            specialist.check()
            ann.locator("[name=decision-reason_text]").fill("Agreed with neurology")
        elif specialist.is_checked():
            ann.locator("[name=decision-reason_code]").evaluate_all(
                "(all) => all.forEach((one) => one.checked = false)"
            )
        with ann.expect_navigation():
            button.click()
        expect(ann.locator("[data-error-summary]")).to_be_focused()
        assert signed() == before
    total.fill("90")
    specialist.check()
    ann.locator("[name=decision-reason_text]").fill("Agreed with neurology")
    go_on(ann)
    with ann.expect_navigation():
        button.click()
    expect(ann.locator(".notice--done")).to_contain_text("90\u00a0mg a day")
    assert signed() == before + 1


@pytest.mark.ui("UI-31")
def test_a_second_clinician_signs_on_the_check_page(ann: Any, site: Portal) -> None:
    typed_order(ann, site, "dialysis", dose="7.5")
    ann.get_by_role("button", name=CONTINUE).click()
    for name, value in (
        ("typed_total", "22.5"), ("reason_text", "The only thing that helps"), ("monitoring_plan", "Daily calls"),
        ("specialist_name", "Dr Lindqvist"), ("specialist_on_day", "22"), ("specialist_on_month", "11"),
        ("specialist_on_year", "2026"), ("second_email", site.people["ann"]), ("second_password", PASSWORD),
    ):  # fmt: skip
        ann.locator(f"[name=decision-{name}]").fill(value)
    ann.locator("[name=decision-reason_code][value=specialist_advice]").check()
    go_on(ann)
    ann.get_by_role("button", name="Continue anyway").click()
    expect(ann.locator("[data-error-summary]")).to_be_focused()  # one's own signature is no second one
    ann.locator("[name=decision-second_email]").fill(site.people["cora"])
    ann.locator("[name=decision-second_password]").fill(PASSWORD)
    ann.get_by_role("button", name="Continue anyway").click()
    expect(ann.locator(".notice--done")).to_contain_text("22.5\u00a0mg a day")
    expect(ann.locator(".site-account__name")).to_have_text("Ann")


@pytest.mark.ui("UI-56")
def test_of_two_clinicians_at_one_plan_the_second_sees_both_versions(visitors: Visitors, site: Portal) -> None:
    with visitors.page("ann") as ann, visitors.page("ivy") as ivy:
        typed_order(ann, site, "cedar", dose="10")
        typed_order(ivy, site, "cedar", dose="7.5")
        for page in (ann, ivy):
            page.get_by_role("button", name=CONTINUE).click()
            expect(page.locator("h1")).to_contain_text("Check before you save")
            go_on(page)
        ann.get_by_role("button", name="Save dose step").click()
        expect(ann.locator(".notice--done")).to_contain_text("30\u00a0mg a day")
        with ivy.expect_navigation() as answer:
            ivy.get_by_role("button", name="Save dose step").click()
        assert answer.value.status == 409
        expect(ivy.locator("main section", has=ivy.get_by_role("heading", name="Saved by Ann"))).to_contain_text("30")
        expect(ivy.locator("main section", has=ivy.get_by_role("heading", name="Yours"))).to_contain_text("22.5")
        expect(ivy.get_by_role("heading", name="checked again")).to_be_visible()
        expect(ivy.locator(".patient-banner")).to_contain_text("CEDAR")
        ivy.goto(site.url("patients:chart", "cedar"))
        expect(ivy.locator(".state")).to_contain_text("30\u00a0mg a day")


@pytest.mark.ui("UI-56")
def test_a_form_that_was_opened_before_a_change_is_refused_too(visitors: Visitors, site: Portal) -> None:
    with visitors.page("ann") as ann, visitors.page("ivy") as ivy:
        typed_order(ivy, site, "ebony", dose="7.5")
        typed_order(ann, site, "ebony", dose="10")
        ann.get_by_role("button", name=CONTINUE).click()
        go_on(ann)
        ann.get_by_role("button", name="Save dose step").click()
        expect(ann.locator(".notice--done")).to_be_visible()
        ivy.get_by_role("button", name=CONTINUE).click()
        expect(ivy.locator("h1")).to_contain_text("changed this while you were working")


@pytest.mark.ui("UI-21")
def test_pressing_twice_and_going_back_make_one_step(ann: Any, site: Portal) -> None:
    typed_order(ann, site, "juniper", dose="10")
    ann.get_by_role("button", name=CONTINUE).click()
    go_on(ann)
    ann.get_by_role("button", name="Save dose step").dblclick()
    expect(ann.locator(".notice--done, .history-row").first).to_be_visible()
    ann.wait_for_url(f"**{site.url('patients:chart', 'juniper')}")
    with contextlib.suppress(Error):  # the check page was never stored: the browser asks before it sends anything again
        ann.go_back()
    patient = site.patients["juniper"]["id"]
    assert site.count(IN_FORCE, patient) == 2


@pytest.mark.ui("UI-57")
def test_what_was_replaced_or_written_late_says_so_for_ever(ann: Any, site: Portal) -> None:
    ann.goto(site.url("patients:chart", "alder"))
    history = ann.locator(".history")
    expect(history.locator(".history-row--replaced s").first).to_be_visible()
    expect(history.get_by_text("Recorded late").first).to_be_visible()
    ann.goto(site.url("kidney:list", "alder"))
    expect(ann.locator("tr s").first).to_be_visible()
    ann.goto(site.url("patients:facts", "alder"))
    expect(ann.locator(".history-row--replaced s").first).to_be_visible()
    for name in ("patients:chart", "kidney:list", "patients:facts"):
        ann.goto(site.url(name, "alder"))
        expect(ann.get_by_role("button", name="Delete")).to_have_count(0)
