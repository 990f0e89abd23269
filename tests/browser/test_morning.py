"""A morning's worklist of ten flags, cleared by a person who has no mouse."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.filling_morning import MORNING
from tests.browser.focus import FOCUS
from tests.browser.keyboard import MOST, Keyboard
from tests.browser.moment import TODAY
from tests.browser.server import Portal
from tests.browser.visitors import Visitors

OPEN = "SELECT count(*) FROM titration_flag WHERE status = 'open' AND patient_id::text = ANY(%s)"
KEYS_A_FLAG = 120  # a stop sign for defects; what it takes is printed


class Counted(Keyboard):
    """Counts every key, and looks where the focus is after each: it is never lost and never hidden."""

    def __init__(self, page: Any) -> None:
        super().__init__(page)
        self.pressed = 0
        press, typed = page.keyboard.press, page.keyboard.type

        def count(key: str, **more: Any) -> None:
            press(key, **more)
            self.pressed += 1

        def count_all(text: str, **more: Any) -> None:
            typed(text, **more)
            self.pressed += len(text)

        page.keyboard.press, page.keyboard.type = count, count_all

    def to(self, selector: str) -> None:
        """Tab on; wherever Tab comes to can be seen."""
        for _ in range(MOST):
            if self.page.evaluate("(selector) => !!document.activeElement?.matches(selector)", selector):
                return
            self.page.keyboard.press("Tab")
            here = self.page.evaluate(FOCUS)
            assert here is None or (here["covered"], here["ring"]) == ("", True), here
        raise AssertionError(f"{MOST} times Tab never came to {selector}.")


def tell_doses(keys: Counted) -> None:
    """A call: everything was taken until this morning."""
    keys.follow("a.button--primary[href$='/doses/call/']")
    keys.choose("state", "taken")
    keys.date("until_on", TODAY)
    keys.type("[name=until_time]", "08:30")
    keys.choose("said_by", "patient")
    keys.follow("main form button.button--primary")


def type_result(keys: Counted) -> None:
    keys.choose("analyte", "creatinine")
    keys.type("[name=value]", "0.9")
    keys.choose("unit", "mg/dL")
    keys.date("taken_on", TODAY - timedelta(days=1))
    keys.follow("main form button.button--primary")


def close_by_hand(keys: Counted) -> None:
    keys.choose("code", "other")
    keys.type("#close-text", "Decided at the visit next week")
    keys.follow("#close button[type=submit]")


# By the words of the first button of a row; what has no such way is closed on the page of the flag.
WAYS = {"Record doses": tell_doses, "Log kidney result": type_result}
FIRST_BUTTON = ".worklist-row:first-child .worklist-row__actions a:first-child"


def clear_first(keys: Counted, page: Any) -> None:
    """Whatever is first on the list, from the list and back to it."""
    label = page.locator(FIRST_BUTTON).first.inner_text()
    way = next((way for words, way in WAYS.items() if label.startswith(words)), None)
    if way is not None:
        keys.follow(FIRST_BUTTON)
        way(keys)
    else:
        keys.follow(".worklist-row:first-child .worklist-row__title a")
        close_by_hand(keys)
    expect(page.locator(".notice--done")).to_be_visible()
    keys.follow(".site-nav a[href='/worklist/'], header a[href='/worklist/']")


@pytest.mark.hazard("H29")
def test_ten_flags_are_cleared_without_a_mouse(
    visitors: Visitors, site: Portal, capsys: pytest.CaptureFixture[str]
) -> None:
    """After each action Tab goes on from the top of the new page, with the skip link first; the keys are printed."""
    patients = [site.patients[name]["id"] for name in MORNING]
    assert site.count(OPEN, patients) == len(MORNING) == 10
    spent = []
    with visitors.page("wyn") as page:
        page.goto("/worklist/")
        keys = Counted(page)
        for left in range(10, 0, -1):
            expect(page.locator(".worklist-row")).to_have_count(left)
            before = keys.pressed
            clear_first(keys, page)
            spent.append(keys.pressed - before)
        expect(page.locator("main")).to_contain_text("No open flags")
    assert site.count(OPEN, patients) == 0
    with capsys.disabled():
        print(f"\n  morning: {sum(spent)} keys for ten flags, {min(spent)} to {max(spent)} a flag")
    assert max(spent) < KEYS_A_FLAG
