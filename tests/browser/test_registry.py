"""The list of pages is complete: no page of the portal escapes the rules."""

from baclofen_portal.access import ACCESS
from tests.browser.not_pages import NOT_PAGES
from tests.browser.pages import PAGES
from tests.browser.people_pages import ENDING


def test_every_url_name_is_a_page_or_says_why_not() -> None:
    open_names = {name for name, rule in ACCESS.items() if not rule.closed}
    assert set(PAGES) | set(NOT_PAGES) == open_names
    assert not set(PAGES) & set(NOT_PAGES)


def test_pages_about_one_patient_are_those_of_the_registry() -> None:
    assert {name for name, page in PAGES.items() if page.single} == {
        name for name, rule in ACCESS.items() if rule.subject and not rule.closed and name not in NOT_PAGES
    }


def test_every_page_has_its_states() -> None:
    for name, page in PAGES.items():
        assert "full" in page.states, name
        posts = "POST" in ACCESS[name].allowed
        if posts and name not in ("account_logout", "ways_remove", *ENDING):
            assert "error" in page.states, f"{name} takes a form: show it with its errors."
