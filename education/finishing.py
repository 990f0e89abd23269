"""What Wagtail does when both steps are taken. It reads this while its own models are being made, so nothing is imported yet."""

from typing import Any


def publish_approved(workflow_state: Any, user: Any = None) -> None:
    """See ``education.services.publishing``."""
    from education.services import publishing

    publishing.publish_approved(workflow_state, user)
