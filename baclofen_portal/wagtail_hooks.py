"""What the menus of Wagtail's admin leave out: what is closed here, and what leads out of the house."""

from typing import Any

from django.urls import Resolver404, resolve
from wagtail import hooks

from baclofen_portal.cms.access import CLOSED, rule_of


def _is_open(item: Any) -> bool:
    """Whether a menu item opens a menu or a page of this process that is not closed."""
    address = getattr(item, "url", "") or "#"
    if address.startswith("#"):
        return True
    try:
        return rule_of(resolve(address.split("?")[0])) != CLOSED
    except Resolver404:
        return False


@hooks.register("construct_main_menu")
@hooks.register("construct_settings_menu")
@hooks.register("construct_reports_menu")
@hooks.register("construct_help_menu")
def only_what_is_open(request: Any, items: list[Any]) -> None:
    items[:] = [item for item in items if _is_open(item)]
