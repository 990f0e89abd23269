"""How forms behave under the hand: the wheel, the arrows, paste, errors, and nothing chosen beforehand."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.building import CONTINUE
from tests.browser.pages import PAGES
from tests.browser.server import Portal
from tests.browser.visitors import Visitors

# Every form that comes back with errors when it is sent empty: the states called "error" that a submit leads to.
# Their errors are of no box of the form.
OF_THE_WHOLE = ("patients:list", "steps:check", "own:change", "own:learn_page")
FAILING = [
    (name, page)
    for name, page in PAGES.items()
    if "error" in page.states and not page.states["error"].fault and name not in OF_THE_WHOLE
]


@pytest.mark.ui("UI-14")
@pytest.mark.parametrize("name", ["steps:add", "steps:past"])
def test_wheel_and_arrows_leave_a_dose_as_it_is(ann: Any, site: Portal, name: str) -> None:
    ann.goto(site.url(name, "alder"))
    box = ann.locator("[name=dose]")
    box.fill("10")
    box.hover()
    for _ in range(3):
        ann.mouse.wheel(0, 100)
    box.focus()
    ann.keyboard.press("ArrowUp")
    ann.keyboard.press("ArrowUp")
    expect(box).to_have_value("10")


@pytest.mark.ui("UI-16")
@pytest.mark.parametrize(
    ("name", "patient"), [("steps:add", "alder"), ("steps:past", "alder"), ("plans:start", "holly")]
)
def test_a_new_order_has_nothing_chosen(ann: Any, site: Portal, name: str, patient: str) -> None:
    ann.goto(site.url(name, patient))
    expect(ann.locator("main input[type=radio]").first).to_be_visible()
    expect(ann.locator("main input:checked")).to_have_count(0)
    expect(ann.locator("[name=dose]")).to_have_value("")


@pytest.mark.ui("UI-17")
@pytest.mark.ui("UI-18")
@pytest.mark.parametrize("name", [name for name, _ in FAILING])
def test_errors_are_summed_up_linked_and_spoken(visitors: Visitors, site: Portal, name: str) -> None:
    page = PAGES[name]
    with visitors.page(page.person) as tab:
        page.states["error"].build(tab, site)
        summary = tab.locator("[data-error-summary]")
        expect(summary).to_be_focused()
        expect(summary).to_have_attribute("role", "alert")
        assert tab.title().startswith("Error: ")
        links = summary.locator("a")
        for number in range(links.count()):
            target = links.nth(number).get_attribute("href") or ""
            assert target.startswith("#"), target
            links.nth(number).click()
            assert tab.evaluate("(id) => document.activeElement.id === id", target[1:]), f"{target} has no focus"
        errors = tab.locator(".field__error")
        assert errors.count() >= 1
        assert all(text.startswith("Error:") for text in errors.all_text_contents()), errors.all_text_contents()
        assert tab.evaluate(_GROUPS_WITHOUT) == []


# Groups with an error that their fieldset does not point to.
_GROUPS_WITHOUT = """() => [...document.querySelectorAll("fieldset")].flatMap((group) =>
  [...group.querySelectorAll(".field__errors")]
    .filter((error) => error.closest("fieldset") === group)
    .filter((error) => !(group.getAttribute("aria-describedby") || "").split(" ").includes(error.id))
    .map((error) => error.textContent.trim()))"""


@pytest.mark.ui("UI-25")
def test_paste_works_where_people_sign_in_and_type_doses(visitors: Visitors, site: Portal) -> None:
    with visitors.page(permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(site.url("account_login"))
        for label in ("Email address", "Password"):
            _paste(page, page.get_by_label(label), "something long")
    with visitors.page("ann", permissions=["clipboard-read", "clipboard-write"]) as page:
        page.goto(site.url("steps:add", "alder"))
        _paste(page, page.locator("[name=dose]"), "7.5")


def _paste(page: Any, box: Any, text: str) -> None:
    page.evaluate("(text) => navigator.clipboard.writeText(text)", text)
    box.focus()
    page.keyboard.press("Control+v")
    expect(box).to_have_value(text)


@pytest.mark.ui("UI-41")
def test_a_check_page_without_its_order_saves_nothing(ann: Any, site: Portal) -> None:
    before = site.count("SELECT count(*) FROM titration_step")
    ann.goto(site.url("steps:add", "olive"))
    token = ann.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    for order in ("", "made up", "a:b:c"):
        answer = ann.request.post(
            site.address + site.url("steps:check", "olive"),
            form={"csrfmiddlewaretoken": token or "", "token": order},
            headers={"Referer": ann.url, "Origin": site.address},
        )
        assert answer.status == 400
        assert "Nothing was saved" in answer.text()
    assert site.count("SELECT count(*) FROM titration_step") == before


@pytest.mark.ui("UI-15")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1O", "Dose must be a number, like 15 or 7.5"),
        ("1,5", "Use a full stop, not a comma"),
        (".5", "Write the number in full, like 15 or 0.5"),
        ("10 mcg", "Enter the dose in mg"),
        ("0", "Dose must be more than 0. To stop baclofen, build a taper"),
        ("", "Enter the dose each time, in mg"),
    ],
)
def test_a_dose_that_cannot_be_read_stays_in_its_box(ann: Any, site: Portal, typed: str, said: str) -> None:
    ann.goto(site.url("steps:add", "alder"))
    ann.locator("[name=frequency][value='3']").check()
    ann.locator("[name=dose]").fill(typed)
    ann.get_by_role("button", name=CONTINUE).click()
    expect(ann.locator("[data-error-summary]")).to_contain_text(said)
    expect(ann.locator("[name=dose]")).to_have_value(typed)
