"""A person who has no mouse: Tab, Space, Enter, the arrows and letters."""

from typing import Any

MOST = 120
_FOCUSED = "(selector) => !!document.activeElement && document.activeElement.matches(selector)"
_CHECKED = "(name) => document.querySelector(`[name=${name}]:checked`)?.value ?? ''"


class Keyboard:
    """Works on the page that is open. Everything raises AssertionError when Tab never gets there."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def to(self, selector: str) -> None:
        """Tab on until the focus is on an element that the selector fits."""
        for _ in range(MOST):
            if self.page.evaluate(_FOCUSED, selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST} times Tab never came to {selector}.")

    def type(self, selector: str, text: str) -> None:
        """Put a text in a box, in the place of what it holds."""
        self.to(selector)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        """Choose one of a group of radios."""
        self.to(f"input[type=radio][name={name}]")
        self.page.keyboard.press("Space")
        for _ in range(MOST):
            if self.page.evaluate(_CHECKED, name) == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"The arrows never came to {value} in {name}.")

    def follow(self, selector: str) -> None:
        """Press Enter on a link or a button and wait for the page behind it."""
        self.to(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def date(self, name: str, day: Any) -> None:
        for part, value in (("day", day.day), ("month", day.month), ("year", day.year)):
            self.type(f"[name={name}_{part}]", str(value))
