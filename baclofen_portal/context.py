"""What every page knows: its private name, whose clinic it is, and whether the people on it are invented."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from titration.selectors import installation


@dataclass
class PortalContext:
    """Read lazily: a page that shows none of it pays no query."""

    user: Any

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


def portal(request: Any) -> dict[str, Any]:
    return {"portal": PortalContext(user=getattr(request, "user", None))}
