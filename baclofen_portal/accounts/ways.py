"""How one signs in: the page of one's own account, and adding and removing passkeys there."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from baclofen_portal.accounts import passkeys
from baclofen_portal.accounts.devices import name_of_device
from baclofen_portal.accounts.forms import PasskeyForm
from baclofen_portal.accounts.recent import is_recent
from baclofen_portal.context import PortalContext
from titration.dosing.schedule import local_date


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner reads of it; the dates are those of the clinic's time zone. ``used``: None before the first time."""

    key: uuid.UUID
    name: str
    added: date
    used: date | None


def ways(request: Any) -> HttpResponse:
    """Email address, whether there is a password, and the passkeys."""
    found, zone = passkeys.own(request.user), _zone(request)
    context = {
        "passkeys": [_shown(one, zone) for one in found],
        "may_remove": not passkeys.is_last_way(request.user, found),
        "may_add": len(found) < passkeys.MOST,
    }
    return render(request, "account/ways.html", context)


def ways_add(request: Any) -> HttpResponse:
    """Have the device make a passkey, and keep it."""
    if not is_recent(request):
        return _sign_in_first(request)
    person = request.user
    form = PasskeyForm(request.POST if request.method == "POST" else None, initial={"name": name_of_device(request)})
    if form.is_valid():
        try:
            made = passkeys.made(request, form.cleaned_data["answer"], account=person.pk)
            passkeys.keep(person, made, name=form.cleaned_data["name"])
        except passkeys.Refused:
            form.add_error(None, "No passkey was added. Try again.")
        else:
            messages.success(request, "The passkey is added. You can sign in with it now.")
            return redirect("ways")
    known = passkeys.own(person)
    options = passkeys.ask_to_make(request, account=person.pk, email=person.email, known=known)
    status = 422 if form.is_bound else 200
    return render(request, "account/ways_add.html", {"form": form, "options": options}, status=status)


def ways_remove(request: Any, passkey: uuid.UUID) -> HttpResponse:
    """Ask once more, then remove a passkey that is not the last way in."""
    if not is_recent(request):
        return _sign_in_first(request)
    try:
        if request.method == "POST":
            if passkeys.remove(request.user, passkey):
                messages.success(request, "The passkey is removed. It does not open your account any more.")
            else:
                messages.error(request, "This is your only way in, so it was not removed.")
            return redirect("ways")
        found = passkeys.own(request.user)
        [one] = [_shown(each, _zone(request)) for each in found if each.data["key"] == str(passkey)]
    except (Authenticator.DoesNotExist, ValueError):
        raise Http404 from None
    last = passkeys.is_last_way(request.user, found)
    return render(request, "account/ways_remove.html", {"one": one, "last": last})


def _sign_in_first(request: Any) -> HttpResponse:
    """Whoever picked up an open phone or computer changes nothing here."""
    return render(request, "account/ways_sign_in.html", status=403)


def _shown(passkey: Authenticator, zone: str) -> Passkey:
    return Passkey(
        key=uuid.UUID(passkey.data["key"]),
        name=passkey.data["name"],
        added=local_date(passkey.created_at, zone),
        used=local_date(passkey.last_used_at, zone) if passkey.last_used_at else None,
    )


def _zone(request: Any) -> str:
    clinic = PortalContext(user=request.user).organisation
    return clinic.time_zone if clinic else "UTC"
