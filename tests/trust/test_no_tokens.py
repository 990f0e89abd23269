"""The secret part of a link is in no line of the log, whatever writes it."""

import logging

import pytest
from django.conf import settings

from baclofen_portal.no_tokens import NoTokens
from titration.models.invitations import new_token

pytestmark = [pytest.mark.bar("B-26"), pytest.mark.bar("B-54"), pytest.mark.hazard("H38")]


def line(message: str, *args: object, failed: BaseException | None = None) -> str:
    """What the handler of the portal writes."""
    info = (type(failed), failed, None) if failed is not None else None
    record = logging.LogRecord("django.request", logging.WARNING, "x.py", 1, message, args, info)
    assert NoTokens().filter(record)
    return logging.Formatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("message", "rest"),
    [("Not Found: %s", ("/join/{}/",)), ("%s (%s): %s", ("Forbidden", "no token", "http://x.test/join/{}/?a=1"))],
)
def test_a_line_about_a_link_does_not_name_it(message: str, rest: tuple[str, ...]):
    token = new_token()
    written = line(message, *(one.format(token) for one in rest))
    assert token not in written
    assert "/join/..." in written


def test_a_failure_on_the_page_of_a_link_does_not_name_it():
    token = new_token()
    written = line("Internal Server Error", failed=RuntimeError(f"refused /join/{token}/"))
    assert token not in written
    assert "RuntimeError: refused /join/.../" in written


def test_other_lines_stay_as_they_are():
    assert line("Not Found: %s", "/patients/1/joined/") == "Not Found: /patients/1/joined/"
    assert line("100 % done") == "100 % done"


def test_every_handler_of_the_portal_leaves_links_out():
    handlers = settings.LOGGING["handlers"]
    assert handlers
    assert all("no_tokens" in one["filters"] for one in handlers.values())
