"""Who can see the plan, and ending it for a carer. Only the clinic invites."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from titration.models import CareRelation, SaidBy
from titration.presenters.own.access import carer, own_access
from titration.selectors import access as selector
from titration.selectors.own import speaks_as
from titration.services import invitations as service
from titration.views.own.pages import own_page


def access(request: Any, patient_id: uuid.UUID) -> HttpResponse:
    """The teams and the carers who see this plan."""
    patient = request.subject
    is_patient = speaks_as(patient, request.user) == SaidBy.PATIENT
    page = own_access(patient, selector.teams_of(patient), selector.carers_of(patient), is_patient=is_patient)
    return own_page(request, "titration/own/access.html", here="own:me", page=page)


def access_end(request: Any, patient_id: uuid.UUID, relation_id: uuid.UUID) -> HttpResponse:
    """Ask the patient once more, then end what a carer sees."""
    patient = request.subject
    if request.method == "POST":
        try:
            service.end_carer(relation=relation_id, patient=patient, by=request.user)
        except CareRelation.DoesNotExist:
            raise Http404 from None
        messages.success(request, "This person can no longer see your plan.")
        return redirect("own:access", patient_id=patient_id)
    found = selector.relation_of(patient, relation_id, only_carers=True)
    if found is None:
        raise Http404
    return own_page(request, "titration/own/access_end.html", here="own:me", one=carer(patient, found, True))
