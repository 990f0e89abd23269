"""The form that a page is edited with: sending it for a check is refused while something stops it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminPageForm

from education.page_checks import Draft, stopping

SENDING = ("action-submit", "action-restart-workflow")


class LearnPageForm(WagtailAdminPageForm):
    """A draft may be unfinished; what is sent for a check may not. Nothing that was typed is lost by a refusal."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A draft of a page that was taken down is kept in its own row, its address too: nothing would know the one that
        # readers had, which is on their paper and in what they have read.
        if not self.instance.live and "slug" in self.fields and (had := self.instance.live_slug()):
            self.fields["slug"].disabled = True
            self.initial["slug"] = had

    @property
    def is_sent(self) -> bool:
        return any(self.data.get(name) for name in SENDING)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.is_sent and not self.errors:
            for one in stopping(self._draft(cleaned), today=timezone.localdate()):
                self.add_error(None, ValidationError(str(one)))
        return cleaned

    def _draft(self, cleaned: dict[str, Any]) -> Draft:
        return Draft(
            title=cleaned.get("title") or "",
            summary=cleaned.get("summary") or "",
            slug=cleaned.get("slug") or "",
            body=cleaned.get("body"),
            next_review=cleaned.get("next_review"),
            live_slug=self.instance.live_slug(),
            expire_at=cleaned.get("expire_at"),
        )
