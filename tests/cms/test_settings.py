"""The settings of the editors' process in production: nothing of the portal is taken over that would join the two."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PORTAL_PRODUCTION": "1", "DATABASE_URL": "postgresql://cms@db.example/portal", "SECRET_KEY": "p" * 50,
    "CMS_SECRET_KEY": "c" * 50, "CMS_HOSTS": "cms.example", "PORTAL_ADDRESS": "https://portal.example",
    "PORTAL_DATABASE_ROLE": "app_web",
}  # fmt: skip
SHOW = """
import json
from baclofen_portal.cms import settings as s
print(json.dumps({name: getattr(s, name, None) for name in (
    "SECRET_KEY", "ALLOWED_HOSTS", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "DATABASE_ROLE",
    "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "CACHES", "DATABASES")}))
"""


def started(tmp_path: Path, **changed: str | None) -> "subprocess.CompletedProcess[str]":
    given = {**PRODUCTION, **changed}
    own = {name: value for name, value in given.items() if value is not None}
    kept = {name: value for name, value in os.environ.items() if name not in given}
    return subprocess.run(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        env={**kept, **own, "PORTAL_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.bar("B-09")
def test_production_has_its_own_key_role_cookies_and_counters(tmp_path):
    found = json.loads(started(tmp_path).stdout)
    assert found["SECRET_KEY"] == "c" * 50
    assert found["DATABASE_ROLE"] == found["DATABASES"]["default"]["OPTIONS"]["assume_role"] == "app_cms"
    assert found["SESSION_COOKIE_NAME"] == "__Host-cms_session"
    assert found["CSRF_COOKIE_NAME"] == "__Host-cms_csrf"
    assert found["SESSION_COOKIE_SECURE"]
    assert found["SECURE_SSL_REDIRECT"]
    assert found["CACHES"]["default"]["LOCATION"] == "cms_cache"
    assert found["ALLOWED_HOSTS"] == ["cms.example", "portal.example"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        (None, "CMS_SECRET_KEY is not set"),
        ("short", "CMS_SECRET_KEY has 5 characters"),
        ("p" * 50, "CMS_SECRET_KEY is the SECRET_KEY of the portal"),
    ],
)
def test_production_starts_with_no_other_key(tmp_path, key, words):
    answer = started(tmp_path, CMS_SECRET_KEY=key)
    assert answer.returncode != 0
    assert words in answer.stderr


def test_a_trial_makes_a_key_once(tmp_path):
    trial = dict.fromkeys(PRODUCTION) | {"DATABASE_URL": PRODUCTION["DATABASE_URL"]}
    first, second = (json.loads(started(tmp_path, **trial).stdout)["SECRET_KEY"] for _ in range(2))
    assert first == second == (tmp_path / "cms-secret-key").read_text()
    assert first != (tmp_path / "secret-key").read_text()
    assert (tmp_path / "cms-secret-key").stat().st_mode & 0o077 == 0
