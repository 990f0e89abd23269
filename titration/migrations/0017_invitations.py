"""Links to an account: who makes, sees and ends them, and the one row that somebody who opened one reaches.

``app.token`` holds the proof of the link that was opened, for one transaction. It opens the invitation whose hash it makes,
and by that one account and one relation may be added: of the kind, the rights and the patient that were invited.
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
SHARE, READ, AUDIT = (f"patient_id IN (SELECT access.patients('{right}'))" for right in ("share", "read", "audit"))
OPENED = "token_hash = encode(sha256(convert_to(current_setting('app.token', true), 'UTF8')), 'hex')"
STANDING = "ended_at IS NULL AND expires_at > now()"
# The invitation of the link that was opened, while it is good for somebody.
GOOD = (
    "SELECT FROM titration_invitation i WHERE i.token_hash = "
    "encode(sha256(convert_to(current_setting('app.token', true), 'UTF8')), 'hex') "
    "AND i.claimed_at IS NULL AND i.ended_at IS NULL AND i.expires_at > now() AND i.tries < 5"
)
STAFF = "SELECT FROM accounts_user u WHERE u.id = titration_carerelation.person_id AND u.role <> 'patient'"
# What each scope allows; the empty one is that of the patient.
RIGHTS = (
    "CASE i.scope WHEN 'view' THEN ARRAY['read'] WHEN 'log' THEN ARRAY['read', 'tell'] "
    "ELSE ARRAY['read', 'tell', 'audit'] END"
)


def walls():
    table = "titration_invitation"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY web_read ON {table} FOR SELECT TO app_web USING ({SHARE})"
    yield f"CREATE POLICY web_add ON {table} FOR INSERT TO app_web WITH CHECK ({SHARE})"
    yield f"CREATE POLICY web_change ON {table} FOR UPDATE TO app_web USING ({SHARE})"
    yield (
        f"CREATE POLICY own_name ON {table} AS RESTRICTIVE FOR INSERT TO app_web WITH CHECK (created_by_id = {ACTOR})"
    )
    yield (
        f"CREATE POLICY unused ON {table} AS RESTRICTIVE FOR INSERT TO app_web "
        "WITH CHECK (tries = 0 AND claimed_at IS NULL AND ended_at IS NULL)"
    )
    # The row stays in sight of whoever has just used it, until the end of that transaction.
    yield (
        f"CREATE POLICY by_token ON {table} FOR SELECT TO app_web "
        f"USING ({OPENED} AND {STANDING} AND (claimed_at IS NULL OR claimed_by_id = {ACTOR}))"
    )
    yield (
        f"CREATE POLICY used_by_token ON {table} FOR UPDATE TO app_web "
        f"USING ({OPENED} AND {STANDING} AND claimed_at IS NULL) WITH CHECK ({OPENED} AND ended_at IS NULL)"
    )
    yield f"CREATE POLICY seed_demo ON {table} TO app_worker USING (current_setting('app.job', true) = 'seed_demo')"
    yield f"CREATE POLICY migrate ON {table} TO app_owner USING (current_setting('app.job', true) = 'migrate')"
    relation = "titration_carerelation"
    yield (
        f"CREATE POLICY by_token ON {relation} FOR INSERT TO app_web WITH CHECK (person_id = {ACTOR} AND valid_to IS NULL "
        f"AND EXISTS ({GOOD} AND i.patient_id = {relation}.patient_id AND i.kind = {relation}.kind "
        f"AND i.created_by_id = {relation}.granted_by_id AND {relation}.rights::text[] = {RIGHTS}) "
        f"AND NOT EXISTS ({STAFF}))"
    )
    # Somebody who opened a link adds one account: their own, of a patient or carer, while the link is good.
    yield (
        f"CREATE POLICY by_token ON accounts_user FOR INSERT TO app_web WITH CHECK (id = {ACTOR} AND role = 'patient' "
        f"AND EXISTS ({GOOD}))"
    )
    # Who exactly may is said by a trigger: a policy may not read the table that it is of.
    yield (
        f"CREATE POLICY web_change ON {relation} FOR UPDATE TO app_web "
        f"USING ((kind = 'self' OR kind = 'proxy') AND ({SHARE} OR {AUDIT}))"
    )
    yield f"CREATE POLICY web_add ON {relation}event FOR INSERT TO app_web WITH CHECK ({READ})"
    yield (
        f"CREATE POLICY by_trigger ON {relation}event AS RESTRICTIVE FOR INSERT TO app_web "
        "WITH CHECK (pg_trigger_depth() > 0)"
    )


def undo():
    yield "DROP POLICY by_token ON accounts_user"
    for table, policies in (
        ("carerelation", ("by_token", "web_change")),
        ("carerelationevent", ("web_add", "by_trigger")),
        (
            "invitation",
            (
                "web_read",
                "web_add",
                "web_change",
                "own_name",
                "unused",
                "by_token",
                "used_by_token",
                "seed_demo",
                "migrate",
            ),
        ),
    ):
        for policy in policies:
            yield f"DROP POLICY {policy} ON titration_{table}"


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0016_call_requests"),
        ("accounts", "0002_own_password"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(choices=[("self", "The patient"), ("proxy", "Carer or parent")], max_length=12),
                ),
                (
                    "scope",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("view", "See the plan"),
                            ("log", "See the plan and say what was taken"),
                            ("full", "All that the patient may do"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("birth_date", models.DateField()),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("claimed_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carerelation",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND (NEW.valid_to IS NULL OR NEW.valid_to > coalesce(OLD.valid_to, 'infinity')))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="dfcf9c40b694718489eb7f8758d6057b8409c8fb",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_once_2a4b5",
                    table="titration_carerelation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carerelation",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_by_right",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web')",
                    func="\nIF NOT EXISTS (SELECT FROM access.patients('share') AS mine WHERE mine = NEW.patient_id) AND NOT (\n  OLD.kind = 'proxy' AND EXISTS (\n    SELECT FROM titration_carerelation r\n    WHERE r.patient_id = NEW.patient_id AND r.kind = 'self'\n      AND r.person_id = nullif(current_setting('app.actor', true), '')::uuid\n      AND r.valid_from <= now() AND (r.valid_to IS NULL OR r.valid_to > now())))\nTHEN RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME; END IF;\nRETURN NEW;\n",
                    hash="f77e15fefb6e827c6dac485a91b807df5cc9cdba",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_by_right_142c4",
                    table="titration_carerelation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="claimed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="created_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="ended_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="invitations", to="titration.patient"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "self"), ("name", ""), ("scope", "")),
                    models.Q(
                        ("kind", "proxy"), ("scope__in", ["view", "log", "full"]), models.Q(("name", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="invitation_kind_known",
                violation_error_message="A carer is invited by name and with a scope, the patient without either.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("token_hash__regex", "^[0-9a-f]{64}$")),
                name="invitation_hash_is_whole",
                violation_error_message="Of a link only its hash is kept.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("created_at")),
                    (
                        "expires_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("created_at"),
                            "+",
                            models.Value(datetime.timedelta(days=3), models.DurationField()),
                        ),
                    ),
                ),
                name="invitation_is_short",
                violation_error_message="A link is good for 72 hours at most.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("tries__lte", 5)),
                name="invitation_tries_are_few",
                violation_error_message="Nobody tries a link more than five times.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("claimed_at__isnull", True),
                    models.Q(("claimed_at__lte", models.F("expires_at")), ("ended_at__isnull", True), ("tries__lt", 5)),
                    _connector="OR",
                ),
                name="invitation_claimed_in_time",
                violation_error_message="A link is used in time, with tries left, and when it was not ended.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claimed_at__isnull", True), ("claimed_by__isnull", True)),
                    models.Q(("claimed_at__isnull", False), ("claimed_by__isnull", False)),
                    _connector="OR",
                ),
                name="invitation_claimed_at_with_claimed_by",
                violation_error_message="claimed_at and claimed_by are recorded together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at__isnull", True), ("ended_by__isnull", True)),
                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                    _connector="OR",
                ),
                name="invitation_ended_at_with_ended_by",
                violation_error_message="ended_at and ended_by are recorded together.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="never_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="3dbfe0f15325712062ba975ef4318923d7e2a947",
                    operation="DELETE",
                    pgid="pgtrigger_never_removed_5db75",
                    table="titration_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."scope" IS DISTINCT FROM (NEW."scope") OR OLD."token_hash" IS DISTINCT FROM (NEW."token_hash"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="be6fa4049f8debf307b947a15fc2da3d664e62ec",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_12917",
                    table="titration_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="settled_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.claimed_at IS NOT NULL OR OLD.ended_at IS NOT NULL)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="85bc2236deede4ff318cc62a81008356d7c28586",
                    operation="UPDATE",
                    pgid="pgtrigger_settled_once_7471d",
                    table="titration_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="tries_counted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.tries NOT IN (OLD.tries, OLD.tries + 1))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="532940bc0e7c36c47150c7eb7d871250f95e5d9e",
                    operation="UPDATE",
                    pgid="pgtrigger_tries_counted_55a63",
                    table="titration_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="claimed_in_own_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND NEW.claimed_by_id IS NOT NULL AND NEW.claimed_by_id IS DISTINCT FROM nullif(current_setting('app.actor', true), '')::uuid)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="129618db49cfa5f033a64cb458435060a82bb6ec",
                    operation="UPDATE",
                    pgid="pgtrigger_claimed_in_own_name_23221",
                    table="titration_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="invitation",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_in_own_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND NEW.ended_by_id IS NOT NULL AND NEW.ended_by_id IS DISTINCT FROM nullif(current_setting('app.actor', true), '')::uuid)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="110e543056e04e150f6ada52151413d7d5d6cde2",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_in_own_name_991cc",
                    table="titration_invitation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.RunSQL(list(walls()), list(undo())),
    ]
