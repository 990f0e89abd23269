"""The library of sources in the admin: a list with the pages that name each, and a page to check or withdraw one."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets import AdminDateInput
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from education.blocks import country_choices
from education.models import Source
from education.models.groundwork import EDITORS, REVIEWERS
from education.models.tasks import groups_of
from education.services import library
from education.services.approval import Refused

# What readers are shown of a source: once a page that is live or scheduled names it, nobody alone changes it.
SHOWN = ("title", "publisher", "kind", "version", "url", "countries", "reference")
IS_SHOWN = "Readers see this on a page that is live, or will at its time. Withdraw the source and add a new one."
WOULD_SHOW = (
    "Pages that are live quote a number that stands there: readers would see this source, and nobody has approved it."
)


class SourceForm(WagtailAdminModelForm):
    """The key is what pages are tied to: it is given once. What readers see of a source stays as it is."""

    countries = forms.MultipleChoiceField(
        choices=country_choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="For whom it speaks. Nothing chosen: for readers in every country.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].disabled = bool(self.instance.pk)
        self.is_shown = bool(self.instance.pk) and library.is_live(self.instance.key)
        if self.is_shown:
            self.fields["checked_on"].disabled = True
            self.fields["checked_on"].help_text = "Set by “Mark checked”, under “Check or withdraw”."

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if url:
            URLValidator(schemes=["http", "https"], message="Start it with http:// or https://.")(url)
        return url

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        for name in SHOWN if self.is_shown else ():
            if name in cleaned and cleaned[name] != self.initial[name]:
                self.add_error(name, ValidationError(IS_SHOWN))
        reference = cleaned.get("reference", "")
        if (
            not self.is_shown
            and reference != self.initial.get("reference", "")
            and reference in library.live_references()
        ):
            self.add_error("reference", ValidationError(WOULD_SHOW))
        return cleaned


class Used(Column):
    """How many pages name it; asked once for the whole list."""

    @cached_property
    def usage(self) -> dict[str, list[Any]]:
        return library.usage()

    def get_value(self, instance: Source) -> str:
        pages = self.usage.get(instance.key, [])
        return ", ".join(page.title for page in pages) or "None"


class SourceIndex(IndexView):
    @cached_property
    def columns(self) -> list[Column]:
        return [*super().columns, Used("used", label="Pages that name it")]


class SourceViewSet(SnippetViewSet):
    model = Source
    icon = "doc-full"
    menu_label = "Sources"
    menu_order = 210
    add_to_admin_menu = True
    copy_view_enabled = False
    inspect_view_enabled = False
    index_view_class = SourceIndex
    list_display = ("__str__", Column("get_kind_display", label="Kind"), DateColumn("checked_on", label="Checked on"))
    search_fields = ("title", "publisher", "key", "reference")
    ordering = ("checked_on", "title")
    list_per_page = 100
    edit_handler = ObjectList(
        [FieldPanel(name) for name in (
            "key", "title", "publisher", "kind", "version", "url", "checked_on", "countries", "reference"
        )],
        base_form_class=SourceForm,
    )  # fmt: skip


def listing_buttons(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """“Check or withdraw” on each source of the list."""
    if isinstance(snippet, Source) and {EDITORS, REVIEWERS} & groups_of(user):
        yield Button(
            "Check or withdraw", reverse("education_source", args=(snippet.pk,)), icon_name="glasses", priority=5
        )


class WithdrawForm(forms.Form):
    withdrawn_on = forms.DateField(label="Withdrawn on", widget=AdminDateInput)
    because = forms.CharField(
        max_length=250, label="Why", widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"At least {library.REASON_LETTERS} letters. It stands on every page that names it, for its editors.",
    )  # fmt: skip


def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source: the pages that name it. A POST with ``act`` “checked” or “withdraw” does that."""
    one = get_object_or_404(Source, pk=source_id)
    today = timezone.localdate()
    withdrawing = request.method == "POST" and request.POST.get("act") == "withdraw"
    form = WithdrawForm(request.POST if withdrawing else None, initial={"withdrawn_on": today})
    refused = ""
    try:
        if withdrawing and form.is_valid():
            given = {"on": form.cleaned_data["withdrawn_on"], "because": form.cleaned_data["because"]}
            pages = library.withdraw(source_id=one.pk, by=request.user, **given)
            messages.success(request, f"Withdrawn. {len(pages)} pages are marked for review.")
            return redirect("education_source", one.pk)
        if request.method == "POST" and not withdrawing:
            library.mark_checked(source_id=one.pk, by=request.user, on=today)
            messages.success(request, f"“{one.title}” is checked today.")
            return redirect("education_source", one.pk)
    except Refused as error:
        refused = error.words
    context = {
        "source": one,
        "pages": library.usage().get(one.key, []),
        "form": form,
        "refused": refused,
        "may": bool({EDITORS, REVIEWERS} & groups_of(request.user)),
    }
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "education/editor/source.html", context, status=status)
