"""The page on which somebody decides about a page that waits: what changed, what the checks say, and the two buttons."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from wagtail.admin import messages

from education.editing.comparing import changes, source_changes
from education.models import ClinicalApproval, LearnPage
from education.models.tasks import groups_of
from education.page_checks import findings
from education.services import approval
from education.services.approval import Refused, Waiting

READ = {
    False: ("I have read the whole page.", "Each source says what the block says."),
    True: ("What it says is true, and safe for the people it is for.", "Nothing is missing that they must know."),
}


class DecisionForm(forms.Form):
    """What is asked before a page goes on."""

    opened = forms.CharField(widget=forms.HiddenInput)
    first = forms.BooleanField(required=False)
    second = forms.BooleanField(required=False)
    comment = forms.CharField(
        required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), label="What should change, or a note"
    )

    def __init__(self, *args: Any, clinical: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first"].label, self.fields["second"].label = READ[clinical]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.data.get("decision") == "approve" and not (cleaned.get("first") and cleaned.get("second")):
            raise forms.ValidationError("Tick both lines when they are so, or ask for changes.")
        return cleaned


def decide(request: HttpRequest, page_id: int) -> HttpResponse:
    """Shows what waits; a POST with ``decision`` “approve” or “changes” decides. Refusals answer 422 and say why."""
    page = get_object_or_404(LearnPage, pk=page_id)
    waits = approval.waiting(page)
    if request.method != "POST":
        return _show(request, page, waits, None)
    if waits is None:
        return _show(request, page, None, None, refused=Refused(approval.NOTHING))
    form = _form(waits, request.POST)
    if not form.is_valid():
        return _show(request, page, waits, form, status=422)
    given = {"page_id": page.pk, "opened": form.cleaned_data["opened"], "by": request.user}
    try:
        if request.POST.get("decision") == "approve":
            marks = [int(one) for one in request.POST.getlist("marks") if one.isdecimal()]
            approval.approve(**given, comment=form.cleaned_data["comment"], today=timezone.localdate(), marks=marks)
            messages.success(request, _done(page))
        else:
            approval.ask_for_changes(**given, comment=form.cleaned_data["comment"])
            messages.success(request, f"“{waits.revision.object_str}” went back to its author.")
    except Refused as refused:
        page.refresh_from_db()
        return _show(request, page, approval.waiting(page), form, refused=refused)
    return redirect("wagtailadmin_home")


def _done(page: LearnPage) -> str:
    page = LearnPage.objects.get(pk=page.pk)
    if approval.waiting(page):
        return f"“{page.title}” goes on to its clinical approval."
    if page.scheduled_revision:
        return f"“{page.title}” is approved and goes live at its time."
    return f"“{page.title}” is live."


def _form(waits: Waiting, data: Any = None) -> DecisionForm:
    clinical = isinstance(waits.step, ClinicalApproval)
    return DecisionForm(data, clinical=clinical, initial={"opened": waits.token})


def _show(
    request: HttpRequest,
    page: LearnPage,
    waits: Waiting | None,
    form: DecisionForm | None,
    *,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "waits": waits, "refused": refused}
    if waits:
        if form is None or form.data.get("opened") != waits.token:
            comment = form.data.get("comment", "") if form else ""
            form = _form(waits)
            form.initial["comment"] = comment
        new = waits.revision.as_object()
        old = page if page.live else None
        found = findings(new.draft(), today=timezone.localdate())
        context |= {
            "form": form,
            "title": waits.revision.object_str,
            "hindrance": approval.hindrance(waits, request.user),
            "may_decide": waits.step.group in groups_of(request.user),
            "stops": [one for one in found if one.stops],
            "clinical": isinstance(waits.step, ClinicalApproval),
            "marks": approval.open_marks(page),
            "advice": [one for one in found if not one.stops],
            "sources": source_changes(old, new),
            "changes": changes(request, old, new) if old else [],
            "go_live_at": new.go_live_at,
            "draft_url": reverse("wagtailadmin_pages:view_draft", args=(page.pk,)),
        }
    return TemplateResponse(request, "education/editor/decision.html", context, status=422 if refused else status)
