"""What nobody may do with an education page by themselves, whatever the groups are given."""

from typing import Any

from wagtail.models import Page
from wagtail.models.pages import PagePermissionTester


class TwoPeopleRights(PagePermissionTester):
    """Pages go live through two approvals and come down with a reason: both have pages of their own.

    So nobody publishes, unpublishes, deletes, copies, moves, hides, reorders or unschedules a page in the ways that
    the library offers for that.
    """

    def can_publish(self) -> bool:
        return False

    def can_publish_subpage(self) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_copy_to(self, destination: Page, recursive: bool = False) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_move_to(self, destination: Page) -> bool:
        return False

    def can_reorder_children(self) -> bool:
        return False

    def can_unschedule(self) -> bool:
        return False

    def can_set_view_restrictions(self) -> bool:
        return False


class HubRights(TwoPeopleRights):
    """The hub itself has nothing that is edited: its list is made of the pages."""

    def can_edit(self) -> bool:
        return False

    def can_submit_for_moderation(self) -> bool:
        return False


class TwoPeopleMixin:
    """A page whose rights are those above."""

    rights: type[TwoPeopleRights] = TwoPeopleRights

    def permissions_for_user(self, user: Any) -> TwoPeopleRights:
        return self.rights(user, self)
