"""Passkeys: a key that a phone or computer keeps for one account of the portal, and uses only after its fingerprint, face or PIN.

Each answer of a device is to a question asked in the same login session, once, within five minutes, at the address of the page.
"""

import json
import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from baclofen_portal.accounts.models import User
from titration.models import AuditAction
from titration.models.actors import set_passkey
from titration.services import audit

_QUESTION = "passkey_question"  # in the login session: the challenge, what for, and when it was asked
_GOOD_FOR = 5 * 60  # seconds
_LONGEST_ANSWER = 16_000  # characters; those of phones have about 1,000
MOST = 10  # passkeys of one account
LONGEST_NAME = 60  # characters
_REQUIRED = UserVerificationRequirement.REQUIRED


class Refused(Exception):
    """What the device answered proves nothing here: wrong, late, used before, or made for another site."""


@dataclass(frozen=True, slots=True)
class Made:
    """A passkey that a device has just made. ``credential`` is what is kept of it: its id and its public key."""

    credential: dict[str, Any]


def ask_to_make(request: Any, *, account: uuid.UUID, email: str, known: tuple[Authenticator, ...] = ()) -> str:
    """What a page hands to the browser so that the device makes a passkey for the account, as JSON; none of ``known`` is made twice."""
    options, state = _server(request).register_begin(
        user=PublicKeyCredentialUserEntity(id=account.bytes, name=email, display_name=email),
        credentials=[_kept(one) for one in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=_REQUIRED,
    )
    _remember(request, state, f"make {account}")
    return json.dumps(dict(options)["publicKey"])


def made(request: Any, answer: str, *, account: uuid.UUID) -> Made:
    """The passkey of an answer to ``ask_to_make``; raises Refused."""
    state = _question(request, f"make {account}")
    try:
        response = RegistrationResponse.from_dict(_read(answer))
        kept = _server(request).register_complete(state, response).credential_data
        key = websafe_encode(kept.credential_id)
        parts = {
            "clientDataJSON": websafe_encode(response.response.client_data),
            "attestationObject": websafe_encode(bytes(response.response.attestation_object)),
        }
        named = response.raw_id
    except Exception as error:  # whatever a reader of bytes says that anybody may have sent
        raise Refused from error
    if named != kept.credential_id:
        raise Refused
    return Made({"id": key, "rawId": key, "type": "public-key", "response": parts, "clientExtensionResults": {}})


def ask_to_sign_in(request: Any) -> dict[str, Any]:
    """What a page hands to the browser so that somebody signs in with whichever passkey they have for this address."""
    options, state = _server(request).authenticate_begin(credentials=[], user_verification=_REQUIRED)
    _remember(request, state, "sign in")
    return dict(dict(options)["publicKey"])


@dataclass(frozen=True, slots=True)
class Claim:
    """A device says that it has this passkey. Nothing is proved before ``prove`` returns."""

    passkey: Authenticator
    _state: dict[str, Any]
    _response: AuthenticationResponse

    def prove(self, request: Any) -> Any:
        """The account, when the answer was signed with its passkey after fingerprint, face or PIN; raises Refused."""
        person = self.passkey.user
        try:
            _server(request).authenticate_complete(self._state, [_kept(self.passkey)], self._response)
            handle = self._response.response.user_handle
        except Exception as error:  # as above
            raise Refused from error
        if handle != person.pk.bytes or not person.is_active:
            raise Refused
        return person


def claimed(request: Any, answer: str) -> Claim:
    """The passkey that an answer to ``ask_to_sign_in`` names; raises Refused. From here on its row is in sight, and no other."""
    state = _question(request, "sign in")
    try:
        response = AuthenticationResponse.from_dict(_read(answer))
        key = websafe_encode(response.raw_id)
    except Exception as error:  # as above
        raise Refused from error
    set_passkey(key)
    found = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, data__credential__id=key)
    passkey = found.select_related("user").first()
    if passkey is None:
        raise Refused
    return Claim(passkey, state, response)


def own(person: Any) -> tuple[Authenticator, ...]:
    """The passkeys of an account, oldest first."""
    found = Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN)
    return tuple(found.order_by("created_at", "pk"))


def keep(person: Any, passkey: Made, *, name: str) -> Authenticator:
    """Keep a passkey that was made for the account, which the transaction speaks for; raises Refused when one is kept already."""
    kept = Authenticator(
        user=person,
        type=Authenticator.Type.WEBAUTHN,
        data={"key": str(uuid.uuid4()), "name": name[:LONGEST_NAME], "credential": passkey.credential},
    )
    try:
        with transaction.atomic():
            _lock(person)
            if len(own(person)) >= MOST:
                raise Refused
            kept.save()
    except IntegrityError as error:  # some account has it
        raise Refused from error
    audit.write(action=AuditAction.CREATE, by=person, what=kept, fields=["name"], detail="passkey")
    return kept


@transaction.atomic
def remove(person: Any, passkey: uuid.UUID) -> bool:
    """Remove a passkey of the account, unless nothing else opens it: then False. Authenticator.DoesNotExist if there is none."""
    locked = _lock(person)
    kept = Authenticator.objects.get(user=person, type=Authenticator.Type.WEBAUTHN, data__key=str(passkey))
    if is_last_way(locked, own(person)):
        return False
    audit.write(action=AuditAction.UPDATE, by=person, what=kept, fields=["removed"], detail="passkey")
    kept.delete()
    return True


def is_last_way(person: Any, passkeys: tuple[Authenticator, ...]) -> bool:
    """Whether the account would not open any more with one passkey less."""
    return not person.has_usable_password() and len(passkeys) < 2


def used(passkey: Authenticator) -> None:
    """Note when the passkey opened the account; the transaction speaks for its owner."""
    Authenticator.objects.filter(pk=passkey.pk).update(last_used_at=timezone.now())


def _lock(person: Any) -> Any:
    """The account, which no other request of the same person changes until the transaction ends."""
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _server(request: Any) -> Fido2Server:
    """Answers are good for the very address that the browser shows, not for its subdomains."""
    address = f"{request.scheme}://{request.get_host()}"
    site = PublicKeyCredentialRpEntity(id=urlsplit(address).hostname, name=settings.PRIVATE_SERVICE_NAME)
    return Fido2Server(site, verify_origin=lambda origin: secrets.compare_digest(origin.encode(), address.encode()))


def _remember(request: Any, state: dict[str, Any], what_for: str) -> None:
    request.session[_QUESTION] = {
        "challenge": state["challenge"],
        "user_verification": _REQUIRED.value,
        "for": what_for,
        "at": time.time(),
    }


def _question(request: Any, what_for: str) -> dict[str, Any]:
    """The question that was asked in this login session, which is forgotten here; raises Refused."""
    asked = request.session.pop(_QUESTION, None)
    if asked is None or asked["for"] != what_for or time.time() - asked["at"] > _GOOD_FOR:
        raise Refused
    # The session is written when the request ends. Two that came at once are told apart here.
    if not cache.add(f"passkey:{asked['challenge']}", 1, _GOOD_FOR):
        raise Refused
    return {"challenge": asked["challenge"], "user_verification": _REQUIRED}


def _read(answer: str) -> Any:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError
    return json.loads(answer)


def _kept(passkey: Authenticator) -> AttestedCredentialData:
    response = RegistrationResponse.from_dict(passkey.data["credential"])
    return response.response.attestation_object.auth_data.credential_data
