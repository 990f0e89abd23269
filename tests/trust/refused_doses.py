"""What the constraints of dose events, silences, supply and decisions about a restart refuse: changes to a row that is copied."""

AUTHORLESS = {"recorded_by_id": "NULL", "job": "''"}
ANOTHER = {"patient_id": "(SELECT id FROM titration_patient p WHERE p.id <> t.patient_id LIMIT 1)"}
_LATER = {"local_date": "local_date + 300"}  # a day of which nothing is recorded yet
_FIRST = "replaces_id IS NULL"
_TAKEN = "state = 'taken' AND replaces_id IS NULL"

REFUSED_DOSES: dict[str, list[tuple[dict[str, str], str]]] = {
    "doseevent_has_author": [({**AUTHORLESS, **_LATER}, _FIRST)],
    "doseevent_first_once": [({}, _FIRST)],
    "doseevent_state_known": [({**_LATER, "state": "'dropped'"}, _TAKEN)],
    "doseevent_taken_fits_state": [
        ({**_LATER, "taken_mg": "0"}, _TAKEN),
        ({**_LATER, "state": "'partly'"}, _TAKEN),
        ({**_LATER, "state": "'partly'", "taken_mg": "0"}, _TAKEN),
        ({**_LATER, "state": "'held'"}, _TAKEN),
        ({**_LATER, "state": "'held'", "taken_mg": "0", "taken_at": "due_at"}, _TAKEN),
    ],
    "doseevent_amount_readable": [
        ({**_LATER, "amount_mg": "1000", "taken_mg": "1000"}, _TAKEN),
        ({**_LATER, "amount_mg": "0", "taken_mg": "0"}, _TAKEN),
        ({**_LATER, "amount_mg": "'NaN'", "taken_mg": "'NaN'"}, _TAKEN),
    ],
    "doseevent_skip_has_reason": [
        ({**_LATER, "state": "'skipped'", "taken_mg": "0", "taken_at": "NULL"}, _TAKEN),
        ({**_LATER, "state": "'skipped'", "taken_mg": "0", "taken_at": "NULL", "reason_code": "'x'"}, _TAKEN),
        ({**_LATER, "reason_code": "'forgot'"}, _TAKEN),
    ],
    "doseevent_said_by_known": [({**_LATER, "said_by": "'dog'"}, _TAKEN)],
    "doseevent_taken_before_recorded": [({**_LATER, "taken_at": "recorded_at + interval '11 minutes'"}, _TAKEN)],
    "doseevent_undone_replaces": [({**_LATER, "state": "'undone'", "taken_mg": "0", "taken_at": "NULL"}, _TAKEN)],
    "doseevent_same_patient_as_plan": [({**_LATER, **ANOTHER}, _FIRST)],
    "titration_doseevent_replaces_id_key": [({}, "replaces_id IS NOT NULL")],
    "dosetracking_has_author": [(AUTHORLESS, "TRUE")],
    "dosetracking_mode_known": [({"mode": "'guessed'"}, "TRUE")],
    "dosetracking_same_patient_as_plan": [(ANOTHER, "TRUE")],
    "callrequest_has_author": [(AUTHORLESS, "TRUE")],
    "callrequest_coded": [
        ({"reported_by": "'clinician'"}, "TRUE"),
        ({"about": "'weather'"}, "TRUE"),
        ({"best_time": "'never'"}, "TRUE"),
    ],
    "callrequest_same_patient_as_plan": [(ANOTHER, "TRUE")],
    "feelingreport_has_author": [(AUTHORLESS, "TRUE")],
    "feelingreport_reporter_known": [({"reported_by": "'clinician'"}, "TRUE")],
    **{
        f"feelingreport_{scale}_range": [({scale: "11"}, "TRUE"), ({scale: "-1"}, "TRUE")]
        for scale in ("sleepiness", "spasms", "falls", "mood")
    },
    "feelingreport_same_patient_as_plan": [(ANOTHER, "TRUE")],
    "silence_has_author": [(AUTHORLESS, _FIRST)],
    "silence_reason_known": [({"reason": "'bored'"}, _FIRST)],
    "silence_ends_after_start": [({"ends_at": "starts_at - interval '1 minute'"}, _FIRST)],
    "silence_same_patient_as_plan": [(ANOTHER, _FIRST)],
    "titration_silence_replaces_id_key": [({}, "replaces_id IS NOT NULL")],
    "supplyissue_has_author": [(AUTHORLESS, _FIRST)],
    "supplyissue_amount": [
        ({"units": "0"}, _FIRST),
        ({"total_mg": "0"}, _FIRST),
        ({"units": "'NaN'"}, _FIRST),
        ({"total_mg": "'NaN'"}, _FIRST),
    ],
    "supplyissue_repeat_after_issue": [({"repeat_on": "on_date"}, _FIRST)],
    "supplyissue_withdrawn_replaces": [({"withdrawn": "TRUE"}, _FIRST)],
    "supplyissue_same_patient_as_plan": [(ANOTHER, _FIRST)],
    "titration_supplyissue_replaces_id_key": [({}, "replaces_id IS NOT NULL")],
    "changeseen_has_author": [(AUTHORLESS, "TRUE")],
    "changeseen_once": [({}, "TRUE")],
    "changeseen_said_by_known": [({"said_by": "'staff'"}, "TRUE")],
    "changeseen_same_patient_as_plan": [({**ANOTHER, "digest": "'other'"}, "TRUE")],
    "pageread_has_author": [({**AUTHORLESS, "revision_id": "9"}, "TRUE")],
    "pageread_once": [({}, "TRUE")],
    "pageread_said_by_known": [({"said_by": "'staff'", "revision_id": "9"}, "TRUE")],
    "pageread_names_a_page": [
        *(({column: "''"}, "TRUE") for column in ("slug", "locale", "country")),
        ({"revision_id": "0"}, "TRUE"),
    ],
    "restartdecision_has_author": [(AUTHORLESS, "TRUE")],
    "restartdecision_choice_known": [({"choice": "'guess'"}, "TRUE")],
    "restartdecision_has_reason": [({"reason": "''"}, "TRUE")],
    "restartdecision_daily_mg_readable": [
        ({"daily_mg": "-1"}, "TRUE"),
        ({"daily_mg": "1000"}, "TRUE"),
        ({"daily_mg": "'NaN'"}, "TRUE"),
    ],
    "restartdecision_same_patient_as_plan": [(ANOTHER, "TRUE")],
}
