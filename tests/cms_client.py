"""The editors' process inside a test: its URLs, middleware, cookies and keys, and its role in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import clear_url_caches

from tests.database import as_owner
from titration.models.database_roles import CMS, WEB

# What the editors' process has set in another way than the portal, and what a test may have of it.
CHANGED = (
    "ACCESS_REGISTRY", "ACCOUNT_ADAPTER", "AUTHENTICATION_BACKENDS", "CACHES", "CONTENT_SECURITY_POLICY", "CSRF_COOKIE_NAME", "DATABASE_ROLE",
    "DATA_UPLOAD_MAX_MEMORY_SIZE", "DATA_UPLOAD_MAX_NUMBER_FIELDS", "LOGIN_REDIRECT_URL", "LOGIN_URL", "MIDDLEWARE",
    "ROOT_URLCONF", "SECRET_KEY", "SESSION_COOKIE_NAME", "SESSION_ENGINE", "TEMPLATES", "WAGTAIL_DATETIME_FORMAT",
    "WAGTAILADMIN_LOGIN_URL",
    "X_FRAME_OPTIONS",
)  # fmt: skip
PASSWORD = "correct horse battery"


@contextmanager
def as_cms() -> Iterator[None]:
    """Do the block as the role of the editors' process; be the web role again afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {CMS}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {WEB}")


def editor(name: str, *groups: str, role: str = "editor", **fields: Any) -> Any:
    """An account with the groups of those names; its address is the name in lower case."""
    from baclofen_portal.accounts.models import User

    with as_owner():
        person = User.objects.create_user(
            email=f"{name.lower().replace(' ', '.')}@editors.example", password=PASSWORD, name=name, role=role, **fields
        )
        person.groups.set(Group.objects.filter(name__in=groups))
    return person


def signed_in(person: Any) -> Client:
    """A browser in which this person has signed in at the page for it."""
    client = Client()
    response = client.post("/cms/login/", {"login": person.email, "password": PASSWORD})
    assert response.status_code == 302, "the sign-in was refused"
    return client


@pytest.fixture
def cms(db: None, settings: Any) -> Iterator[None]:
    """Requests of this test are answered by the editors' process, and every statement is one of its role."""
    theirs = import_module("baclofen_portal.cms.settings")
    for name in CHANGED:
        setattr(settings, name, getattr(theirs, name))
    clear_url_caches()
    with as_cms():
        yield
    clear_url_caches()
