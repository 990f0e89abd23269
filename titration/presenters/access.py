"""Who can sign in, in words: people, invitations that wait, and those that are over."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from titration.dosing.wording import NOT_KNOWN, format_when
from titration.models import RelationKind, Scope
from titration.models.invitations import MOST_TRIES
from titration.models.relations import RIGHTS_OF_SCOPE
from titration.presenters.steps import Row
from titration.selectors.access import Access

_SCOPES = {frozenset(rights): str(Scope(scope).label) for scope, rights in RIGHTS_OF_SCOPE.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One person with an account; ``ended`` is empty while they can sign in, and ``end_url`` for who may not end it."""

    name: str
    kind: str
    scope: str
    since: str
    invited_by: str
    last_seen: str
    ended: str
    end_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLine:
    """One link. ``state`` says what became of it; ``end_url`` is empty for one that nobody can use any more."""

    name: str
    scope: str
    made: str
    until: str
    tries: str
    state: str
    end_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    people: tuple[PersonLine, ...]
    waiting: tuple[InvitationLine, ...]
    past: tuple[PersonLine, ...]
    past_invitations: tuple[InvitationLine, ...]
    may_share: bool
    cannot_words: str
    invite_url: str


def access_page(patient: Any, found: Access, *, rights: frozenset[str], cannot_words: str) -> AccessPage:
    """``cannot_words`` say why nobody can be invited; who may not share sees no invitations and ends nothing."""
    may_share = "share" in rights
    people = [_person(patient, one, found, rights) for one in found.relations]
    invitations = [_invitation(patient, one) for one in found.invitations]
    return AccessPage(
        people=tuple(one for one in people if not one.ended),
        waiting=tuple(one for one in invitations if one.end_url),
        past=tuple(one for one in people if one.ended),
        past_invitations=tuple(one for one in invitations if not one.end_url),
        may_share=may_share,
        cannot_words=cannot_words,
        invite_url=reverse("patients:invite", args=[patient.pk]) if may_share and not cannot_words else "",
    )


def scope_words(relation: Any) -> str:
    """How far the rights of a relation go: those of a patient are all of their own."""
    if relation.kind == RelationKind.SELF:
        return str(Scope.FULL.label)
    return _SCOPES.get(frozenset(relation.rights), NOT_KNOWN)


def invited_words(invitation: Any) -> str:
    """Whom a link is for."""
    return str(invitation.name or RelationKind.SELF.label)


def invitation_scope(invitation: Any) -> str:
    return str(Scope(invitation.scope or Scope.FULL).label)


def relation_rows(relation: Any) -> Iterable[Row]:
    """What the check page says before somebody's access ends."""
    yield Row(label="Name", value=relation.person.name)
    yield Row(label="Who", value=RelationKind(relation.kind).label)
    yield Row(label="May", value=scope_words(relation))


def invitation_rows(invitation: Any, zone: str) -> Iterable[Row]:
    """What the check page says before a link ends."""
    yield Row(label="For", value=invited_words(invitation))
    yield Row(label="May", value=invitation_scope(invitation))
    yield Row(label="Works until", value=format_when(invitation.expires_at, zone))


def _person(patient: Any, one: Any, found: Access, rights: frozenset[str]) -> PersonLine:
    zone, seen = patient.time_zone, found.last_seen.get(one.person_id)
    unseen = "Never" if "audit" in rights else NOT_KNOWN
    may_end = "share" in rights and not one.is_over
    return PersonLine(
        name=one.person.name,
        kind=RelationKind(one.kind).label,
        scope=scope_words(one),
        since=format_when(one.valid_from, zone),
        invited_by=one.granted_by.name if one.granted_by is not None else NOT_KNOWN,
        last_seen=format_when(seen, zone) if seen is not None else unseen,
        ended=format_when(one.valid_to, zone) if one.is_over else "",
        end_url=reverse("patients:access_end", args=[patient.pk, one.pk]) if may_end else "",
    )


def _invitation(patient: Any, one: Any) -> InvitationLine:
    zone = patient.time_zone
    is_settled = one.claimed_at is not None or one.ended_at is not None or one.is_over
    return InvitationLine(
        name=invited_words(one),
        scope=invitation_scope(one),
        made=f"{one.created_by.name}, {format_when(one.created_at, zone)}",
        until=format_when(one.expires_at, zone),
        tries=f"{one.tries} of {MOST_TRIES}",
        state=_state(one, zone),
        end_url="" if is_settled else reverse("patients:invite_end", args=[patient.pk, one.pk]),
    )


def _state(one: Any, zone: str) -> str:
    if one.claimed_at is not None:
        return f"Used by {one.claimed_by.name}, {format_when(one.claimed_at, zone)}"
    if one.ended_at is not None:
        return f"Ended by {one.ended_by.name}, {format_when(one.ended_at, zone)}"
    if one.is_over:
        return f"Not used by {format_when(one.expires_at, zone)}"
    if one.tries >= MOST_TRIES:
        return "Locked after five wrong birth dates. End it and make a new one."
    return "Waits to be opened"
