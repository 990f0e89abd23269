"""The records of the portal, one noun a file."""

from titration.models.audit import AuditAction, AuditEvent
from titration.models.calls import CallRequest
from titration.models.changes import ChangeSeen
from titration.models.feelings import FeelingReport, OwnSign
from titration.models.flags import ClosedCode, Flag, FlagNote, FlagNoteKind, FlagStatus, Urgency
from titration.models.intake import (
    DoseEvent,
    DoseTracking,
    RestartChoice,
    RestartDecision,
    SaidBy,
    Silence,
    SkipReason,
    SupplyIssue,
)
from titration.models.invitations import Invitation
from titration.models.kidneys import KidneyResult, LabSource, QuarantinedResult, ReportedEstimate
from titration.models.organisation import Installation, Jurisdiction, Organisation, Right, Team, TeamMembership
from titration.models.patients import FactKind, Patient, PatientFact, PatientIdentifier, ReportedHow, Reporter
from titration.models.plans import Plan, PlanStatus, TakenBefore
from titration.models.products import Product
from titration.models.reads import PageRead
from titration.models.relations import CareRelation, RelationKind, Scope
from titration.models.steps import Override, Slot, Step, StepState
from titration.models.watch import Watchbeat

__all__ = [
    "AuditAction", "AuditEvent", "CallRequest", "CareRelation", "ChangeSeen", "ClosedCode", "DoseEvent",
    "DoseTracking", "FactKind", "FeelingReport", "Flag", "FlagNote", "FlagNoteKind", "FlagStatus", "Installation", "Invitation",
    "Jurisdiction", "KidneyResult", "LabSource", "Organisation", "Override", "OwnSign", "PageRead", "Patient", "PatientFact",
    "PatientIdentifier", "Plan", "PlanStatus", "Product", "QuarantinedResult", "RelationKind", "ReportedEstimate",
    "ReportedHow", "Reporter", "RestartChoice", "RestartDecision", "Right", "SaidBy", "Scope", "Silence",
    "SkipReason", "Slot", "Step", "StepState", "SupplyIssue", "TakenBefore", "Team", "TeamMembership", "Urgency",
    "Watchbeat",
]  # fmt: skip
