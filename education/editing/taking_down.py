"""Taking a page away from its readers, or stopping what is scheduled: one person, with a reason."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from wagtail.admin import messages

from education.models import LearnPage
from education.services import publishing
from education.services.approval import Refused


class ReasonForm(forms.Form):
    because = forms.CharField(
        max_length=500, strip=True, label="Why", widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"At least {publishing.REASON_LETTERS} letters. It stays in the history of the page.",
    )  # fmt: skip


def take_down(request: HttpRequest, page_id: int) -> HttpResponse:
    """Readers no longer have the page, from now on."""
    heading = "Take down"
    text = "Readers lose the whole page at once, its warnings too. It comes back through both approvals."
    return _with_reason(request, page_id, publishing.take_down, heading, text, "Readers no longer have it.")


def stop_schedule(request: HttpRequest, page_id: int) -> HttpResponse:
    """What was approved for later does not go live."""
    heading = "Stop what is scheduled"
    text = "The approved version does not go live. To bring it back, send it for its checks again."
    return _with_reason(request, page_id, publishing.stop_schedule, heading, text, "It does not go live.")


def _with_reason(
    request: HttpRequest, page_id: int, act: Callable[..., Any], heading: str, text: str, done: str
) -> HttpResponse:
    page = get_object_or_404(LearnPage, pk=page_id)
    form = ReasonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                act(page_id=page.pk, by=request.user, because=form.cleaned_data["because"])
            except Refused as refused:
                form.add_error(None, refused.words)
            else:
                messages.success(request, f"“{page.title}”: {done}")
                return redirect("wagtailadmin_home")
    # Not “heading”: the header of the library puts that in place of its own.
    context = {"page": page, "form": form, "act": heading, "text": text}
    return TemplateResponse(request, "education/editor/reason.html", context, status=status)
