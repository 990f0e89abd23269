"""How patients feel, in their own numbers, with the statements that nothing is left and that nothing is taken any more.

Whoever tells adds a row in their own name, about a plan of that very patient; nobody changes one.
"""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"
JOBS_THAT_READ = ("import_labs", "reassess")
TABLE = "titration_feelingreport"


def walls():
    mine = "patient_id IN (SELECT access.patients('{}'))"
    yield f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY web_read ON {TABLE} FOR SELECT TO app_web USING ({mine.format('read')})"
    yield f"CREATE POLICY web_add ON {TABLE} FOR INSERT TO app_web WITH CHECK ({mine.format('tell')})"
    yield f"CREATE POLICY own_name ON {TABLE} AS RESTRICTIVE FOR INSERT TO app_web WITH CHECK (recorded_by_id = {ACTOR})"
    yield f"CREATE POLICY seed_demo ON {TABLE} TO app_worker USING (current_setting('app.job', true) = 'seed_demo')"
    for job in JOBS_THAT_READ:
        working = f"current_setting('app.job', true) = '{job}'"
        yield f"CREATE POLICY {job} ON {TABLE} FOR SELECT TO app_worker USING ({working})"
    yield f"CREATE POLICY migrate ON {TABLE} TO app_owner USING (current_setting('app.job', true) = 'migrate')"
    yield (
        f"ALTER TABLE {TABLE} ADD CONSTRAINT feelingreport_same_patient_as_plan FOREIGN KEY (plan_id, patient_id, plan_number) "
        "REFERENCES titration_plan (id, patient_id, number) DEFERRABLE INITIALLY DEFERRED"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0014_changes_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeelingReport",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
                ("on_date", models.DateField()),
                (
                    "reported_by",
                    models.CharField(
                        choices=[
                            ("patient", "The patient"),
                            ("carer", "A carer"),
                            ("clinician", "A clinician who saw it"),
                        ],
                        max_length=10,
                    ),
                ),
                ("sleepiness", models.SmallIntegerField(null=True)),
                ("spasms", models.SmallIntegerField(null=True)),
                ("falls", models.SmallIntegerField(null=True)),
                ("mood", models.SmallIntegerField(null=True)),
                ("has_stopped", models.BooleanField(default=False)),
                ("has_run_out", models.BooleanField(default=False)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="patientfact",
            name="patientfact_report_is_whole",
        ),
        migrations.AlterField(
            model_name="patientfact",
            name="reported_how",
            field=models.CharField(
                blank=True,
                choices=[
                    ("visit", "At a visit"),
                    ("phone", "By phone"),
                    ("writing", "In writing"),
                    ("portal", "In the portal"),
                ],
                default="",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="patientfact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reported_by", ""), ("reported_how", "")),
                    models.Q(
                        ("reported_by__in", ["patient", "carer", "clinician"]),
                        ("reported_how__in", ["visit", "phone", "writing", "portal"]),
                    ),
                    _connector="OR",
                ),
                name="patientfact_report_is_whole",
                violation_error_message="A report says who said so and how.",
            ),
        ),
        migrations.AddField(
            model_name="feelingreport",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="feelingreport",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddField(
            model_name="feelingreport",
            name="recorded_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="feelingreport",
            index=models.Index(fields=["plan", "-recorded_at"], name="feelingreport_newest"),
        ),
        migrations.AddIndex(
            model_name="feelingreport",
            index=models.Index(
                condition=models.Q(("has_stopped", True), ("has_run_out", True), _connector="OR"),
                fields=["plan"],
                include=("recorded_at", "on_date", "has_stopped", "has_run_out"),
                name="feelingreport_statements",
            ),
        ),
        migrations.AddConstraint(
            model_name="feelingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                ),
                name="feelingreport_has_author",
                violation_error_message="A record says which person or which job wrote it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feelingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("reported_by__in", ["patient", "carer"])),
                name="feelingreport_reporter_known",
                violation_error_message="How it feels is said by the patient or a carer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feelingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("sleepiness__isnull", True), ("sleepiness__range", (0, 10)), _connector="OR"),
                name="feelingreport_sleepiness_range",
                violation_error_message="Sleepiness is a number from 0 to 10.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feelingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("spasms__isnull", True), ("spasms__range", (0, 10)), _connector="OR"),
                name="feelingreport_spasms_range",
                violation_error_message="Spasms is a number from 0 to 10.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feelingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("falls__isnull", True), ("falls__range", (0, 10)), _connector="OR"),
                name="feelingreport_falls_range",
                violation_error_message="Falls is a number from 0 to 10.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feelingreport",
            constraint=models.CheckConstraint(
                condition=models.Q(("mood__isnull", True), ("mood__range", (0, 10)), _connector="OR"),
                name="feelingreport_mood_range",
                violation_error_message="Mood is a number from 0 to 10.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="feelingreport",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="1ff7cb9f01f24bd57a4cccd5fdf0e313ac989c96",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_6cde0",
                    table="titration_feelingreport",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(list(walls()), migrations.RunSQL.noop),
    ]
