"""The page behind the link of an invitation: a birth date, an account, and in."""

from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from baclofen_portal.accounts import passkeys
from baclofen_portal.accounts.devices import name_of_device
from baclofen_portal.accounts.forms import AccountForm, BirthDateForm
from baclofen_portal.accounts.recent import note_proof
from titration.models import RelationKind
from titration.services import joining

# As at the door: a clinic behind one address is slowed down, never locked out. Beyond that, one link asks for few addresses.
_RATES = {"join": "100/m/ip", "join_taken": "5/10m/key"}


def join(request: Any, token: str) -> HttpResponse:
    """Open a link. A GET changes nothing, and a link that opens nothing is answered in one way, whatever it once was."""
    by = request.user if request.user.is_authenticated else None
    if by is not None and not by.is_patient:
        return render(request, "account/join_staff.html", status=403)
    if request.method == "POST" and not _may("join", request):
        return ratelimit.respond_429(request)
    try:
        if request.method == "POST":
            return _answered(request, token, by)
        return _page(request, _birth_date(joining.opened(token, by=by)), by)
    except joining.LinkRefused:
        return _again(request, by) or render(request, "account/join_gone.html", status=404)
    except joining.LinkLocked:
        return _locked(request)


def _answered(request: Any, token: str, by: Any) -> HttpResponse:
    """First the birth date, and only when it is right anything else that was sent."""
    invitation = joining.opened(token, by=by)
    asked = _birth_date(invitation, request.POST)
    if not asked.is_valid():  # nothing to judge: not a try
        return _page(request, asked, by)
    answered = joining.answer(token, born=asked.born_on, by=by)
    if not answered.is_right:
        if not answered.left:
            return _locked(request)
        asked.wrong_birth_date(answered.left)
        return _page(request, asked, by)
    if by is not None:
        joining.claim(answered.invitation, account=None, by=by)
        return redirect("home")
    return _with_account(request, answered.invitation, asked.born_on)


def _with_account(request: Any, invitation: Any, born: date) -> HttpResponse:
    """Ask for an account, and make it of what was sent."""
    way = request.POST.get("way", "")
    asks_name = invitation.kind == RelationKind.PROXY
    first = {"born": born, "name": invitation.name}
    if "email" not in request.POST or way == "back":
        first |= {name: request.POST[name] for name in ("name", "email", "key") if name in request.POST}
        return _page(request, AccountForm(asks_name=asks_name, initial=first), None)
    form = AccountForm(request.POST, asks_name=asks_name, by_passkey=way == "passkey", initial=first)
    if not form.is_valid():
        return _page(request, form, None)
    try:
        if way == "passkey":
            return _with_passkey(request, invitation, form)
        return _signed_in(request, joining.claim(invitation, account=form.account))
    except joining.EmailTaken:
        if not _may("join_taken", request, key=str(invitation.pk)):
            return ratelimit.respond_429(request)
        form.email_taken()
        return _page(request, form, None)


def _with_passkey(request: Any, invitation: Any, form: AccountForm) -> HttpResponse:
    """First have the device make a passkey for the account that will be, then make the account with it."""
    account = form.account
    if joining.is_taken(account.email):
        raise joining.EmailTaken
    failed = False
    if answer := request.POST.get("answer"):
        try:
            with transaction.atomic():  # an account that nothing opens is not made
                made = passkeys.made(request, answer, account=account.key)
                person = joining.claim(invitation, account=account)
                passkeys.keep(person, made, name=name_of_device(request))
            return _signed_in(request, person)
        except passkeys.Refused:
            failed = True
    options = passkeys.ask_to_make(request, account=account.key, email=account.email)
    context = {"form": form, "options": options, "failed": failed}
    return render(request, "account/join_passkey.html", context, status=422 if failed else 200)


def _signed_in(request: Any, person: Any) -> HttpResponse:
    note_proof(request, person)
    return perform_login(request, person, email_verification="none")


def _again(request: Any, by: Any) -> HttpResponse | None:
    """The same form sent twice made one account: the second one signs in to it, as anybody may with address and password."""
    if request.method != "POST" or by is not None:
        return None
    form = AccountForm(request.POST, asks_name=False)
    if not form.is_valid() or not form.account.password or not joining.is_made(form.account):
        return None
    try:
        person = get_adapter().authenticate(request, email=form.account.email, password=form.account.password)
    except ValidationError:
        return None
    return None if person is None else _signed_in(request, person)


def _birth_date(invitation: Any, sent: Any = None) -> BirthDateForm:
    return BirthDateForm(sent, of_another=invitation.kind == RelationKind.PROXY)


def _page(request: Any, form: Any, by: Any) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "makes_account": isinstance(form, AccountForm), "signed_in": by}
    return render(request, "account/join.html", context, status=status)


def _locked(request: Any) -> HttpResponse:
    return render(request, "account/join_locked.html", status=403)


def _may(action: str, request: Any, **options: Any) -> bool:
    usage = ratelimit.consume(request, app="baclofen_portal", action=action, config=_RATES, **options)
    return usage is not None
