"""The hub and its pages, as Wagtail keeps them: live text in the row, drafts in revisions."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, PublishingPanel
from wagtail.fields import StreamField
from wagtail.locks import BaseLock, WorkflowLock
from wagtail.models import Page, TaskState
from wagtail.search import index

from education.blocks import EMERGENCY, OPTIONS, Body
from education.content_words import words_of
from education.forms import LearnPageForm
from education.models.rights import HubRights, TwoPeopleMixin
from education.page_checks import Draft
from education.panels import ChecksPanel
from education.ports import facts
from education.reading import grade, longest_sentence

PREVIEWS = (("page", "Page"), ("print", "Print"))


class PageKind(models.TextChoices):
    MEDICINE = "medicine", "The medicine"
    USE = "use", "Taking it"
    EFFECTS = "effects", "What it does to you"
    SAFETY = "safety", "Safety"
    HELP = "help", "Getting help"


class Audience(models.TextChoices):
    ADULT = "adult", "Adults who take it"
    CARER = "carer", "People who care for somebody"


class BodyField(StreamField):
    """A stream whose migrations do not name its blocks: what a block is called or helped with is no change of a table."""

    def __init__(self, block_types: Any = (), **options: Any) -> None:
        super().__init__(block_types if block_types else Body(), **options)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _, options = super().deconstruct()
        return (
            name,
            path,
            [],
            {key: value for key, value in options.items() if key not in ("block_lookup", "help_text", "default")},
        )


def starter() -> list[tuple[str, Any]]:
    """The blocks that a new page begins with: those it cannot go without."""
    empty = {"countries": [], "sources": []}
    options = [{"text": "", "right": False, "why": ""} for _ in range(OPTIONS)]
    return [
        ("stop_warning", None),
        ("key_facts", {**empty, "items": ["", ""]}),
        ("section", {**empty, "heading": "", "text": ""}),
        ("care_card", {**empty, "level": EMERGENCY, "items": [""]}),
        ("teach_back", {**empty, "question": "", "options": options}),
    ]


class ReadInPortal(Page):
    """A page whose readers are in the portal, which has another address than the editors."""

    class Meta:
        abstract = True

    def get_url_parts(self, request: Any = None) -> tuple[int, str, str]:
        parts = super().get_url_parts(request)
        return (
            parts[0] if parts else 0,
            settings.PORTAL_ADDRESS,
            f"/learn/{settings.EDUCATION_COUNTRY.lower()}/{self.place}",
        )

    @property
    def place(self) -> str:
        """The end of its address, below that of the hub."""
        return ""


class LearnHub(TwoPeopleMixin, ReadInPortal):
    """The parent of all pages."""

    rights = HubRights
    introduction = models.CharField(max_length=300, blank=True)

    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["education.LearnPage"]
    max_count = 1


class LearnPage(TwoPeopleMixin, ReadInPortal):
    """One topic for readers of all countries; blocks may be for some of them.

    ``reading_grade`` is the Flesch–Kincaid grade, ``longest_sentence`` counts words; both are worked out when a
    revision is made. ``next_review`` is at most three years after the last one.
    """

    kind = models.CharField(max_length=20, choices=PageKind.choices)
    audience = models.CharField(max_length=20, choices=Audience.choices, default=Audience.ADULT)
    summary = models.CharField(max_length=200, help_text="One sentence for the list of pages and for search.")
    body = BodyField(default=starter, help_text="The stop warning first, then the quick read.")
    safety_critical = models.BooleanField(
        default=False,
        help_text="When its review is overdue, readers see only the warning, the emergency card and the number to call.",
    )
    next_review = models.DateField(null=True, blank=True, help_text="At most three years from now.")
    reading_grade = models.DecimalField(max_digits=4, decimal_places=1, null=True, editable=False)
    longest_sentence = models.PositiveSmallIntegerField(null=True, editable=False)

    base_form_class = LearnPageForm
    content_panels: ClassVar[list[Any]] = [
        ChecksPanel(heading="Checks"),
        FieldPanel("title", help_text="What the page is about, in the words of a reader."),
        FieldPanel("summary"),
        FieldPanel("kind", help_text="The part of the list of pages that it stands in."),
        FieldPanel("audience", help_text="Who reads it."),
        FieldPanel("body"),
        FieldPanel("safety_critical"),
        FieldPanel("next_review"),
    ]
    promote_panels: ClassVar[list[Any]] = [
        FieldPanel("slug", help_text="The last part of its address. It stays as it is once readers have it.")
    ]
    settings_panels: ClassVar[list[Any]] = [PublishingPanel()]
    parent_page_types: ClassVar[list[str]] = ["education.LearnHub"]
    subpage_types: ClassVar[list[str]] = []
    search_fields: ClassVar[list[Any]] = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]

    def save_revision(self, *args: Any, **kwargs: Any) -> Any:
        """A version that was sent for a check, or that went live, is never written over: a new one is made."""
        over = kwargs.get("overwrite_revision")
        if over is not None and (over.pk == self.live_revision_id or TaskState.objects.filter(revision=over).exists()):
            kwargs["overwrite_revision"] = None
        self.measure()
        return super().save_revision(*args, **kwargs)

    def get_lock(self) -> BaseLock | None:
        """While it waits for a decision nobody changes it, not even who has locked it for themselves."""
        task = self.current_workflow_task
        return WorkflowLock(self, task) if task else super().get_lock()

    def draft(self) -> Draft:
        """What the checks look at."""
        return Draft(
            title=self.title,
            summary=self.summary,
            slug=self.slug,
            body=self.body,
            next_review=self.next_review,
            live_slug=self.live_slug(),
            expire_at=self.expire_at,
        )

    def live_slug(self) -> str:
        """The address that readers have; empty when it was never published."""
        if not self.pk:
            return ""
        found = LearnPage.objects.filter(pk=self.pk, first_published_at__isnull=False).values_list("slug", flat=True)
        return found.first() or ""

    def is_closed(self, today: date) -> bool:
        """Whether readers are kept from it: its safety was to be looked at again by a day that is past."""
        return self.safety_critical and self.is_overdue(today)

    def is_overdue(self, today: date) -> bool:
        return self.next_review is not None and self.next_review < today

    def measure(self) -> None:
        """Work out how hard the words of the page are to read."""
        words = words_of(self.title, self.summary, self.body)
        self.reading_grade = Decimal(f"{grade(words):.1f}") if words else None
        self.longest_sentence = longest_sentence(words) if words else None

    @property
    def place(self) -> str:
        return f"{self.slug}/"

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """As a page and in print, for the readers of each country."""
        known = facts()
        return [
            (f"{mode}-{country}", f"{name}, {known.country_name(country)}")
            for mode, name in PREVIEWS
            for country in known.COUNTRIES
        ]

    @property
    def default_preview_mode(self) -> str:
        return f"page-{settings.EDUCATION_COUNTRY}"

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """As readers see it; what shows it is registered for the hook ``show_education_page``."""
        mode, _, country = mode_name.partition("-")
        (show,) = hooks.get_hooks("show_education_page")
        return show(request, self, mode, country)
