"""For each named constraint, raw rows that only it refuses: columns as SQL, on a copy of a row that exists.

A condition over a column that may be empty is only as good as its answer for NULL and NaN: PostgreSQL lets a row
pass when a check answers "unknown", and sorts NaN above every number. Such columns have a row for each.
"""

from tests.trust.refused_doses import AUTHORLESS, REFUSED_DOSES
from tests.trust.refused_invitations import REFUSED_INVITATIONS

CLOSED = {"status": "'closed'", "closed_at": "opened_at", "closed_because": "'Settled'"}
SOMEBODY = "(SELECT id FROM accounts_user LIMIT 1)"

# constraint: (columns that change, which row is copied)
REFUSED: dict[str, list[tuple[dict[str, str], str]]] = {
    # accounts
    "accounts_user_email_lower": [({"email": "'Ann@example.test'"}, "TRUE")],
    "accounts_user_role_known": [({"role": "'owner'", "email": "'a@example.test'"}, "TRUE")],
    "accounts_user_email_key": [({}, "TRUE")],
    "accounts_user_no_superuser": [({"is_superuser": "TRUE", "email": "'a@example.test'"}, "TRUE")],
    # clinics
    "organisation_name_once": [({}, "TRUE")],
    "organisation_jurisdiction_known": [({"jurisdiction": "'FR'"}, "TRUE")],
    "organisation_weekdays_known": [
        ({"closed_weekdays": "'{5,7}'"}, "TRUE"),
        ({"closed_weekdays": "'{NULL}'"}, "TRUE"),
    ],
    "team_name_once": [({}, "TRUE")],
    "teammembership_period": [({"valid_to": "valid_from - interval '1 day'"}, "TRUE")],
    "teammembership_rights_known": [
        ({"rights": "'{read,everything}'"}, "TRUE"),
        ({"rights": "'{}'"}, "TRUE"),
        ({"rights": "'{NULL}'"}, "TRUE"),
    ],
    "installation_single_row": [({"id": "2"}, "TRUE")],
    "watchbeat_single_row": [({"id": "2"}, "TRUE")],
    "product_form_with_strength": [
        ({"code": "'x'", "form": "'powder'"}, "TRUE"),
        ({"code": "'x'", "strength_mg": "0"}, "form = 'tablet'"),
        ({"code": "'x'", "mg_per_ml": "1"}, "form = 'tablet'"),
        ({"code": "'x'", "strength_mg": "NULL"}, "form = 'tablet'"),
        ({"code": "'x'", "mg_per_ml": "NULL"}, "form = 'liquid'"),
        ({"code": "'x'", "mg_per_ml": "'NaN'"}, "form = 'liquid'"),
    ],
    # relations
    "carerelation_kind_known": [
        ({"kind": "'cousin'"}, "TRUE"),
        ({"team_id": "NULL"}, "kind = 'team'"),
        ({"person_id": "NULL"}, "kind = 'treating'"),
    ],
    "carerelation_own_rights": [({"rights": "'{read,log}'"}, "kind = 'self'")],
    "carerelation_period": [({"valid_to": "valid_from - interval '1 day'"}, "TRUE")],
    "carerelation_rights_known": [
        ({"rights": "'{read,everything}'"}, "TRUE"),
        ({"rights": "'{}'"}, "TRUE"),
        ({"rights": "'{NULL}'"}, "TRUE"),
    ],
    # patients
    "patient_sex_known": [({"sex": "'X'"}, "TRUE")],
    "patient_deceased_on": [({"deceased_on": "'2026-01-01'", "is_deceased": "FALSE"}, "TRUE")],
    "patientidentifier_once": [({}, "TRUE")],
    "patientfact_has_author": [(AUTHORLESS, "replaces_id IS NULL")],
    "patientfact_kind_known": [({"kind": "'mood'", "number": "NULL"}, "replaces_id IS NULL")],
    "patientfact_number_for_measures": [
        ({"number": "0"}, "kind = 'weight_kg'"),
        ({"number": "-71"}, "kind = 'weight_kg'"),
        ({"number": "NULL"}, "kind = 'weight_kg'"),
        ({"number": "'NaN'"}, "kind = 'weight_kg'"),
        ({"kind": "'dialysis'"}, "kind = 'weight_kg'"),
    ],
    "patientfact_code_for_coded": [
        ({"kind": "'condition'", "number": "NULL"}, "replaces_id IS NULL"),
        ({"code": "'epilepsy'"}, "kind = 'weight_kg'"),
    ],
    "patientfact_report_is_whole": [
        ({"reported_by": "'patient'"}, "replaces_id IS NULL"),
        ({"reported_how": "'phone'"}, "replaces_id IS NULL"),
        ({"reported_by": "'neighbour'", "reported_how": "'phone'"}, "replaces_id IS NULL"),
        ({"reported_by": "'patient'", "reported_how": "'dream'"}, "replaces_id IS NULL"),
    ],
    "patientfact_side_effects_answer": [
        ({"kind": "'side_effects'", "number": "NULL", "answer": "'yes'"}, "replaces_id IS NULL"),
    ],
    "patientfact_withdrawn_replaces": [({"withdrawn": "TRUE"}, "replaces_id IS NULL")],
    "titration_patientfact_replaces_id_key": [({}, "replaces_id IS NOT NULL")],
    # plans
    "plan_one_active_per_route": [({"number": "7"}, "status = 'active'")],
    "plan_key_with_patient": [
        ({"id": "id", "status": "'ended'", "ended_on": "'2026-11-01'", "ended_by_id": "created_by_id"}, "TRUE")
    ],
    "titration_plan_number_key": [({}, "status = 'active'")],
    "plan_route_is_oral": [({"route": "'pump'"}, "TRUE")],
    "plan_status_known": [
        ({"status": "'ended'"}, "status = 'active'"),
        ({"ended_on": "'2026-11-01'", "ended_by_id": "created_by_id"}, "status = 'active'"),
        ({"status": "'paused'"}, "status = 'active'"),
    ],
    "plan_taken_before_known": [({"taken_before": "''"}, "TRUE")],
    "plan_ended_on_with_ended_by": [({"ended_by_id": "created_by_id"}, "status = 'active'")],
    # steps
    "step_has_author": [(AUTHORLESS, "TRUE")],
    "step_periods_do_not_overlap": [({}, "state = 'signed' AND voided_at IS NULL")],
    "step_period_not_empty": [({"period": "'empty'"}, "TRUE")],
    "step_period_has_start": [({"period": "'(,2026-11-01)'"}, "TRUE")],
    "step_kind_known": [({"kind": "'boost'"}, "state = 'draft'")],
    "step_stop_has_no_dose": [
        ({"daily_mg": "0"}, "state = 'draft'"),
        ({"daily_mg": "-5"}, "state = 'draft'"),
        ({"product_id": "NULL"}, "state = 'draft'"),
        ({"kind": "'stop'"}, "state = 'draft'"),
    ],
    "step_daily_mg_readable": [({"daily_mg": "1000"}, "TRUE"), ({"daily_mg": "'NaN'"}, "TRUE")],
    "step_signed_has_time": [
        ({"signed_at": "NULL"}, "state = 'signed'"),
        ({"signed_at": "recorded_at"}, "state = 'draft'"),
        ({"state": "'sent'"}, "state = 'signed'"),
    ],
    "step_cosigner_is_another": [({"cosigned_by_id": "recorded_by_id"}, "TRUE")],
    "step_not_its_own_origin": [
        (
            {"id": "'00000000-0000-4000-8000-000000000001'", "replaces_id": "'00000000-0000-4000-8000-000000000001'"},
            "TRUE",
        )
    ],
    "step_same_patient_as_plan": [
        ({"patient_id": "(SELECT id FROM titration_patient p WHERE p.id <> t.patient_id LIMIT 1)"}, "state = 'draft'"),
        ({"plan_number": "7"}, "state = 'draft'"),
    ],
    "slot_has_author": [(AUTHORLESS, "TRUE")],
    "slot_position_once": [({"at": "'03:00'"}, "TRUE")],
    "slot_time_once": [({"position": "99"}, "TRUE")],
    "slot_amount_readable": [
        ({"amount_mg": "0"}, "TRUE"),
        ({"amount_mg": "-5"}, "TRUE"),
        ({"amount_mg": "1000"}, "TRUE"),
        ({"amount_mg": "'NaN'"}, "TRUE"),
    ],
    "slot_tablets_or_volume": [
        ({"volume_ml": "5"}, "tablets IS NOT NULL"),
        ({"tablets": "0"}, "tablets IS NOT NULL"),
        ({"tablets": "NULL"}, "tablets IS NOT NULL"),
        ({"tablets": "'NaN'"}, "tablets IS NOT NULL"),
        ({"tablets": "NULL", "volume_ml": "'NaN'"}, "tablets IS NOT NULL"),
    ],
    "slot_same_patient_as_plan": [
        (
            {
                "patient_id": "(SELECT id FROM titration_patient p WHERE p.id <> t.patient_id LIMIT 1)",
                "position": "99",
                "at": "'03:00'",
            },
            "TRUE",
        )
    ],
    "override_has_author": [(AUTHORLESS, "TRUE")],
    "override_has_reason": [({"reason_code": "''"}, "TRUE")],
    "override_second_is_another": [({"second_clinician_id": "recorded_by_id"}, "TRUE")],
    "override_same_patient_as_plan": [
        ({"patient_id": "(SELECT id FROM titration_patient p WHERE p.id <> t.patient_id LIMIT 1)"}, "TRUE")
    ],
    # kidneys
    "kidneyresult_has_author": [(AUTHORLESS, "replaces_id IS NULL")],
    "kidneyresult_unit_of_analyte": [
        ({"unit": "'mg/L'"}, "replaces_id IS NULL"),
        ({"unit": "''"}, "replaces_id IS NULL"),
        ({"analyte": "'cystatin_c'"}, "replaces_id IS NULL"),
        ({"analyte": "'urea'"}, "replaces_id IS NULL"),
    ],
    "kidneyresult_above_zero": [
        ({"value": "0"}, "replaces_id IS NULL"),
        ({"value": "-1"}, "replaces_id IS NULL"),
        ({"value": "'NaN'"}, "replaces_id IS NULL"),
    ],
    "kidneyresult_comparator_known": [({"comparator": "'~'"}, "replaces_id IS NULL")],
    "kidneyresult_not_future": [({"taken_at": "recorded_at + interval '11 minutes'"}, "replaces_id IS NULL")],
    "kidneyresult_error_replaces": [({"entered_in_error": "TRUE"}, "replaces_id IS NULL")],
    "kidneyresult_correction_has_reason": [({"reason": "''"}, "replaces_id IS NOT NULL")],
    "titration_kidneyresult_replaces_id_key": [({}, "replaces_id IS NOT NULL")],
    "reportedestimate_has_author": [(AUTHORLESS, "TRUE")],
    "reportedestimate_not_negative": [({"value": "-1"}, "TRUE"), ({"value": "'NaN'"}, "TRUE")],
    "reportedestimate_comparator_known": [({"comparator": "'~'"}, "TRUE")],
    "reportedestimate_error_replaces": [({"entered_in_error": "TRUE"}, "TRUE")],
    "titration_reportedestimate_replaces_id_key": [({}, "replaces_id IS NOT NULL")],
    "quarantinedresult_has_author": [(AUTHORLESS, "TRUE")],
    "quarantinedresult_once": [({"result_id": "NULL"}, "TRUE")],
    "titration_quarantinedresult_result_id_key": [({"fingerprint": "'other'"}, "result_id IS NOT NULL")],
    # flags
    "flag_one_open_per_rule": [({}, "status = 'open'")],
    "flag_urgency_known": [({"urgency": "4"}, "status = 'open'"), ({"urgency": "0"}, "status = 'open'")],
    "flag_closed_has_time": [
        ({"status": "'closed'", "closed_code": "'by_rule'"}, "status = 'open'"),
        (
            {"status": "'closed'", "closed_code": "'by_rule'", "closed_at": "opened_at", "closed_because": "''"},
            "status = 'open'",
        ),
        ({"closed_at": "opened_at"}, "status = 'open'"),
    ],
    "flag_closed_by_whom": [
        (CLOSED | {"closed_code": "''"}, "status = 'open'"),
        (CLOSED | {"closed_code": "'whim'", "closed_by_id": SOMEBODY}, "status = 'open'"),
        (CLOSED | {"closed_code": "'other'"}, "status = 'open'"),
        (CLOSED | {"closed_code": "'by_rule'", "closed_by_id": SOMEBODY}, "status = 'open'"),
        ({"rule_id": "'KID-98'", "closed_code": "'other'"}, "status = 'open'"),
        ({"rule_id": "'KID-98'", "closed_by_id": SOMEBODY}, "status = 'open'"),
    ],
    "flag_acknowledged_at_with_acknowledged_by": [
        ({"rule_id": "'KID-98'", "acknowledged_at": "opened_at"}, "status = 'open' AND acknowledged_at IS NULL"),
        ({"rule_id": "'KID-98'", "acknowledged_by_id": SOMEBODY}, "status = 'open' AND acknowledged_at IS NULL"),
    ],
    "flag_act_now_not_snoozed": [
        ({"rule_id": "'KID-98'", "urgency": "1", "snoozed_until": "opened_at"}, "status = 'open'")
    ],
    "flag_escalated_has_limit": [
        ({"rule_id": "'KID-98'", "escalated_at": "opened_at", "act_by": "NULL"}, "status = 'open'"),
        (
            {"rule_id": "'KID-98'", "escalated_at": "opened_at", "act_by": "opened_at + interval '1 minute'"},
            "status = 'open'",
        ),
    ],
    "flag_same_patient_as_plan": [
        (
            {
                "patient_id": "(SELECT id FROM titration_patient p WHERE p.id <> t.patient_id LIMIT 1)",
                "rule_id": "'KID-99'",
            },
            "TRUE",
        )
    ],
    "flagnote_has_author": [(AUTHORLESS, "TRUE")],
    "flagnote_kind_known": [({"kind": "'shout'"}, "TRUE")],
    "flagnote_same_patient_as_plan": [
        ({"patient_id": "(SELECT id FROM titration_patient p WHERE p.id <> t.patient_id LIMIT 1)"}, "TRUE")
    ],
    **REFUSED_DOSES,
    **REFUSED_INVITATIONS,
    # audit
    "auditevent_action_known": [({"action": "'peek'"}, "TRUE")],
    "auditevent_actor_or_job": [({"actor": "NULL", "job": "''", "action": "'view'"}, "TRUE")],
}

# A constraint that others of the table always refuse first: those are taken away for the test.
BEHIND: dict[str, tuple[str, ...]] = {
    "titration_flag_urgency_check": ("flag_urgency_known",),
    "plan_key_with_patient": ("titration_plan_pkey", "titration_plan_number_key"),
    "step_period_not_empty": ("step_period_has_start",),
}

# Foreign keys that other foreign keys lead to as well: a copy of the row is tried instead of a change.
TRIED_ON_A_COPY = {"titration_plan.patient_id": {"number": "7"}}

# Foreign keys whose column is only filled together with others.
FILLED_WITH = {
    "titration_plan.ended_by_id": "status = 'ended', ended_on = '2026-11-01'",
    "titration_kidneyresult.replaces_id": "reason = 'Wrong'",
    "titration_flag.acknowledged_by_id": "acknowledged_at = opened_at",
    "titration_flag.closed_by_id": "status = 'closed', closed_at = opened_at, closed_code = 'other', closed_because = 'x'",
    "titration_invitation.claimed_by_id": "claimed_at = created_at, ended_at = NULL, ended_by_id = NULL",
    "titration_invitation.ended_by_id": "ended_at = created_at, claimed_at = NULL, claimed_by_id = NULL",
    "titration_carerelation.person_id": "kind = 'treating', team_id = NULL",
}
