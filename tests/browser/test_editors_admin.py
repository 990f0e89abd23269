"""The admin of the editors in a real browser: its security policy refuses nothing that it needs, and no script stumbles."""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import test_editors
from tests.browser.test_editors import Office
from tests.browser.visitors import WATCH, WIDE
from tests.cms_client import PASSWORD

office = test_editors.office


@contextlib.contextmanager
def visit(office: Office, name: str = "") -> Iterator[Page]:
    """A page of this editor, or of a stranger, on which nothing may be refused and nothing may go wrong."""
    context = office.chromium.new_context(base_url=office.address, viewport=WIDE, reduced_motion="reduce")
    context.set_default_timeout(30_000)
    context.add_init_script(WATCH)
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda line: said.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        page.goto("/cms/")
        if name:
            sign_in(page, office.people[name], PASSWORD)
            page.wait_for_url("**/cms/")
        yield page
        assert said == []
    finally:
        context.close()


def sign_in(page: Page, address: str, password: str) -> None:
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def refused(page: Page) -> list[str]:
    """What the policy of the open page forbade, once everything on it has loaded."""
    page.wait_for_load_state("networkidle")
    return page.evaluate("window.violations")  # type: ignore[no-any-return]


@pytest.mark.ui("UI-68")
@pytest.mark.bar("B-25")
def test_nothing_that_the_admin_needs_is_refused(office: Office) -> None:
    edit = f"/cms/pages/{office.page_id}/edit/"
    with visit(office, "ann") as page:
        assert refused(page) == []
        page.get_by_role("button", name="Pages").click()
        page.get_by_role("link", name="Learn about baclofen", exact=True).wait_for()
        for address in (
            "/cms/pages/", edit, edit.replace("/edit/", "/history/"), "/cms/reports/aging-pages/", "/cms/account/",
        ):  # fmt: skip
            page.goto(address)
            assert refused(page) == [], address
        page.get_by_role("button", name="Ann").click()
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/cms/login/**")
        page.goto(edit)
        assert "/cms/login/" in page.url


def test_a_time_is_typed_into_the_browsers_own_field_and_kept(office: Office) -> None:
    with visit(office, "ann") as page:
        page.goto(f"/cms/pages/{office.page_id}/edit/")
        assert page.locator("[name=next_review]").get_attribute("type") == "date"
        page.get_by_role("button", name="Toggle status").click()
        page.get_by_role("button", name="Set schedule").click()
        page.locator("[name=go_live_at]").fill("2031-01-02T03:04")
        page.get_by_role("button", name="Save schedule").click()
        page.wait_for_load_state("networkidle")
        page.reload()
        assert page.locator("[name=go_live_at]").input_value() == "2031-01-02T03:04"
        assert refused(page) == []


def test_a_stranger_sees_the_door_and_no_more(office: Office) -> None:
    with visit(office) as page:
        assert page.get_by_role("heading", name="Sign in to write education pages").is_visible()
        sign_in(page, office.people["ann"], "not the password")
        page.get_by_role("heading", name="There is a problem").wait_for()
        assert page.get_by_label("Email").input_value() == office.people["ann"]
        assert refused(page) == []
        assert page.evaluate("document.cookie") == ""
