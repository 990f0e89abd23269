"""The second wall: PostgreSQL itself shows a person only the patients of their relations.

``access.patients(right)`` answers which patients the actor of this transaction has that right for. When the
page is about one patient (``app.subject``), no other patient exists for the whole transaction.
"""

from django.db import migrations

RESOLVER = """
SET LOCAL ROLE app_resolver;
CREATE FUNCTION access.patients(need text) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = '' AS $$
DECLARE
  actor uuid := nullif(current_setting('app.actor', true), '')::uuid;
  subject uuid := nullif(current_setting('app.subject', true), '')::uuid;
BEGIN
  IF actor IS NULL THEN
    RETURN;
  ELSIF subject IS NOT NULL THEN
    RETURN QUERY SELECT subject WHERE EXISTS (
      SELECT FROM public.titration_carerelation r
      WHERE r.patient_id = subject AND need = ANY (r.rights)
        AND r.valid_from <= now() AND (r.valid_to IS NULL OR r.valid_to > now())
        AND (r.person_id = actor OR EXISTS (
          SELECT FROM public.titration_teammembership m
          WHERE m.team_id = r.team_id AND m.person_id = actor AND need = ANY (m.rights)
            AND m.valid_from <= now() AND (m.valid_to IS NULL OR m.valid_to > now()))));
  ELSE
    RETURN QUERY
      SELECT r.patient_id FROM public.titration_carerelation r
      WHERE r.person_id = actor AND need = ANY (r.rights)
        AND r.valid_from <= now() AND (r.valid_to IS NULL OR r.valid_to > now())
      UNION
      SELECT r.patient_id FROM public.titration_carerelation r
      JOIN public.titration_teammembership m ON m.team_id = r.team_id
      WHERE m.person_id = actor AND need = ANY (r.rights) AND need = ANY (m.rights)
        AND r.valid_from <= now() AND (r.valid_to IS NULL OR r.valid_to > now())
        AND m.valid_from <= now() AND (m.valid_to IS NULL OR m.valid_to > now());
  END IF;
END $$;
REVOKE EXECUTE ON FUNCTION access.patients(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access.patients(text) TO app_web;
SET LOCAL ROLE app_owner;
GRANT SELECT ON titration_carerelation, titration_teammembership TO app_resolver;
"""

# table: (column that names the patient, right to insert, right to update); empty: nobody on the web may
TABLES = {
    "patient": ("id", "", ""),
    "patientidentifier": ("patient_id", "", ""),
    "patientfact": ("patient_id", "log", ""),
    "carerelation": ("patient_id", "", ""),
    "plan": ("patient_id", "prescribe", "log"),
    "step": ("patient_id", "prescribe", "prescribe"),
    "slot": ("patient_id", "prescribe", ""),
    "override": ("patient_id", "prescribe", ""),
    "kidneyresult": ("patient_id", "log", ""),
    "reportedestimate": ("patient_id", "", ""),
    "quarantinedresult": ("patient_id", "", "log"),
    # Findings are worked out when a chart is opened, so whoever may read may raise and close a flag by rule.
    "flag": ("patient_id", "read", "read"),
    "flagnote": ("patient_id", "log", ""),
    # Event tables are written by triggers, inside the statement of the person who changes the row.
    "patientevent": ("id", "read", ""),
    "carerelationevent": ("patient_id", "", ""),
    "planevent": ("patient_id", "read", ""),
    "stepevent": ("patient_id", "read", ""),
    "flagevent": ("patient_id", "read", ""),
}

# job: tables it may read; tables it may also write
JOBS = {
    "seed_demo": (tuple(TABLES), tuple(TABLES)),
    "import_labs": (
        tuple(TABLES),
        (
            "patient", "patientidentifier", "carerelation", "kidneyresult", "reportedestimate", "quarantinedresult",
            "plan", "flag", "patientevent", "carerelationevent", "planevent", "flagevent",
        ),
    ),
    "reassess": (tuple(TABLES), ("plan", "flag", "planevent", "flagevent")),
}  # fmt: skip


def statements():
    for name, (column, insert, update) in TABLES.items():
        table = f"titration_{name}"
        mine = f"{column} IN (SELECT access.patients('{{}}'))"
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        drafts = " AND (state <> 'draft' OR " + mine.format("prescribe") + ")" if name == "step" else ""
        yield f"CREATE POLICY web_read ON {table} FOR SELECT TO app_web USING ({mine.format('read')}{drafts})"
        if insert:
            yield f"CREATE POLICY web_add ON {table} FOR INSERT TO app_web WITH CHECK ({mine.format(insert)})"
        if update:
            yield f"CREATE POLICY web_change ON {table} FOR UPDATE TO app_web USING ({mine.format(update)})"
        for job, (reads, writes) in JOBS.items():
            working = f"current_setting('app.job', true) = '{job}'"
            if name in writes:
                yield f"CREATE POLICY {job} ON {table} TO app_worker USING ({working})"
            elif name in reads:
                yield f"CREATE POLICY {job} ON {table} FOR SELECT TO app_worker USING ({working})"
        yield (f"CREATE POLICY migrate ON {table} TO app_owner USING (current_setting('app.job', true) = 'migrate')")
    for table in ("carerelation",):
        yield f"CREATE POLICY resolver ON titration_{table} FOR SELECT TO app_resolver USING (true)"
    audit = "titration_auditevent"
    yield f"ALTER TABLE {audit} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {audit} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY web_read ON {audit} FOR SELECT TO app_web USING (patient IN (SELECT access.patients('audit')))"
    yield (
        f"CREATE POLICY web_add ON {audit} FOR INSERT TO app_web "
        "WITH CHECK (actor IS NOT DISTINCT FROM nullif(current_setting('app.actor', true), '')::uuid)"
    )
    for job in JOBS:
        yield (
            f"CREATE POLICY {job} ON {audit} FOR INSERT TO app_worker "
            f"WITH CHECK (current_setting('app.job', true) = '{job}')"
        )
    yield f"CREATE POLICY migrate ON {audit} TO app_owner USING (current_setting('app.job', true) = 'migrate')"


# A patient can be named beside a plan only when the plan is that patient's: composite keys, checked by the database.
COMPOSITE = [
    f"ALTER TABLE titration_{table} ADD CONSTRAINT {table}_same_patient_as_plan "
    "FOREIGN KEY (plan_id, patient_id, plan_number) REFERENCES titration_plan (id, patient_id, number) "
    "DEFERRABLE INITIALLY DEFERRED"
    for table in ("step", "slot", "override", "flag", "flagnote")
]

# The same for rows that point to a row of their own kind, or to the step or flag that they belong to: one patient each.
SAME_PATIENT = {
    "step": (("step", "replaces_id"), ("step", "origin_id"), ("slot", "step_id"), ("override", "step_id")),
    "flag": (("flagnote", "flag_id"),),
    "kidneyresult": (("kidneyresult", "replaces_id"), ("quarantinedresult", "result_id")),
    "reportedestimate": (("reportedestimate", "replaces_id"),),
    "patientfact": (("patientfact", "replaces_id"),),
}
COMPOSITE += [
    f"ALTER TABLE titration_{target} ADD CONSTRAINT {target}_key_with_patient UNIQUE (id, patient_id)"
    for target in SAME_PATIENT
]
COMPOSITE += [
    f"ALTER TABLE titration_{table} ADD CONSTRAINT {table}_{column.removesuffix('_id')}_same_patient "
    f"FOREIGN KEY ({column}, patient_id) REFERENCES titration_{target} (id, patient_id) DEFERRABLE INITIALLY DEFERRED"
    for target, pairs in SAME_PATIENT.items()
    for table, column in pairs
]


class Migration(migrations.Migration):
    dependencies = [("titration", "0001_initial")]

    operations = [
        migrations.RunSQL(RESOLVER, migrations.RunSQL.noop),
        migrations.RunSQL([*COMPOSITE, *statements()], migrations.RunSQL.noop),
    ]
