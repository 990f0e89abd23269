"""Which version of each page is live, for who compares it with what was read."""

from typing import Any

from education.selectors.pages import live_pages


def live_versions() -> list[dict[str, Any]]:
    """What a list of pages shows of each, with ``live_revision_id`` (None for one that was put live without a version) and
    ``safety_critical``."""
    return list(live_pages().values("pk", "slug", "title", "summary", "kind", "safety_critical", "live_revision_id"))
