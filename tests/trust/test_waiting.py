"""Who waits for whom: reads wait for nobody, a batch locks in order, and a request that waits too long says so."""

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from baclofen_portal import env
from tests import world as w
from tests.database import as_owner
from tests.titration.views.ordering import signed_in, url
from titration.models import Flag, PatientFact
from titration.services import flags

pytestmark = [pytest.mark.bar("B-31"), pytest.mark.hazard("H38"), pytest.mark.django_db]

WRITES = re.compile(r'^(INSERT INTO|UPDATE) "?titration_(?!auditevent)')


@pytest.fixture
def other() -> Iterator[psycopg.Connection[Any]]:
    """Somebody else, on a connection of their own to the same database."""
    parameters = {**connection.get_connection_params(), "cursor_factory": psycopg.Cursor}
    for ours in ("context", "prepare_threshold", "assume_role"):
        parameters.pop(ours, None)
    with psycopg.connect(**parameters) as somebody:
        yield somebody
        somebody.rollback()


def hold(somebody: psycopg.Connection[Any], patient: Any) -> None:
    """Have somebody else lock a patient whom this test, which is one transaction, has not locked before."""
    asked = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    assert somebody.execute(asked, [f"patient:{patient.pk}"]).fetchone() == (True,)


def sent(captured: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in captured]


def place(statements: list[str], pattern: str) -> int:
    """Where the first statement stands that matches; -1 when none does."""
    return next((number for number, one in enumerate(statements) if re.search(pattern, one)), -1)


# --- a chart that is opened ---------------------------------------------------------------------------------------------


@pytest.fixture
def overdue(world):
    """Alder has a plan without any kidney result: opening the chart raises flags that no service has raised."""
    w.start(world, world.alder, by=world.ann, days_ago=40)
    with as_owner():
        Flag.objects.filter(patient=world.alder.pk).update(
            status="closed", closed_at=w.NOW, closed_code="by_rule", closed_because="By hand"
        )
    return world


def open_flags(world) -> int:
    with as_owner():
        return Flag.objects.open().filter(patient=world.alder.pk).count()


def test_a_chart_with_news_writes_it_under_the_lock_and_the_next_one_takes_none(overdue):
    ann, chart = signed_in(overdue.ann), url("patients:chart", overdue.alder)
    with CaptureQueriesContext(connection) as first:
        assert ann.get(chart).status_code == 200
    statements = sent(first)
    assert 0 <= place(statements, "pg_try_advisory_xact_lock") < place(statements, WRITES.pattern)
    assert open_flags(overdue) > 0
    with CaptureQueriesContext(connection) as second:
        assert ann.get(chart).status_code == 200
    assert place(sent(second), "advisory") == -1
    assert place(sent(second), WRITES.pattern) == -1


def test_what_is_written_on_a_read_is_read_again_under_the_lock(overdue, monkeypatch):
    """Between the reading and the lock somebody else may have raised the same flag or ended the plan."""
    chart = url("patients:chart", overdue.alder)
    seen = []

    def locked(key: Any) -> bool:
        seen.append(key)
        with as_owner():
            plan = overdue.alder.plans.get()
            type(plan).objects.filter(pk=plan.pk).update(
                status="ended", ended_on="2026-11-01", ended_by=overdue.ann, reassess_at=None
            )
        return True

    monkeypatch.setattr(flags, "try_lock_patient", locked)
    assert signed_in(overdue.ann).get(chart).status_code == 200
    assert seen == [overdue.alder.pk]
    assert open_flags(overdue) == 0


def test_a_chart_opens_while_somebody_is_saving_to_it_and_writes_nothing(overdue, monkeypatch):
    monkeypatch.setattr(flags, "try_lock_patient", lambda key: False)
    with CaptureQueriesContext(connection) as captured:
        answer = signed_in(overdue.ann).get(url("patients:chart", overdue.alder))
    assert answer.status_code == 200
    assert place(sent(captured), WRITES.pattern) == -1
    assert open_flags(overdue) == 0


# --- a form that is sent ------------------------------------------------------------------------------------------------


def weigh(client: Client, patient: Any) -> Any:
    day = {"on_date_day": "1", "on_date_month": "11", "on_date_year": "2026"}
    return client.post(url("patients:fact_add", patient, kind="weight_kg"), {"number": "70.5", **day})


def facts() -> int:
    with as_owner():
        return PatientFact.objects.count()


def test_a_form_that_waits_too_long_is_answered_503_and_saves_nothing(world, other):
    hold(other, world.alder)
    ann = signed_in(world.ann)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '1ms'")
    answer = weigh(ann, world.alder)
    assert answer.status_code == 503
    assert "Someone else is saving here" in answer.text
    assert "Nothing was saved." in answer.text
    assert "then try again" in answer.text
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert facts() == 0
    other.rollback()
    assert weigh(ann, world.alder).status_code == 302
    assert facts() == 1


@pytest.mark.parametrize(("state", "status"), [("55P03", 503), ("40P01", 503)])
def test_a_lock_that_is_refused_in_the_middle_of_a_page_is_the_same(world, monkeypatch, state, status):
    def refuse(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")

    monkeypatch.setattr("titration.views.facts.service.add_fact", refuse)
    assert weigh(signed_in(world.ann), world.alder).status_code == status


def test_any_other_failure_of_the_database_is_not_called_somebody_else(world, monkeypatch):
    def fail(key: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '57014'; END $$")

    monkeypatch.setattr("baclofen_portal.middleware.lock_patient", fail)
    with pytest.raises(OperationalError, match="no"):
        weigh(signed_in(world.ann), world.alder)


# --- anywhere else in a request -----------------------------------------------------------------------------------------


def held(*args: Any, **kwargs: Any) -> None:
    """What PostgreSQL answers to who has waited for the lock of somebody else for too long."""
    with transaction.atomic(), connection.cursor() as cursor:  # the test's own transaction goes on
        cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '55P03'; END $$")


IN_THE_WAY = [
    ("titration.services.audit.write_page", "/patients/", "as ann"),
    ("titration.services.audit.write_denial", "/patients/00000000-0000-4000-8000-000000000000/", "as ann"),
    ("django.contrib.sessions.backends.db.SessionStore.load", "/worklist/", "as ann"),
    ("django.contrib.sessions.backends.db.SessionStore.load", "/accounts/login/", "as ann"),
    ("baclofen_portal.accounts.models.UserManager.get_queryset", "/worklist/", "as ann"),
    ("titration.selectors.worklist.rows", "/worklist/", "as ann"),
    ("titration.services.audit.write_refused_sign_in", "/accounts/login/", "signed out"),
]


@pytest.mark.parametrize(("where", "address", "who"), IN_THE_WAY)
def test_wherever_somebody_is_in_the_way_the_answer_is_a_neutral_503(world, monkeypatch, caplog, where, address, who):
    client = Client(raise_request_exception=False)
    if who == "as ann":
        client.force_login(world.ann)
    monkeypatch.setattr(where, held)
    caplog.clear()
    if who == "as ann":
        answer = client.get(address)
    else:
        answer = client.post(address, {"login": "ann@example.test", "password": "wrong"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "The portal is busy" in answer.text
    assert "Nothing was saved." in answer.text
    assert "chart" not in answer.text
    assert [one.getMessage() for one in caplog.records if one.exc_info] == []


def test_the_audit_of_a_chart_that_waits_in_vain_names_the_chart(world, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(world.ann)
    monkeypatch.setattr("titration.services.audit.write_page", held)
    answer = weigh(client, world.alder)
    assert answer.status_code == 503
    assert "Someone else is saving here" in answer.text
    assert facts() == 0


def test_what_was_saved_before_the_answer_failed_is_not_called_not_saved(world, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(world.ann)
    monkeypatch.setattr("django.contrib.messages.middleware.MessageMiddleware.process_response", held)
    answer = weigh(client, world.alder)
    assert answer.status_code == 503
    assert "Look before you send it again" in answer.text
    assert "Nothing was saved" not in answer.text
    assert facts() == 1


def test_another_failure_outside_a_view_is_still_ours(world, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(world.ann)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("the server is gone")

    monkeypatch.setattr("titration.services.audit.write_page", fail)
    answer = client.get("/patients/")
    assert answer.status_code == 500


def test_connections_of_the_web_have_limits(other):
    """As the settings make them; the tests themselves run without, because a busy machine is no failure."""
    assert settings.DATABASE_LIMITS == {
        "lock_timeout": 5, "statement_timeout": 20, "idle_in_transaction_session_timeout": 60
    }  # fmt: skip
    limits = " ".join(f"-c {name}={seconds}s" for name, seconds in settings.DATABASE_LIMITS.items())
    with psycopg.connect(other.info.dsn, options=limits, password=other.info.password or None) as fresh:
        shown = [fresh.execute(f"SHOW {name}").fetchone() for name in settings.DATABASE_LIMITS]
    assert shown == [("5s",), ("20s",), ("1min",)]


@pytest.mark.parametrize("value", ["", "-1", "1.5", "5s", "٣", "86401"])
def test_a_limit_that_cannot_be_read_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("PORTAL_LOCK_SECONDS", value)
    with pytest.raises(env.ImproperlyConfigured, match="PORTAL_LOCK_SECONDS"):
        env.seconds("PORTAL_LOCK_SECONDS", 5)
    monkeypatch.setenv("PORTAL_LOCK_SECONDS", "0")
    assert env.seconds("PORTAL_LOCK_SECONDS", 5) == 0
