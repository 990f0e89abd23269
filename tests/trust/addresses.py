"""The address and a valid body for every URL name: a walker that sends nonsense proves nothing about writes."""

import uuid
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from education.models import LearnPage
from tests.database import as_actor
from tests.trust.marked_world import NOW
from titration.dosing.protocol import load_protocol
from titration.forms import flag_tokens, tokens
from titration.models import Flag
from titration.models.invitations import new_token
from titration.selectors import patients as reading
from titration.selectors import records
from titration.views import check_pages, orders

TODAY = {"day": "22", "month": "11", "year": "2026"}
CHILD = {
    "fact_id": "fact",
    "result_id": "result",
    "held_id": "held",
    "step_id": "step",
    "flag_id": "flag",
    "issue_id": "issue",
    "silence_id": "silence",
    "invitation_id": "invitation",
    "relation_id": "relation",
}
KIND = "weight_kg"
FROM_ACCOUNTS = {"key": "MQ:abc", "uidb36": "1"}
A_DOSE = {"day": "2026-11-21", "position": 1}
TO_READ = {"country": "US", "slug": "stopping"}


# URL name: the parameters of its address, in order. A name that is missing here fails the walk.
PARAMETERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "home", "help", "learn:start", "app:manifest", "app:worker", "app:offline", "own:people", "health:live", "health:ready", "worklist", "ledger", "ledger_file", "patients:list", "kidney:due", "account_login",
            "passkey_start", "passkey_sign_in", "ways", "ways_add", "account_logout", "account_inactive", "account_signup", "account_reauthenticate", "account_change_password",
            "account_set_password", "account_email", "account_email_verification_sent", "account_reset_password",
            "account_reset_password_done", "account_reset_password_from_key_done", "account_confirm_login_code",
        ),
        (),
    ),
    "join": ("token",),
    "ways_remove": ("passkey",),
    **dict.fromkeys(("learn:hub", "learn:search"), ("country",)),
    "learn:picture": ("rendition",),
    **dict.fromkeys(("learn:page", "learn:handout"), ("country", "slug")),
    "account_confirm_email": ("key",),
    "account_reset_password_from_key": ("uidb36", "key"),
    **dict.fromkeys(
        (
            "patients:chart", "patients:summary", "patients:facts", "kidney:list", "kidney:add", "plans:start", "plans:stop",
            "plans:next_decision", "plans:restart", "plans:taper", "plans:calendar", "plans:sheet", "plans:sheet_file", "plans:card", "plans:card_file", "doses:list", "doses:call", "doses:tracking", "doses:silence", "doses:issue", "steps:add", "steps:live", "steps:check", "steps:past",
            "reports:list", "reports:add", "own:today", "own:my_dose", "own:sheet", "own:sheet_file", "own:card", "own:card_file", "own:fresh", "own:schedule", "own:me",
            "own:feel",
            "own:call_me", "own:looked", "own:learn",
            "own:access", "patients:access", "patients:invite",
        ),
        ("patient_id",),
    ),
    "patients:invite_end": ("patient_id", "invitation_id"),
    "patients:access_end": ("patient_id", "relation_id"),
    "own:access_end": ("patient_id", "relation_id"),
    "patients:fact_add": ("patient_id", "kind"),
    "patients:fact_correct": ("patient_id", "fact_id"),
    "doses:record": ("patient_id", "day", "position"),
    **dict.fromkeys(("own:dose", "own:tick"), ("patient_id", "day", "position")),
    "doses:issue_withdraw": ("patient_id", "issue_id"),
    "doses:silence_end": ("patient_id", "silence_id"),
    "kidney:correct": ("patient_id", "result_id"),
    "kidney:quarantine": ("patient_id", "held_id"),
    "steps:detail": ("patient_id", "step_id"),
    "own:change": ("patient_id", "step_id"),
    "own:learn_page": ("patient_id", "slug"),
    "flags:detail": ("patient_id", "flag_id"),
    "flags:assign": ("patient_id", "flag_id"),
    "flags:call": ("patient_id", "flag_id"),
    "flags:acknowledge": ("patient_id", "flag_id"),
    "flags:act": ("patient_id", "flag_id"),
    "flags:snooze": ("patient_id", "flag_id"),
    "flags:close": ("patient_id", "flag_id"),
    "flags:close_check": ("patient_id", "flag_id"),
}  # fmt: skip


def has_patient(name: str) -> bool:
    return "patient_id" in PARAMETERS[name]


def has_child(name: str) -> bool:
    """Whether the address names a second thing, which must belong to the patient that it names first."""
    return any(one in CHILD for one in PARAMETERS[name])


def address(name: str, *, patient: dict[str, Any], child: dict[str, Any]) -> str:
    """The address about the patient with ``patient`` keys and the row of ``child`` keys; unknown keys are random."""
    values: dict[str, Any] = {}
    for one in PARAMETERS[name]:
        if one == "patient_id":
            values[one] = patient.get("patient") or uuid.uuid4()
        elif one == "token":
            values[one] = patient.get("token") or new_token()
        elif one == "passkey":
            values[one] = uuid.uuid4()
        elif one == "rendition":
            values[one] = patient.get("picture") or 1
        elif one in CHILD:
            values[one] = child.get(CHILD[one]) or uuid.uuid4()
        else:
            values[one] = {"kind": KIND, **A_DOSE, **TO_READ, **FROM_ACCOUNTS}[one]
    return reverse(name, kwargs=values)


def day(name: str, day: str = "22", month: str = "11") -> dict[str, str]:
    return {f"{name}_day": day, f"{name}_month": month, f"{name}_year": "2026"}


def born(on: date) -> dict[str, str]:
    return {"born_day": str(on.day), "born_month": str(on.month), "born_year": str(on.year)}


def dose(version: Any, **more: str) -> dict[str, str]:
    """Ten milligrams three times a day from today: a step that the rules let pass."""
    return {
        "product": "tablet_10", "frequency": "3", "dose": "10", "reason": "Spasms at night", "version": str(version or ""),
        **day("starts_on"), **more,
    }  # fmt: skip


def taper(version: Any) -> dict[str, str]:
    """A whole reducing plan: one step down tomorrow, which goes on."""
    return {
        "do": "check", "product": "tablet_10", "times": "08:00 14:00 20:00", "rows_count": "1", "reason": "Too sleepy",
        "version": str(version or ""), **day("row_1_on", "23"), "row_1_dose_2": "5", "row_1_dose_3": "5",
    }  # fmt: skip


def body(name: str, *, keys: dict[str, Any], sender: Any) -> dict[str, str]:
    """What a person would send about the patient of ``keys``; it is stored when the answer is yes."""
    version = keys.get("version")
    match name:
        case "patients:fact_add":
            return {"number": "70.5", "note": "Weighed again", **day("on_date", "21")}
        case "patients:fact_correct":
            return {"number": "72.5", "note": "Misread", **day("on_date", "1", "10")}
        case "kidney:add":
            return {"analyte": "creatinine", "value": "1.1", "unit": "mg/dL", "comparator": "", **day("taken_on", "21")}
        case "kidney:correct":
            return {"value": "1.1", "unit": "mg/dL", "comparator": "", "reason": "Misread", **day("taken_on", "20")}
        case "kidney:quarantine":
            return {"value": "1.1", "unit": "mg/dL", "reason": "The laboratory was called"}
        case "reports:add":
            said = {"effects": "some", "reported_by": "carer", "reported_how": "visit", **day("on_date", "21")}
            signs = {f"sign_{code}": "not_asked" for code in load_protocol("us").signs}
            return {"key": str(uuid.uuid4()), **said, **signs, "sign_nausea": "yes", "note": "After breakfast"}
        case "own:feel":
            return {"key": str(uuid.uuid4()), "sleepiness": "3", "signs": "nausea", "note": "After breakfast"}
        case "own:learn_page":
            live = LearnPage.objects.get(slug=TO_READ["slug"]).live_revision_id
            return {"key": str(uuid.uuid4()), "revision": str(live)}
        case "own:call_me":
            return {
                "key": str(uuid.uuid4()),
                "about": "supply",
                "best_time": "any",
                "phone": "555 0123",
                "note": "At last",
            }
        case "plans:restart":
            return {"key": str(uuid.uuid4()), "choice": "resume", "reason": "Well, and agreed by telephone"}
        case "doses:record":
            return {"key": str(uuid.uuid4()), "state": "taken", "said_by": "patient", "taken_time": "14:10"}
        case "own:tick":
            return {"key": str(uuid.uuid4()), "version": str(version or "")}
        case "own:dose":
            return {
                "key": str(uuid.uuid4()),
                "version": str(version or ""),
                "state": "skipped",
                "reason_code": "forgot",
            }
        case "doses:call":
            return {
                "key": str(uuid.uuid4()),
                "state": "taken",
                "said_by": "patient",
                **day("until_on", "21"),
                "until_time": "12:00",
            }
        case "doses:tracking":
            return {"key": str(uuid.uuid4()), "mode": "not_tracked"}
        case "doses:silence":
            return {
                "key": str(uuid.uuid4()), "reason": "admission", **day("starts_on", "20"), **day("ends_on", "25"),
            }  # fmt: skip
        case "doses:silence_end":
            return {"action": "never"}
        case "doses:issue":
            return {"key": str(uuid.uuid4()), "product": "tablet_10", "units": "84", **day("on_date", "19")}
        case "plans:start":
            return {**dose(version), "taken_before": "no"}
        case "plans:stop":
            return {"stop_reason": "no_benefit", "reason": "", "version": str(version or ""), **day("stops_on", "23")}
        case "plans:taper":
            return taper(version)
        case "plans:next_decision":
            return {"version": str(version or ""), **day("on", "30")}
        case "steps:add":
            return dose(version)
        case "steps:live":
            return dose(version, purpose="change")
        case "steps:check":
            return {"token": token(keys, sender), "gate-code": "asked_otherwise"}
        case "steps:past":
            return {**dose(version), **day("starts_on", "15", "10"), **day("last_day", "16", "10")}
        case "flags:call":
            return {"text": "Called at noon"}
        case "flags:act":
            return {"text": "Told to halve the dose"}
        case "flags:snooze":
            return {"days": "1"}
        case "flags:close":
            return {"code": "data_error", "text": "The sample was somebody else's"}
        case "flags:close_check":
            return {"token": closing(keys, sender)}
        case "patients:invite":
            return {"key": str(uuid.uuid4()), "kind": "proxy", "name": "Somebody", "scope": "log", "checked": "on"}
        case "join":
            account = {"email": "somebody@example.test", "password": "four words of one person", "name": "Somebody"}
            return {"key": str(uuid.uuid4()), **born(keys["born"]), **account}
        case "passkey_sign_in":
            return {"answer": "{}"}
        case "account_login":
            return {"login": "nobody@example.test", "password": "not a password"}
        case _:
            return {}


def token(keys: dict[str, Any], sender: Any) -> str:
    """The signed order of a check page for this patient and this person, as if the portal had shown it to them."""
    fields = {name: value for name, value in dose("").items() if name != "version"}
    signed = tokens.SignedOrder(
        purpose="change",
        patient=keys.get("patient") or uuid.uuid4(),
        user=getattr(sender, "pk", uuid.uuid4()),
        version=keys.get("version"),
        key=uuid.uuid5(uuid.NAMESPACE_OID, f"{NOW}{keys.get('patient')}"),
        fields=fields,
    )
    return tokens.sign(replace(signed, shown=findings_shown(signed, sender)))


def closing(keys: dict[str, Any], sender: Any) -> str:
    """The signed closing of a flag, as if the check page had been shown for it; empty without a flag or a person."""
    if getattr(sender, "pk", None) is None or "flag" not in keys:
        return ""
    with as_actor(sender):
        flag = Flag.objects.filter(pk=keys["flag"]).first()
    if flag is None:
        return ""
    return flag_tokens.sign(flag_tokens.Closing(code="other", text="Settled"), flag=flag, user=sender)


def findings_shown(signed: tokens.SignedOrder, sender: Any) -> str:
    """The digest of what the check page would have shown; empty for who would not have been shown the page."""
    if getattr(sender, "pk", None) is None:
        return ""
    with as_actor(sender):
        patient = reading.with_rights(signed.patient, sender)
        if patient is None:
            return ""
        record = records.load(patient, as_of=timezone.now())
        form = orders.FORMS["change"]({**signed.fields, "version": str(signed.version or "")}, record=record)
        if not record.is_on_plan or not form.is_valid():
            return ""
        return check_pages.digest_of(orders.review_of(record, orders.order_of(form, signed.key)))
