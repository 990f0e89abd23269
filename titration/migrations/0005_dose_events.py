"""What is known of the doses of a plan: dose events, how they are known, silences, supply, decisions about a restart.

Each table has the walls of the others: rows of the reader's patients alone, written with the right of the page, in the
writer's own name, about a plan of that very patient.
"""

import datetime
import uuid

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"
# table: the right of the relation that it takes to add a row
TABLES = {
    "doseevent": "log",
    "dosetracking": "log",
    "silence": "log",
    "supplyissue": "log",
    "restartdecision": "prescribe",
}
CORRECTED = ("doseevent", "silence", "supplyissue")
JOBS_THAT_READ = ("import_labs", "reassess")


def walls():
    for name, right in TABLES.items():
        table = f"titration_{name}"
        mine = "patient_id IN (SELECT access.patients('{}'))"
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY web_read ON {table} FOR SELECT TO app_web USING ({mine.format('read')})"
        yield f"CREATE POLICY web_add ON {table} FOR INSERT TO app_web WITH CHECK ({mine.format(right)})"
        yield (
            f"CREATE POLICY own_name ON {table} AS RESTRICTIVE FOR INSERT TO app_web "
            f"WITH CHECK (recorded_by_id = {ACTOR})"
        )
        yield f"CREATE POLICY seed_demo ON {table} TO app_worker USING (current_setting('app.job', true) = 'seed_demo')"
        for job in JOBS_THAT_READ:
            working = f"current_setting('app.job', true) = '{job}'"
            yield f"CREATE POLICY {job} ON {table} FOR SELECT TO app_worker USING ({working})"
        yield f"CREATE POLICY migrate ON {table} TO app_owner USING (current_setting('app.job', true) = 'migrate')"
        yield (
            f"ALTER TABLE {table} ADD CONSTRAINT {name}_same_patient_as_plan FOREIGN KEY (plan_id, patient_id, plan_number) "
            "REFERENCES titration_plan (id, patient_id, number) DEFERRABLE INITIALLY DEFERRED"
        )
    for name in CORRECTED:
        yield f"ALTER TABLE titration_{name} ADD CONSTRAINT {name}_key_with_patient UNIQUE (id, patient_id)"
        yield (
            f"ALTER TABLE titration_{name} ADD CONSTRAINT {name}_replaces_same_patient FOREIGN KEY (replaces_id, patient_id) "
            f"REFERENCES titration_{name} (id, patient_id) DEFERRABLE INITIALLY DEFERRED"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0004_true_authors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DoseEvent",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
                ("local_date", models.DateField()),
                ("position", models.PositiveSmallIntegerField()),
                ("slot_at", models.TimeField()),
                ("time_zone", models.CharField(max_length=64)),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("taken", "Taken"),
                            ("partly", "Partly"),
                            ("skipped", "Skipped"),
                            ("held", "Held"),
                            ("undone", "Taken back"),
                        ],
                        max_length=10,
                    ),
                ),
                ("amount_mg", models.DecimalField(decimal_places=2, max_digits=6)),
                ("taken_mg", models.DecimalField(decimal_places=2, max_digits=6)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "reason_code",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("forgot", "Forgotten"),
                            ("no_supply", "None left"),
                            ("unwell", "Felt unwell from it"),
                            ("vomiting", "Vomiting"),
                            ("diarrhoea", "Diarrhoea"),
                            ("nil_by_mouth", "Nil by mouth"),
                            ("own_decision", "Decided to stop"),
                            ("other", "Another reason"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "said_by",
                    models.CharField(
                        choices=[
                            ("patient", "The patient"),
                            ("carer", "A carer"),
                            ("staff", "Staff who gave the dose"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="DoseTracking",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
                (
                    "mode",
                    models.CharField(choices=[("ticked", "ticked"), ("not_tracked", "not_tracked")], max_length=12),
                ),
                ("since", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="RestartDecision",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
                (
                    "choice",
                    models.CharField(
                        choices=[
                            ("resume", "Go on with the same dose"),
                            ("lower", "Go on with a lower dose"),
                            ("retitrate", "Start low again and build up"),
                            ("not_resumed", "Do not take baclofen again for now"),
                        ],
                        max_length=12,
                    ),
                ),
                ("last_dose_at", models.DateTimeField(null=True)),
                ("gap_hours", models.PositiveIntegerField(null=True)),
                ("daily_mg", models.DecimalField(decimal_places=2, max_digits=6)),
                ("kidneys", models.CharField(max_length=300)),
                ("reason", models.CharField(max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name="Silence",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("hold", "hold"),
                            ("admission", "admission"),
                            ("lost_phone", "lost_phone"),
                            ("other", "other"),
                        ],
                        max_length=12,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("note", models.CharField(blank=True, default="", max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="SupplyIssue",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
                ("on_date", models.DateField()),
                ("units", models.DecimalField(decimal_places=2, max_digits=7)),
                ("total_mg", models.DecimalField(decimal_places=2, max_digits=9)),
                ("repeat_on", models.DateField(null=True)),
                ("withdrawn", models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="patientfact",
            name="patientfact_kind_known",
        ),
        migrations.AlterField(
            model_name="patientfact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("height_cm", "Height"),
                    ("weight_kg", "Weight"),
                    ("dialysis", "Dialysis"),
                    ("pregnancy", "Pregnancy"),
                    ("breastfeeding", "Breastfeeding"),
                    ("infant_born", "Birth date of the infant"),
                    ("setting", "Setting of care"),
                    ("albuminuria", "Albumin in the urine"),
                    ("past_withdrawal", "Withdrawal in the past"),
                    ("benefit", "Benefit of baclofen"),
                    ("spasticity_nrs", "Spasticity, 0 to 10"),
                    ("penn", "Spasm frequency (Penn)"),
                    ("ashworth", "Muscle tone (Modified Ashworth)"),
                    ("condition", "Condition"),
                    ("medicine", "Other medicine"),
                    ("sign", "Sign or symptom"),
                    ("event", "Event that asks for a kidney check"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="patientfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "height_cm",
                            "weight_kg",
                            "dialysis",
                            "pregnancy",
                            "breastfeeding",
                            "infant_born",
                            "setting",
                            "albuminuria",
                            "past_withdrawal",
                            "benefit",
                            "spasticity_nrs",
                            "penn",
                            "ashworth",
                            "condition",
                            "medicine",
                            "sign",
                            "event",
                        ],
                    )
                ),
                name="patientfact_kind_known",
                violation_error_message="The kind of a fact is one of the known kinds.",
            ),
        ),
        migrations.AddField(
            model_name="doseevent",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="doseevent",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddField(
            model_name="doseevent",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="doseevent",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="titration.doseevent",
            ),
        ),
        migrations.AddField(
            model_name="dosetracking",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="dosetracking",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddField(
            model_name="dosetracking",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="restartdecision",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="restartdecision",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddField(
            model_name="restartdecision",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="silence",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="titration.silence",
            ),
        ),
        migrations.AddField(
            model_name="supplyissue",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="supplyissue",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddField(
            model_name="supplyissue",
            name="product",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.product"
            ),
        ),
        migrations.AddField(
            model_name="supplyissue",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="supplyissue",
            name="replaces",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="titration.supplyissue",
            ),
        ),
        migrations.AddIndex(
            model_name="doseevent",
            index=models.Index(fields=["plan", "local_date"], name="titration_d_plan_id_4b9b3d_idx"),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                ),
                name="doseevent_has_author",
                violation_error_message="A record says which person or which job wrote it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaces__isnull", True)),
                fields=("plan", "local_date", "position"),
                name="doseevent_first_once",
                violation_error_message="This dose is recorded already; correct that record.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["taken", "partly", "skipped", "held", "undone"])),
                name="doseevent_state_known",
                violation_error_message="A dose was taken, partly taken, skipped, held, or its record was taken back.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "taken"), ("taken_mg", models.F("amount_mg"))),
                    models.Q(("state", "partly"), ("taken_mg__gt", 0), ("taken_mg__lt", models.F("amount_mg"))),
                    models.Q(("state__in", ["skipped", "held", "undone"]), ("taken_at__isnull", True), ("taken_mg", 0)),
                    _connector="OR",
                ),
                name="doseevent_taken_fits_state",
                violation_error_message="What was taken is all of the dose, a part of it, or nothing, as its state says.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("taken_at__isnull", True),
                    (
                        "taken_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("recorded_at"), "+", models.Value(datetime.timedelta(seconds=600))
                        ),
                    ),
                    _connector="OR",
                ),
                name="doseevent_taken_before_recorded",
                violation_error_message="A dose that was taken was taken before it was recorded.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_mg__gt", 0), ("amount_mg__lt", 1000)),
                name="doseevent_amount_readable",
                violation_error_message="A dose is above 0 mg and below 1,000 mg.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state", "skipped"),
                        (
                            "reason_code__in",
                            [
                                "forgot",
                                "no_supply",
                                "unwell",
                                "vomiting",
                                "diarrhoea",
                                "nil_by_mouth",
                                "own_decision",
                                "other",
                            ],
                        ),
                    ),
                    models.Q(models.Q(("state", "skipped"), _negated=True), ("reason_code", "")),
                    _connector="OR",
                ),
                name="doseevent_skip_has_reason",
                violation_error_message="A dose that was skipped has a reason, every other one has none.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("said_by__in", ["patient", "carer", "staff"])),
                name="doseevent_said_by_known",
                violation_error_message="What was taken is said by the patient, a carer or staff.",
            ),
        ),
        migrations.AddConstraint(
            model_name="doseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "undone"), _negated=True), ("replaces__isnull", False), _connector="OR"
                ),
                name="doseevent_undone_replaces",
                violation_error_message="What is taken back is the record that it names.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="doseevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8a9b4701b3e6b5a7b5269eaef9a8d82544104efc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_21c18",
                    table="titration_doseevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="dosetracking",
            index=models.Index(fields=["plan", "-recorded_at"], name="titration_d_plan_id_ad534a_idx"),
        ),
        migrations.AddConstraint(
            model_name="dosetracking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                ),
                name="dosetracking_has_author",
                violation_error_message="A record says which person or which job wrote it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dosetracking",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["ticked", "not_tracked"])),
                name="dosetracking_mode_known",
                violation_error_message="Doses are ticked or not tracked.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="dosetracking",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bf8ef89e9ac83b1974779ea7b4ee38d7a27802f1",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_17d7b",
                    table="titration_dosetracking",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="restartdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                ),
                name="restartdecision_has_author",
                violation_error_message="A record says which person or which job wrote it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="restartdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("choice__in", ["resume", "lower", "retitrate", "not_resumed"])),
                name="restartdecision_choice_known",
                violation_error_message="A restart is one of the listed choices.",
            ),
        ),
        migrations.AddConstraint(
            model_name="restartdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True),
                name="restartdecision_has_reason",
                violation_error_message="A decision about a restart has a reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="restartdecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("daily_mg__gte", 0), ("daily_mg__lt", 1000)),
                name="restartdecision_daily_mg_readable",
                violation_error_message="A daily dose is 0 mg or more and below 1,000 mg.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="restartdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1511fe14c91d946d9cf331d1189465029ef34a2c",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_ebeec",
                    table="titration_restartdecision",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="silence",
            index=models.Index(fields=["plan", "ends_at"], name="titration_s_plan_id_f88fa7_idx"),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                ),
                name="silence_has_author",
                violation_error_message="A record says which person or which job wrote it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason__in", ["hold", "admission", "lost_phone", "other"])),
                name="silence_reason_known",
                violation_error_message="Why nothing is ticked is one of the known reasons.",
            ),
        ),
        migrations.AddConstraint(
            model_name="silence",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gte", models.F("starts_at"))),
                name="silence_ends_after_start",
                violation_error_message="A time without ticks does not end before it starts.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="silence",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="fda10b0bfcb26f9bdbb53c000770d04bc60e3dbb",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_7aac2",
                    table="titration_silence",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="supplyissue",
            index=models.Index(fields=["plan", "on_date"], name="titration_s_plan_id_8d48ea_idx"),
        ),
        migrations.AddConstraint(
            model_name="supplyissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                ),
                name="supplyissue_has_author",
                violation_error_message="A record says which person or which job wrote it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("total_mg__gt", 0), ("total_mg__lt", 1000000000000), ("units__gt", 0), ("units__lt", 1000000000000)
                ),
                name="supplyissue_amount",
                violation_error_message="What was handed out is above zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyissue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repeat_on__isnull", True), ("repeat_on__gt", models.F("on_date")), _connector="OR"
                ),
                name="supplyissue_repeat_after_issue",
                violation_error_message="The next issue comes after this one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="supplyissue",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn", False), ("replaces__isnull", False), _connector="OR"),
                name="supplyissue_withdrawn_replaces",
                violation_error_message="A withdrawal names the issue that it takes back.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="supplyissue",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="bc178bf0823fecd507f86ecb349c23df79dd49e6",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_d7f96",
                    table="titration_supplyissue",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(list(walls()), migrations.RunSQL.noop),
    ]
