"""The stop warning in the admin: its words, new words, and their approval."""

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from wagtail.admin import messages

from education.models import StopWarning
from education.models.groundwork import EDITORS, REVIEWERS
from education.models.tasks import groups_of
from education.services import stop_words
from education.services.approval import Refused


class WordsForm(forms.ModelForm):
    class Meta:
        model = StopWarning
        fields = ("heading", "text")
        widgets: ClassVar[dict[str, forms.Widget]] = {"text": forms.Textarea(attrs={"rows": 3})}


def stop_warning(request: HttpRequest) -> HttpResponse:
    """Shows the words. A POST with ``act`` “propose”, “approve” or “turn-down” does that; refusals answer 422."""
    warning = StopWarning.objects.get()
    act = request.POST.get("act", "")
    form = WordsForm(request.POST if act == "propose" else None, instance=StopWarning.objects.get())
    refused = None
    if request.method == "POST":
        try:
            if _act(request, act, form):
                return redirect("education_stop_warning")
        except Refused as error:
            refused = error
    waits = stop_words.waiting_words()
    groups = groups_of(request.user)
    context: dict[str, Any] = {
        "warning": warning, "waits": waits, "form": form, "refused": refused,
        "may_write": bool({EDITORS, REVIEWERS} & groups),
        "may_approve": waits and REVIEWERS in groups and waits.proposed_by_id != request.user.pk,
        "may_turn_down": waits and (REVIEWERS in groups or waits.proposed_by_id == request.user.pk),
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return TemplateResponse(request, "education/editor/stop_warning.html", context, status=status)


def _act(request: HttpRequest, act: str, form: WordsForm) -> bool:
    if act == "propose":
        if not form.is_valid():
            return False
        stop_words.propose(by=request.user, heading=form.cleaned_data["heading"], text=form.cleaned_data["text"])
        messages.success(request, "The new words wait for a clinical reviewer.")
    elif act in ("approve", "turn-down"):
        change_id = request.POST.get("change", "")
        approved = act == "approve"
        stop_words.decide(change_id=int(change_id) if change_id.isdecimal() else 0, approve=approved, by=request.user)
        messages.success(request, "The new words are on every page." if approved else "The words stay as they are.")
    else:
        return False
    return True
