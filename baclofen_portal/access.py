"""Every URL name and who may ask for it. A URL without an entry here is answered 404: the world is closed.

``subject="patient"`` means that the URL names a patient, who is loaded here and only here, through the
actor's care relations. Views find the patient as ``request.subject`` and decide nothing about access.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver

CLINICIAN = "clinician"
PATIENT = "patient"
STAFF = ("clinician", "editor", "admin")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """``right`` is asked of the relation for safe methods, ``write_right`` for POST; ``roles`` of the account.

    ``self_only``: for the patient, not for who cares for them, whatever their rights.
    ``writes``: a POST changes something, so that only one at a time is answered for a patient.
    """

    methods: str = "GET"
    public: bool = False
    closed: bool = False
    roles: tuple[str, ...] = ()
    subject: str = ""
    right: str = "read"
    write_right: str = ""
    audit: str = ""
    self_only: bool = False
    writes: bool = True
    allowed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        methods = set(self.methods.split())
        if "GET" in methods:
            methods.add("HEAD")
        object.__setattr__(self, "allowed", frozenset(methods))

    def right_for(self, method: str) -> str:
        return self.write_right if method == "POST" and self.write_right else self.right


def patient_page(**options: Any) -> Rule:
    return Rule(roles=(CLINICIAN,), subject="patient", **{"audit": "view", **options})


def own_page(**options: Any) -> Rule:
    """A page for the patient, or for somebody who cares for them. Whoever may tell may also send its form."""
    return Rule(roles=(PATIENT,), subject="patient", **{"audit": "view", "write_right": "tell", **options})


CLOSED = Rule(closed=True)

ACCESS: dict[str, Rule] = {
    # the portal's own doors
    "home": Rule(roles=(*STAFF, PATIENT)),
    "help": Rule(public=True),
    **dict.fromkeys(("learn:start", "learn:hub", "learn:search", "learn:page", "learn:handout"), Rule(public=True)),
    "learn:picture": Rule(public=True),
    "app:manifest": Rule(public=True),
    "app:worker": Rule(public=True),
    "app:offline": Rule(public=True),
    "health:live": Rule(public=True),
    "health:ready": Rule(public=True),
    # clinicians
    "worklist": Rule(roles=(CLINICIAN,), audit="list"),
    "ledger": Rule(roles=(CLINICIAN,), audit="list"),
    "ledger_file": Rule(roles=(CLINICIAN,), audit="print"),
    "patients:list": Rule(roles=(CLINICIAN,), audit="search"),
    "patients:chart": patient_page(),
    "patients:summary": patient_page(audit="print"),
    "patients:facts": patient_page(),
    "patients:fact_add": patient_page(methods="GET POST", right="log", audit="create"),
    "patients:fact_correct": patient_page(methods="GET POST", right="log", audit="update"),
    "patients:access": patient_page(),
    "patients:invite": patient_page(methods="GET POST", right="share", audit="create"),
    "patients:invite_end": patient_page(methods="GET POST", right="share", audit="update"),
    "patients:access_end": patient_page(methods="GET POST", right="share", audit="update"),
    "kidney:due": Rule(roles=(CLINICIAN,), audit="list"),
    "kidney:list": patient_page(),
    "kidney:add": patient_page(methods="GET POST", right="log", audit="create"),
    "kidney:correct": patient_page(methods="GET POST", right="log", audit="update"),
    "kidney:quarantine": patient_page(methods="GET POST", right="log", audit="update"),
    "doses:list": patient_page(),
    "doses:silence_end": patient_page(methods="POST", right="log", audit="update"),
    "doses:issue_withdraw": patient_page(methods="POST", right="log", audit="update"),
    "doses:call": patient_page(methods="GET POST", right="log", audit="create"),
    "doses:tracking": patient_page(methods="GET POST", right="log", audit="update"),
    "doses:silence": patient_page(methods="GET POST", right="log", audit="create"),
    "doses:issue": patient_page(methods="GET POST", right="log", audit="create"),
    "doses:record": patient_page(methods="GET POST", right="log", audit="create"),
    "plans:start": patient_page(methods="GET POST", right="prescribe", audit="create"),
    "plans:stop": patient_page(methods="GET POST", right="prescribe", audit="publish"),
    "plans:taper": patient_page(methods="GET POST", right="prescribe", audit="view"),
    "plans:calendar": patient_page(audit="print"),
    "plans:sheet": patient_page(audit="print"),
    "plans:sheet_file": patient_page(audit="print"),
    "plans:card": patient_page(audit="print"),
    "plans:card_file": patient_page(audit="print"),
    "plans:restart": patient_page(methods="GET POST", right="prescribe", audit="create"),
    "plans:next_decision": patient_page(methods="GET POST", right="prescribe", audit="update"),
    "steps:add": patient_page(methods="GET POST", right="prescribe", audit="view"),
    "steps:live": patient_page(methods="POST", right="prescribe", writes=False),
    "steps:check": patient_page(methods="POST", right="prescribe", audit="publish"),
    "steps:past": patient_page(methods="GET POST", right="prescribe", audit="create"),
    "steps:detail": patient_page(),
    "reports:list": patient_page(),
    "reports:add": patient_page(methods="GET POST", right="log", audit="create"),
    "flags:detail": patient_page(),
    "flags:assign": patient_page(methods="POST", right="log", audit="update"),
    "flags:call": patient_page(methods="POST", right="log", audit="update"),
    "flags:acknowledge": patient_page(methods="POST", right="log", audit="update"),
    "flags:act": patient_page(methods="POST", right="log", audit="update"),
    "flags:snooze": patient_page(methods="POST", right="log", audit="update"),
    "flags:close": patient_page(methods="POST", right="log", audit="update"),
    "flags:close_check": patient_page(methods="POST", right="log", audit="update"),
    # patients and carers
    "own:people": Rule(roles=(PATIENT,), audit="list"),
    "own:today": own_page(),
    "own:fresh": own_page(),
    "own:dose": own_page(methods="GET POST", audit="create"),
    "own:tick": own_page(methods="POST", audit="create"),
    "own:my_dose": own_page(),
    **dict.fromkeys(("own:sheet", "own:sheet_file", "own:card", "own:card_file"), own_page(audit="print")),
    "own:schedule": own_page(),
    "own:change": own_page(methods="GET POST", audit="create"),
    "own:learn": own_page(),
    "own:learn_page": own_page(methods="GET POST", audit="create"),
    "own:me": own_page(),
    "own:call_me": own_page(methods="GET POST", audit="create"),
    "own:looked": own_page(right="audit"),
    "own:feel": own_page(methods="GET POST", audit="create"),
    "own:access": own_page(right="audit"),
    "own:access_end": own_page(methods="GET POST", right="audit", write_right="audit", self_only=True, audit="update"),
    # Whoever has the link of an invitation; the page itself refuses staff.
    "join": Rule(public=True, methods="GET POST"),
    # sign-in (django-allauth)
    "account_login": Rule(public=True, methods="GET POST"),
    "account_logout": Rule(public=True, methods="GET POST"),
    "account_inactive": Rule(public=True),
    # sign-in with a passkey, and how one's own account is opened
    "passkey_start": Rule(public=True, methods="POST"),
    "passkey_sign_in": Rule(public=True, methods="POST"),
    "ways": Rule(roles=(*STAFF, PATIENT), audit="view"),
    "ways_add": Rule(roles=(*STAFF, PATIENT), methods="GET POST", audit="create"),
    "ways_remove": Rule(roles=(*STAFF, PATIENT), methods="GET POST", audit="update"),
    # Parts of django-allauth that nobody can use yet: people are invited, and passwords are reset by an administrator.
    "account_confirm_login_code": CLOSED,
    "account_signup": CLOSED,
    "account_reauthenticate": CLOSED,
    "account_change_password": CLOSED,
    "account_set_password": CLOSED,
    "account_email": CLOSED,
    "account_email_verification_sent": CLOSED,
    "account_confirm_email": CLOSED,
    "account_reset_password": CLOSED,
    "account_reset_password_done": CLOSED,
    "account_reset_password_from_key": CLOSED,
    "account_reset_password_from_key_done": CLOSED,
}


def url_keys(resolver: URLResolver) -> Iterator[tuple[str | None, str]]:
    """Every URL as (the key of its rule, or None when it cannot have one; pattern)."""
    return url_names(resolver)


def url_names(resolver: URLResolver, prefix: str = "", namespace: str = "") -> Iterator[tuple[str | None, str]]:
    """Every URL of the portal as (name with namespace, or None; pattern)."""
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield (f"{namespace}{entry.name}" if entry.name else None), pattern
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from url_names(entry, pattern, inner)
