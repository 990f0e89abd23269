"""Every page of the staff says when nobody watches, with the time of the last look, and asks no statement for it."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from baclofen_portal import env
from baclofen_portal.access import ACCESS, STAFF
from baclofen_portal.context import PortalContext
from tests import world as w
from tests.database import as_owner
from tests.titration.views.ordering import signed_in
from tests.trust import addresses
from tests.trust.marked_world import Marked
from titration.models import Watchbeat
from titration.models.actors import LastLook, last_look
from titration.presenters.watch import is_silent, silence_words
from titration.services.heartbeat import beat
from titration.services.reassessment import Looked

pytestmark = [pytest.mark.bar("B-42"), pytest.mark.hazard("H25"), pytest.mark.django_db]

SILENT = "The watch has been silent since"
CLINIC = ZoneInfo("America/New_York")
# Pages of the staff that are opened, not sent.
PAGES = sorted(
    name
    for name, rule in ACCESS.items()
    if "GET" in rule.allowed
    and set(rule.roles) & set(STAFF)
    and not rule.public
    and not rule.closed
    and not name.endswith("_file")
    and name not in ("ways_add", "ways_remove")  # answered only to who has just signed in; "ways" has the same frame
)


def looked(ago: timedelta) -> None:
    with as_owner():
        w.the_watch_looked(ago)


def page(marked: Marked, name: str) -> str:
    keys = marked.keys["aspen" if name == "plans:start" else "alder"]
    answer = signed_in(marked.world.ann).get(addresses.address(name, patient=keys, child=keys), follow=True)
    assert answer.status_code == 200, name
    return answer.text


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_the_staff_says_that_the_watch_is_silent(name: str, marked: Marked):
    looked(timedelta(seconds=119))
    assert "The watch" not in page(marked, name)
    looked(timedelta(seconds=121))
    text = page(marked, name)
    assert SILENT in text
    assert "Flags may be out of date." in text
    assert re.search(r'role="alert"><p class="notice__title">The watch', text)


def test_the_pages_of_who_prescribes_nothing_say_it_as_well(marked: Marked):
    looked(timedelta(minutes=3))
    for name in ("edith", "ada"):
        assert SILENT in signed_in(marked.world.people[name]).get(reverse("home")).text


def test_the_pages_of_patients_are_not_for_it():
    long_ago = LastLook(datetime(2026, 11, 22, tzinfo=UTC), timedelta(days=1))
    assert PortalContext(user=SimpleNamespace(role="patient"), last_look=long_ago).silence_words == ""


@pytest.mark.parametrize("name", ["account_login", "help"])
def test_a_page_for_everybody_says_nothing_of_the_watch(name: str, marked: Marked, client):
    looked(timedelta(minutes=3))
    assert "The watch" not in client.get(reverse(name)).text


def test_a_watch_that_never_looked_is_silent(marked: Marked):
    with as_owner():
        Watchbeat.objects.all().delete()
    assert "The watch has not looked yet." in page(marked, "worklist")
    assert last_look() == LastLook(None, None)


def test_the_time_of_the_last_look_is_on_the_clock_of_the_clinic(marked: Marked):
    looked(timedelta(minutes=3))
    at, _ = last_look()
    assert f"{at.astimezone(CLINIC):%H:%M}." in re.sub(
        r"<[^>]+>", "", page(marked, "worklist").partition(SILENT)[2][:300]
    )


def test_the_words_carry_the_date_unless_it_is_today():
    at, limit = datetime(2026, 11, 22, 19, 2, tzinfo=UTC), timedelta(seconds=120)
    said = {
        timedelta(seconds=120): "",
        timedelta(seconds=121): "The watch has been silent since 14:02.",
        timedelta(hours=9, minutes=57): "The watch has been silent since 14:02.",
        timedelta(hours=10): "The watch has been silent since 22-Nov-2026 14:02.",
    }
    assert {age: silence_words(LastLook(at, age), limit, "America/New_York") for age in said} == said


def test_a_look_ends_the_silence(marked: Marked):
    looked(timedelta(days=2))
    assert SILENT in page(marked, "worklist")
    with as_owner():
        beat(Looked(plans=7, raised=2, closed=1))
    assert "The watch" not in page(marked, "worklist")
    with as_owner():
        row = Watchbeat.objects.values("plans", "raised", "closed", "stuck").get()
    assert row == {"plans": 7, "raised": 2, "closed": 1, "stuck": 0}


@pytest.mark.bar("B-49")
def test_a_page_costs_no_statement_more_to_know_it(marked: Marked):
    ann = signed_in(marked.world.ann)
    ann.get(reverse("worklist"))
    with CaptureQueriesContext(connection) as captured:
        ann.get(reverse("worklist"))
    asked = [one["sql"] for one in captured if "titration_watchbeat" in one["sql"]]
    assert len(asked) == 1
    assert "set_config('app.actor'" in asked[0]


def test_nobody_on_the_web_writes_the_heartbeat(marked: Marked):
    refused = pytest.raises(Exception, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE titration_watchbeat SET finished_at = now()")


def test_the_probe_tells_a_monitor_and_stays_ready(marked: Marked, client):
    looked(timedelta(seconds=119))
    assert client.get("/readyz").json() == {"status": "ok", "watch": "ok"}
    looked(timedelta(seconds=121))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "watch": "silent"})


@pytest.mark.parametrize("value", ["0", "9", "-1", "", "86401"])
def test_a_limit_that_would_hide_the_silence_stops_the_start(monkeypatch, value: str):
    monkeypatch.setenv("PORTAL_WATCH_SILENT_SECONDS", value)
    with pytest.raises(env.ImproperlyConfigured, match="from 10 to 86400"):
        env.seconds("PORTAL_WATCH_SILENT_SECONDS", 120, least=10)


def test_silence_begins_after_the_limit():
    limit = timedelta(seconds=120)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert [is_silent(LastLook(at, timedelta(seconds=age)), limit) for age in (-5, 0, 120, 121)] == [
        False, False, False, True
    ]  # fmt: skip
