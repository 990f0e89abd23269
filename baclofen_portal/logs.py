"""What is written to the log: request ids and names of views, never what a person typed."""

from typing import Any


def config(level: str) -> dict[str, Any]:
    """The setting LOGGING. ``level``: the least severe that is written."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "baclofen_portal.request_id.RequestIdFilter"},
            "no_tokens": {"()": "baclofen_portal.no_tokens.NoTokens"},
            "held_is_no_failure": {"()": "baclofen_portal.busy.HeldIsNoFailure"},
        },
        "loggers": {"django.request": {"filters": ["held_is_no_failure"]}},
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id", "no_tokens"]}
        },
        "root": {"handlers": ["stderr"], "level": level},
    }
