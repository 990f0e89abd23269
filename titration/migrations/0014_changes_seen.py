"""Which changes of the dose were seen, with the walls of every record: written by whoever may tell, in the own name."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"
TABLE = "titration_changeseen"


def walls():
    mine = "patient_id IN (SELECT access.patients('{}'))"
    yield f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY web_read ON {TABLE} FOR SELECT TO app_web USING ({mine.format('read')})"
    yield f"CREATE POLICY web_add ON {TABLE} FOR INSERT TO app_web WITH CHECK ({mine.format('tell')})"
    yield f"CREATE POLICY own_name ON {TABLE} AS RESTRICTIVE FOR INSERT TO app_web WITH CHECK (recorded_by_id = {ACTOR})"
    yield f"CREATE POLICY seed_demo ON {TABLE} TO app_worker USING (current_setting('app.job', true) = 'seed_demo')"
    for job in ("import_labs", "reassess"):
        working = f"current_setting('app.job', true) = '{job}'"
        yield f"CREATE POLICY {job} ON {TABLE} FOR SELECT TO app_worker USING ({working})"
    yield f"CREATE POLICY migrate ON {TABLE} TO app_owner USING (current_setting('app.job', true) = 'migrate')"
    yield (
        f"ALTER TABLE {TABLE} ADD CONSTRAINT changeseen_same_patient_as_plan FOREIGN KEY (plan_id, patient_id, plan_number) "
        "REFERENCES titration_plan (id, patient_id, number) DEFERRABLE INITIALLY DEFERRED"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0013_told"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ChangeSeen",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
                ("starts_on", models.DateField()),
                ("digest", models.CharField(max_length=32)),
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
                (
                    "recorded_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                        ),
                        name="changeseen_has_author",
                        violation_error_message="A record says which person or which job wrote it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("said_by__in", ["patient", "carer"])),
                        name="changeseen_said_by_known",
                        violation_error_message="A change is seen by the patient or a carer.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="changeseen",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="changeseen",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddConstraint(
            model_name="changeseen",
            constraint=models.UniqueConstraint(
                fields=("plan", "digest", "said_by"),
                name="changeseen_once",
                violation_error_message="That this change was seen is on record already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="changeseen",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f532e108bc9b6db3fce9569e10a88a141de028d5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_46760",
                    table="titration_changeseen",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(list(walls()), migrations.RunSQL.noop),
    ]
