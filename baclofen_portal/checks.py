"""System checks of the project: the access registry is complete, and production is not a demonstration."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core import checks
from django.urls import get_resolver

from baclofen_portal.roles import powers_of_login


@checks.register(checks.Tags.security)
def every_url_has_a_rule(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A URL that nobody classified is answered 404; this check says so before anybody visits it."""
    registry = import_module(settings.ACCESS_REGISTRY)
    rules = registry.ACCESS
    file = f"{settings.ACCESS_REGISTRY.replace('.', '/')}.py"
    names = list(registry.url_keys(get_resolver()))
    found: list[checks.CheckMessage] = [
        checks.Error(
            f"The URL {pattern!r} has {'the name ' + repr(name) + ' and no' if name else 'no name and so no'} access rule.",
            hint=f"Give it a name and an entry in {file}.",
            id="access.E001",
        )
        for name, pattern in names
        if name is None or name not in rules
    ]
    known = {name for name, _ in names}
    found += [
        checks.Error(
            f"The access rule {name!r} belongs to no URL.",
            hint=f"Remove it from {file}.",
            id="access.E002",
        )
        for name in rules
        if name not in known
    ]
    return found


@checks.register(checks.Tags.security, deploy=True)
def proxies_are_counted(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Behind a proxy that nobody told of, everybody has one address, and one stranger uses up the tries of all."""
    if not settings.PRODUCTION or settings.PROXIES is not None:
        return []
    return [
        checks.Warning(
            "PORTAL_PROXIES is not set, so limits of sign-in count everybody behind a proxy as one address.",
            hint="Set it to the number of proxies in front of the portal that add to X-Forwarded-For; 0 when there is none.",
            id="portal.W001",
        )
    ]


@checks.register(checks.Tags.database, deploy=True)
def the_login_has_one_role(app_configs: Any, databases: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A process whose login may become the owner is kept from it by nothing but its own code."""
    if not settings.PRODUCTION or not databases:
        return []
    found = powers_of_login()
    if not found:
        return []
    return [
        checks.Warning(
            f"The login of DATABASE_URL may also use: {', '.join(found)}.",
            hint=f"Give it a login that may take {settings.DATABASE_ROLE} only, and put the one that owns the database into "
            "MIGRATE_DATABASE_URL of migrate (docs/operations.md).",
            id="portal.W002",
        )
    ]


@checks.register(checks.Tags.database, deploy=True)
def pages_are_approved(app_configs: Any, databases: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """A page that readers have says on its face that no clinician has approved it; whoever deploys is told as well."""
    if not databases:
        return []
    from education.selectors.pages import not_approved

    found = not_approved()
    if not found:
        return []
    return [
        checks.Warning(
            f"Education pages are live and approved by no clinical reviewer: {', '.join(found)}.",
            hint="Send them through the content check and the clinical approval, or take them down.",
            id="portal.W003",
        )
    ]


@checks.register(checks.Tags.database, deploy=True)
def production_is_not_a_demonstration(app_configs: Any, databases: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Production settings refuse a database that was stamped as demo."""
    if not settings.PRODUCTION or not databases:
        return []
    from titration.selectors.installation import is_demo

    if not is_demo():
        return []
    return [
        checks.Error(
            "This database holds demonstration data.",
            hint="Point DATABASE_URL at a database of the clinic. Demonstration data cannot be turned into real data.",
            id="portal.E001",
        )
    ]
