"""What the pages of the editors' process know: its name, and whether the database holds a demonstration."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from titration.selectors import installation


@dataclass
class CmsContext:
    """Read lazily: a page that shows none of it pays no query. Nothing of a clinic: this process cannot see one."""

    @property
    def private_name(self) -> str:
        return str(settings.PRIVATE_SERVICE_NAME)

    @property
    def readers(self) -> str:
        """Where readers find the pages."""
        return f"{settings.PORTAL_ADDRESS}/learn/"

    @cached_property
    def is_demo(self) -> bool:
        return installation.is_demo()


def cms(request: Any) -> dict[str, Any]:
    return {"portal": CmsContext()}
