"""Signing in with a passkey: the question for the device, and its answer."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_next_redirect_url, perform_login
from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from baclofen_portal.accounts import passkeys
from baclofen_portal.accounts.forms import SignInForm
from baclofen_portal.accounts.recent import note_proof
from baclofen_portal.accounts.views import too_many_from_here
from titration.models.actors import set_actor
from titration.services import audit

_START = {"passkey_start": "100/m/ip"}


def passkey_start(request: Any) -> HttpResponse:
    """What the browser asks the device, as JSON. It says nothing of any account."""
    if ratelimit.consume(request, app="baclofen_portal", action="passkey_start", config=_START) is None:
        return ratelimit.respond_429(request)
    return JsonResponse(passkeys.ask_to_sign_in(request))


def passkey_sign_in(request: Any) -> HttpResponse:
    """What the device answered: in, or the page to sign in once more, which says nothing of any account.

    Tries count for the address and for the account, and are written down, as those with a password are.
    """
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    answer = request.POST.get("answer", "")
    if not answer:
        return _again(request)
    if too_many_from_here(request):
        audit.write_refused_sign_in(request=request, address="", outcome="429")
        return ratelimit.respond_429(request)
    adapter, email = get_adapter(request), ""
    try:
        claim = passkeys.claimed(request, answer)
        email = claim.passkey.user.email
        adapter.pre_authenticate(request, email=email)
        person = claim.prove(request)
    except passkeys.Refused:
        user_login_failed.send(sender=__name__, credentials={"email": email}, request=request)
        return _again(request)
    except ValidationError as limited:
        return _again(request, limited.messages[0])
    adapter.not_after_all()
    set_actor(person.pk)
    passkeys.used(claim.passkey)
    note_proof(request, person, "passkey")
    return perform_login(request, person, email_verification="none", redirect_url=get_next_redirect_url(request))


def _again(
    request: Any, words: str = "This passkey did not work here. Try again, or use your password."
) -> HttpResponse:
    context = {
        "form": SignInForm(request=request),
        "refused": words,
        "redirect_field_name": REDIRECT_FIELD_NAME,
        "redirect_field_value": get_next_redirect_url(request),
    }
    return render(request, "account/login.html", context, status=422)
