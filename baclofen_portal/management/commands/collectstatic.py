"""Django's collectstatic, which does nothing when no file has changed: to compress them all takes longer than a start."""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands import collectstatic

IGNORED = ["CVS", ".*", "*~"]


def digest_of_sources() -> str:
    """What stands for the files that would be collected: their places, sizes and times, and how they are stored."""
    found = [repr(settings.STORAGES["staticfiles"])]
    for finder in get_finders():
        for path, storage in finder.list(IGNORED):
            about = Path(storage.path(path)).stat()
            found.append(f"{storage.path(path)} {about.st_size} {about.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


class Command(collectstatic.Command):
    def handle(self, **options: Any) -> str | None:
        root = Path(settings.STATIC_ROOT)
        # Beside the files, not among them: what is among them is served.
        stamp = root.with_name(f"{root.name}-collected")
        digest = digest_of_sources()
        if root.is_dir() and not options["clear"] and stamp.is_file() and stamp.read_text() == digest:
            return "No static file has changed."
        stamp.unlink(missing_ok=True)
        said = super().handle(**options)
        if not options["dry_run"]:
            stamp.write_text(digest)
        return said  # type: ignore[no-any-return]
