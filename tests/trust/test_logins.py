"""Production has one login for each role: that of the web process can become nobody else, and migrations have their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.test import Client

from baclofen_portal import checks, env, roles
from tests import world as w
from titration.models.database_roles import OWNER, WEB, as_role

pytestmark = [pytest.mark.hazard("H38"), pytest.mark.bar("B-09"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def of_web_only() -> Iterator[dict[str, Any]]:
    """Connect as a login that may take the role of the web process only; gives the login that it was before."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    name = f"{connection.settings_dict['NAME']}_web"
    with as_role(None), connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {name}")
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'of-a-test' IN ROLE {WEB}")
    connection.close()
    connection.settings_dict.update(USER=name, PASSWORD="of-a-test")
    yield {**before, "OPTIONS": {}}
    connection.close()
    connection.settings_dict.update(before)
    with as_role(None), connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE {name}")


def session() -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user, current_user")
        return cursor.fetchone()


def warnings(settings: Any) -> list[str]:
    settings.PRODUCTION = True
    return [one.msg for one in checks.the_login_has_one_role(None, ["default"])]


def test_the_login_of_a_trial_is_warned_of(settings):
    [said] = warnings(settings)
    for power in ("CREATEROLE", "app_owner", "app_resolver", "app_worker"):
        assert power in said
    settings.PRODUCTION = False
    assert checks.the_login_has_one_role(None, ["default"]) == []


def test_a_login_of_the_web_alone_serves_and_becomes_nobody_else(world, of_web_only, settings):
    assert session() == (connection.settings_dict["USER"], WEB)
    assert warnings(settings) == []
    client = Client()
    assert client.post("/accounts/login/", {"login": "ann@example.test", "password": w.PASSWORD}).status_code == 302
    assert client.get(f"/patients/{world.alder.pk}/").status_code == 200
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(f"SELECT set_config('role', '{OWNER}', false)")


def test_migrations_have_a_login_of_their_own(of_web_only, settings):
    settings.MIGRATING_LOGIN = of_web_only
    with roles.migrating_login(), as_role(OWNER, job="migrate"):
        assert session() == (of_web_only["USER"], OWNER)
    call_command("migrate", verbosity=0)
    assert session() == (connection.settings_dict["USER"], WEB)
    assert connection.settings_dict["USER"].endswith("_web")
    settings.MIGRATING_LOGIN = None
    with pytest.raises(ProgrammingError, match=r"permission denied|admin option"):
        call_command("migrate", verbosity=0)


def test_a_url_that_cannot_be_read_is_called_by_its_name():
    with pytest.raises(env.ImproperlyConfigured, match="MIGRATE_DATABASE_URL cannot be read"):
        env.database("no=such=thing", "MIGRATE_DATABASE_URL")


@pytest.mark.parametrize("url", ["", "postgresql://web@localhost/other"])
def test_migrations_of_another_database_than_that_of_the_portal_stop_the_start(url):
    away = {"DATABASE_URL": url, "MIGRATE_DATABASE_URL": "postgresql://owner@localhost/portal"}
    started = subprocess.run(
        [sys.executable, "-c", "import baclofen_portal.settings"],
        env={**os.environ, **away},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode
    assert "MIGRATE_DATABASE_URL is another login for the database of DATABASE_URL" in started.stderr
