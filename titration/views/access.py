"""Who can sign in and see a patient: the list, inviting somebody, and ending an invitation or what came of it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from titration.dosing.schedule import local_date
from titration.dosing.wording import format_when
from titration.forms.invitations import InviteForm
from titration.models import CareRelation, Invitation
from titration.presenters import access as presenter
from titration.presenters.banner import banner
from titration.presenters.review import Link
from titration.selectors import access as selector
from titration.services import invitations as service


def access(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """Everybody who can sign in, and the links that wait."""
    patient = request.subject
    page = presenter.access_page(
        patient, selector.access(patient), rights=patient.rights, cannot_words=service.why_not(patient)
    )
    return _page(request, "titration/access/list.html", title="Who can sign in", page=page)


def invite(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """Make a link and show it once: it is stored nowhere, so this page is the only one that ever has it."""
    patient = request.subject
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            invited = service.invite(
                key=cleaned["key"], patient=patient, kind=cleaned["kind"], scope=cleaned["scope"], name=cleaned["name"],
                by=request.user,
            )  # fmt: skip
        except service.InvitationRefused as refused:
            form.add_error(None, str(refused))
        else:
            return _link(request, invited)
    status = 422 if form.is_bound and form.errors else 200
    return _page(
        request, "titration/access/invite.html", title="Invite somebody", form=form, status=status,
        cannot_words=service.why_not(patient),
    )  # fmt: skip


def invite_end(request: Any, patient_id: uuid.UUID, invitation_id: uuid.UUID) -> HttpResponse:
    """Ask once more, then end a link that waits."""
    patient = request.subject
    if request.method == "POST":
        try:
            done = service.end_invitation(invitation=invitation_id, patient=patient, by=request.user)
        except Invitation.DoesNotExist:
            raise Http404 from None
        _say(request, done, "The invitation is ended. Its link does not work any more.")
        return _back(patient_id)
    found = selector.invitation_of(patient, invitation_id)
    if found is None:
        raise Http404
    return _page(
        request, "titration/access/end.html", title="End this invitation?", label="End invitation",
        lead="Its link stops working at once. Nobody loses access who has it already.",
        rows=tuple(presenter.invitation_rows(found, patient.time_zone)),
    )  # fmt: skip


def access_end(request: Any, patient_id: uuid.UUID, relation_id: uuid.UUID) -> HttpResponse:
    """Ask once more, then end what somebody can see."""
    patient = request.subject
    if request.method == "POST":
        try:
            done = service.end_access(relation=relation_id, patient=patient, by=request.user)
        except CareRelation.DoesNotExist:
            raise Http404 from None
        _say(request, done, "The access is ended. It acts with the next page that they open.")
        return _back(patient_id)
    found = selector.relation_of(patient, relation_id)
    if found is None:
        raise Http404
    return _page(
        request, "titration/access/end.html", title="End this access?", label="End access",
        lead="The person sees nothing of this patient any more, from the next page on. What they wrote stays in the record.",
        rows=tuple(presenter.relation_rows(found)),
    )  # fmt: skip


def _link(request: Any, invited: service.Invited) -> HttpResponse:
    one, zone = invited.invitation, request.subject.time_zone
    return _page(
        request, "titration/access/link.html", title="The link", for_whom=presenter.invited_words(one),
        address=request.build_absolute_uri(reverse("join", args=[invited.token])) if invited.token else "",
        until=format_when(one.expires_at, zone), doses_url=reverse("doses:list", args=[request.subject.pk]),
    )  # fmt: skip


def _say(request: Any, done: bool, words: str) -> None:
    if done:
        messages.success(request, words)
    else:
        messages.info(request, "It was over already. Nothing was changed.")


def _back(patient_id: uuid.UUID) -> HttpResponse:
    return redirect("patients:access", patient_id=patient_id)


def _page(request: Any, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    patient = request.subject
    context["patient"] = banner(patient, today=local_date(timezone.now(), patient.time_zone))
    context["back"] = Link(label="Who can sign in", url=reverse("patients:access", args=[patient.pk]))
    return render(request, name, context, status=status)
