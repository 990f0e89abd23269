"""Which pages about the medicine were read. Whoever tells adds a row in their own name; nobody changes one."""

import uuid

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"
TABLE = "titration_pageread"


def walls():
    mine = "patient_id IN (SELECT access.patients('{}'))"
    yield f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY web_read ON {TABLE} FOR SELECT TO app_web USING ({mine.format('read')})"
    yield f"CREATE POLICY web_add ON {TABLE} FOR INSERT TO app_web WITH CHECK ({mine.format('tell')})"
    yield f"CREATE POLICY own_name ON {TABLE} AS RESTRICTIVE FOR INSERT TO app_web WITH CHECK (recorded_by_id = {ACTOR})"
    yield f"CREATE POLICY seed_demo ON {TABLE} TO app_worker USING (current_setting('app.job', true) = 'seed_demo')"
    yield f"CREATE POLICY migrate ON {TABLE} TO app_owner USING (current_setting('app.job', true) = 'migrate')"


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0017_invitations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PageRead",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("recorded_at", models.DateTimeField()),
                ("job", models.CharField(blank=True, default="", max_length=40)),
                ("slug", models.CharField(max_length=255)),
                ("locale", models.CharField(max_length=10)),
                ("country", models.CharField(max_length=2)),
                ("revision_id", models.BigIntegerField()),
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
                    "patient",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="titration.patient",
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
                        name="pageread_has_author",
                        violation_error_message="A record says which person or which job wrote it.",
                    ),
                    models.UniqueConstraint(
                        fields=("patient", "slug", "locale", "country", "revision_id", "recorded_by"),
                        name="pageread_once",
                        violation_error_message="That this page was read is on record already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("said_by__in", ["patient", "carer"])),
                        name="pageread_said_by_known",
                        violation_error_message="A page is read by the patient or a carer.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("slug", ""), _negated=True),
                            models.Q(("locale", ""), _negated=True),
                            models.Q(("country", ""), _negated=True),
                            ("revision_id__gt", 0),
                        ),
                        name="pageread_names_a_page",
                        violation_error_message="What was read is one version of a page, in one language, for one country.",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="pageread",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5d7271073e338f1f875f872d161d05cf8e43f8df",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_607fb",
                    table="titration_pageread",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(list(walls()), migrations.RunSQL.noop),
    ]
