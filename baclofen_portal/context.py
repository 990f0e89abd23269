"""What every page knows: its private name, whose clinic it is, whether its people are invented, whether the watch looks."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.conf import settings

from baclofen_portal.access import STAFF
from titration.models.actors import LastLook
from titration.presenters.watch import is_silent, silence_words
from titration.selectors import installation


@dataclass
class PortalContext:
    """Read lazily: a page that shows none of it pays no query."""

    user: Any
    last_look: LastLook | None = None  # None on pages that ask nothing in the name of a person

    private_name: str = ""

    def __post_init__(self) -> None:
        self.private_name = settings.PRIVATE_SERVICE_NAME

    @cached_property
    def is_demo(self) -> bool:
        return installation.is_demo()

    @cached_property
    def organisation(self) -> Any:
        """The clinic of the signed-in person; signed-out pages use the setting PUBLIC_ORGANISATION."""
        if self.user is not None and self.user.is_authenticated:
            return installation.organisation_of(self.user)
        return installation.organisation_named(settings.PUBLIC_ORGANISATION)

    @cached_property
    def silence_words(self) -> str:
        """Since when nobody has looked at what time alone changes; empty while the watch looks."""
        limit = timedelta(seconds=settings.WATCH_SILENT_SECONDS)
        if self.last_look is None or self.user.role not in STAFF or not is_silent(self.last_look, limit):
            return ""
        return silence_words(self.last_look, limit, self.organisation.time_zone if self.organisation else "UTC")


def portal(request: Any) -> dict[str, Any]:
    context = PortalContext(user=getattr(request, "user", None), last_look=getattr(request, "last_look", None))
    return {"portal": context}
