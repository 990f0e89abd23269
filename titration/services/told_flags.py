"""Flags that patients and carers raise by what they say in the portal, beside those that the rules raise."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from titration.dosing.code_lists import TOXIC
from titration.dosing.flag_times import Within
from titration.dosing.schedule import instant
from titration.dosing.wording import NOT_KNOWN, format_date, format_when
from titration.models import FlagStatus, Reporter, Urgency
from titration.models.calls import CALL_ASKED, CallWhen
from titration.models.feelings import EMERGENCIES
from titration.selectors.records import PatientRecord
from titration.services.raised import Raised

TOLD = "SIGN-TOLD"
READ_REPORT, CALL_BACK = "read_report", "call_back"
# What says already that the signs on record are an emergency; and what does so of the toxic ones.
_EMERGENCIES, _TOXICITY = frozenset({"MISS-7", "CAU-1"}), "CAU-2"
# What a call is about, as staff read it.
_ABOUT = {
    "dose": "the dose or the plan",
    "feeling": "how it feels",
    "supply": "more medicine",
    "other": "something else",
}


def from_told(record: PatientRecord, found: Mapping[str, Raised]) -> dict[str, Raised]:
    """The emergency that a patient or carer reported in the portal, unless a rule calls the same one already.

    It stands until somebody has written down what they make of the sign, whatever that is.
    """
    told = {code: fact for code, fact in record.told_signs.items() if code in EMERGENCIES}
    heard = _heard(record, found)
    if _TOXICITY in heard:
        told = {
            code: fact
            for code, fact in told.items()
            if code not in record.protocol.listed(record.protocol.signs, TOXIC)
        }
    if not told or _EMERGENCIES & heard:
        return {}
    labels = [record.protocol.signs[code].label for code in sorted(told)]
    at = max(fact.recorded_at for fact in told.values())
    return {TOLD: Raised(
        rule_id=TOLD,
        urgency=Urgency.ACT_NOW,
        because=f"Reported in the portal on {format_when(at, record.patient.time_zone)}: {', '.join(labels)}.",
        evidence={"sentence": "Who reports a sign of an emergency is called, whatever the rules make of it.",
                  "number": "no number", "sources": [], "proposed": True, "values": [["Sign", one] for one in labels]},
        next_action=READ_REPORT,
        within=Within.HOURS,
    )}  # fmt: skip


def _heard(record: PatientRecord, found: Mapping[str, Raised]) -> set[str]:
    """The rules that are found and whose flag stands, or will: one that a person has closed may stay quiet for a while."""
    standing = {flag.rule_id for flag in record.flags if flag.status == FlagStatus.OPEN}
    closed = {
        flag.rule_id for flag in record.flags if flag.status == FlagStatus.CLOSED and flag.closed_by_id is not None
    }
    return {rule for rule in found if rule in standing or rule not in closed}


def from_call(record: PatientRecord) -> dict[str, Raised]:
    """The call that was asked for and that nobody has made. It can wait until the day that was promised, and no longer."""
    if record.plan is None or not record.plan.call_data:
        return {}
    asked, zone = record.plan.call_data[0], record.patient.time_zone
    told = asked["expected_on"]
    expected = None if told is None else date.fromisoformat(told)
    phone = asked["phone"] or record.patient.phone or "no number on record"
    who = Reporter(asked["by"]).label
    note = f" “{asked['note']}”" if asked["note"] else ""
    return {CALL_ASKED: Raised(
        rule_id=CALL_ASKED,
        urgency=Urgency.THIS_WEEK,
        because=f"{who} asked on {format_when(datetime.fromisoformat(asked['at']), zone)} to be called on {phone}, "
        f"{CallWhen(asked['when']).label.lower()}. About: {_ABOUT[asked['about']]}.{note}",
        evidence={"sentence": "Who asks for a call is called by the end of the day that was promised.", "number": "no number",
                  "sources": [], "proposed": False,
                  "values": [["Promised by", NOT_KNOWN if expected is None else format_date(expected)]]},
        next_action=CALL_BACK,
        within=Within.DAYS,
        act_by=None if expected is None else instant(expected + timedelta(days=1), time(0), zone),
    )}  # fmt: skip
