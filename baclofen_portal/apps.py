"""The project as an application: its checks and its commands."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "baclofen_portal"
    label = "portal"

    def ready(self) -> None:
        from baclofen_portal import checks  # noqa: F401  registers the system checks
