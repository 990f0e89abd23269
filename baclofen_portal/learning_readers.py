"""Who reads the education pages, and which clinic they can call (``education/ports.py``)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse

from baclofen_portal.context import PortalContext
from titration.models.actors import set_actor


@dataclass
class Around:
    """Read lazily, as the portal's own context is: a page that names no clinic asks for none."""

    request: Any

    @property
    def private_name(self) -> str:
        return self._portal.private_name

    @property
    def home_url(self) -> str:
        return reverse("home")

    @property
    def help_url(self) -> str:
        return reverse("help")

    @property
    def back_words(self) -> str:
        user = self.request.user
        if not user.is_authenticated:
            return ""
        return "Back to your doses" if user.is_patient else "Back to the portal"

    @property
    def is_staff(self) -> bool:
        user = self.request.user
        return bool(user.is_authenticated and not user.is_patient)

    @property
    def is_demo(self) -> bool:
        return self._portal.is_demo

    @property
    def country(self) -> str:
        return self._clinic.jurisdiction if self._clinic else ""

    def clinic_in(self, country: str) -> Any:
        return self._clinic if self.country == country else None

    @cached_property
    def _portal(self) -> PortalContext:
        return PortalContext(user=self.request.user)

    @cached_property
    def _clinic(self) -> Any:
        """These pages are open to everybody, so nobody has told the database who asks: a patient's own clinic is not in
        sight before."""
        if self.request.user.is_authenticated and self.request.user.is_patient:
            set_actor(self.request.user.pk)
        return self._portal.organisation


def around(request: Any) -> Around:
    return Around(request)
