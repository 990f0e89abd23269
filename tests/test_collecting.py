"""Static files are collected when one has changed, and only then."""

import os
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command


@pytest.fixture
def sources(settings: Any, tmp_path: Any) -> Any:
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "a.css").write_text("a {}")
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return folder


def collected(**options: Any) -> str:
    out = StringIO()
    call_command("collectstatic", interactive=False, stdout=out, **options)
    return out.getvalue()


def test_what_has_not_changed_is_not_collected_again(sources: Any) -> None:
    assert "1 static file" in collected()
    assert "No static file has changed" in collected()


def test_what_has_changed_is_collected(sources: Any, settings: Any) -> None:
    collected()
    (sources / "a.css").write_text("a { color: red }")
    os.utime(sources / "a.css", (2_000_000_000, 2_000_000_000))  # Django copies what is newer by a second
    (sources / "b.css").write_text("b {}")
    assert "2 static files" in collected()
    assert (settings.STATIC_ROOT / "a.css").read_text() == "a { color: red }"


def test_a_directory_that_is_gone_and_a_rehearsal_are_no_reason_to_skip(sources: Any, settings: Any) -> None:
    collected(dry_run=True)
    assert "1 static file" in collected()
    for path in settings.STATIC_ROOT.iterdir():
        path.unlink()
    settings.STATIC_ROOT.rmdir()
    assert "1 static file" in collected()
