"""Every test runs as the web role of the database, so that row-level security is felt; the network is closed."""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connection

from titration.models.database_roles import WEB

# A busy machine is not a failure: no test has a time limit of its own.
hypothesis.settings.register_profile("portal", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("portal")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser driver runs an event loop beside the tests


def pytest_configure(config: pytest.Config) -> None:
    from django.test import TransactionTestCase

    flush = TransactionTestCase._fixture_teardown

    def flush_as_owner(self: Any) -> None:
        from tests.database import as_owner

        with as_owner():
            flush(self)

    TransactionTestCase._fixture_teardown = flush_as_owner  # the web role may not truncate


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database is made by the login itself; migrations take the owner's role by themselves."""
    connection.settings_dict["OPTIONS"].pop("assume_role", None)
    connection.settings_dict["OPTIONS"].pop("options", None)  # no limits of time: see above


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["OPTIONS"]["assume_role"] = WEB
    yield
    with django_db_blocker.unblock():
        connection.close()
        connection.settings_dict["OPTIONS"].pop("assume_role", None)
        with (
            connection.cursor() as cursor
        ):  # a session that a test left open would keep the database from being dropped
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()


@pytest.fixture
def world(db: None) -> Any:
    """The people of tests/world.py."""
    from tests.world import make_world

    return make_world()


@pytest.fixture(autouse=True)
def quick_settings(settings: Any) -> None:
    """Tests read static files where they lie, and hash passwords quickly; the real server does neither."""
    settings.WHITENOISE_AUTOREFRESH = True
    settings.WHITENOISE_USE_FINDERS = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def nothing_remembered(request: pytest.FixtureRequest) -> None:
    """Rate limits of one test do not count for the next."""
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        request.getfixturevalue("db" if "db" in request.fixturenames else "transactional_db")
        cache.clear()
