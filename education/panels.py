"""What the editor of a page shows beside its fields."""

from typing import Any

from django.utils import timezone
from wagtail.admin.panels import Panel

from education.page_checks import findings


class ChecksPanel(Panel):
    """What would stop the saved draft, and what would make it better."""

    @property
    def clean_name(self) -> str:
        return "checks"

    class BoundPanel(Panel.BoundPanel):
        template_name = "education/editor/checks_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            context = super().get_context_data(parent_context)
            page = self.instance
            found = findings(page.draft(), today=timezone.localdate()) if page.pk else []
            return {
                **context,
                "page": page,
                "stops": [one for one in found if one.stops],
                "advice": [one for one in found if not one.stops],
            }
