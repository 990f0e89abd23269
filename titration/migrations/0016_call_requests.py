"""That somebody asks to be called. Whoever tells adds a request in their own name; nobody changes one."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"
JOBS_THAT_READ = ("import_labs", "reassess")
TABLE = "titration_callrequest"


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
        f"ALTER TABLE {TABLE} ADD CONSTRAINT callrequest_same_patient_as_plan FOREIGN KEY (plan_id, patient_id, plan_number) "
        "REFERENCES titration_plan (id, patient_id, number) DEFERRABLE INITIALLY DEFERRED"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0015_feelings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallRequest",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("plan_number", models.BigIntegerField()),
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
                (
                    "about",
                    models.CharField(
                        choices=[
                            ("dose", "My dose or my plan"),
                            ("feeling", "How I feel"),
                            ("supply", "Getting more medicine"),
                            ("other", "Something else"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "best_time",
                    models.CharField(
                        choices=[("any", "Any time"), ("morning", "In the morning"), ("afternoon", "In the afternoon")],
                        max_length=10,
                    ),
                ),
                ("phone", models.CharField(blank=True, default="", max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=300)),
                ("expected_on", models.DateField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="callrequest",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="titration.patient"
            ),
        ),
        migrations.AddField(
            model_name="callrequest",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="%(class)ss", to="titration.plan"
            ),
        ),
        migrations.AddField(
            model_name="callrequest",
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
            model_name="callrequest", index=models.Index(fields=["patient", "-recorded_at"], name="callrequest_newest")
        ),
        migrations.AddConstraint(
            model_name="callrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("recorded_by__isnull", False), models.Q(("job", ""), _negated=True), _connector="OR"
                ),
                name="callrequest_has_author",
                violation_error_message="A record says which person or which job wrote it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="callrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("about__in", ["dose", "feeling", "supply", "other"]),
                    ("best_time__in", ["any", "morning", "afternoon"]),
                    ("reported_by__in", ["patient", "carer"]),
                ),
                name="callrequest_coded",
                violation_error_message="A patient or a carer asks for a call, about one of the listed things.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="callrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="206386daa55d6763836a950610951a71cce6536b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_0c75f",
                    table="titration_callrequest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(list(walls()), migrations.RunSQL.noop),
    ]
