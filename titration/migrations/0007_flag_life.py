"""A flag has a life: seen, acted on, snoozed, escalated, and closed by a person or by the facts.

What stands when this runs was raised without a time to act: it gets the one that its severity has now, the shorter of two
where the severity alone does not say, and its plan is looked at again in time. A call that was answered was an action.
On the web a flag begins as one that nobody has decided anything about.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

STANDING = [
    """
    UPDATE titration_flag f SET
      closed_code = CASE f.status WHEN 'closed' THEN 'by_rule' ELSE '' END,
      act_by = CASE f.urgency WHEN 1 THEN f.opened_at + interval '4 hours' WHEN 2 THEN f.opened_at + interval '7 days' END,
      acted_at = (SELECT min(n.recorded_at) FROM titration_flagnote n
                  WHERE n.flag_id = f.id AND n.kind = 'call' AND n.text <> '')
    """,
    """
    UPDATE titration_plan p SET reassess_at = least(p.reassess_at, due.first)
    FROM (SELECT plan_id, min(act_by) AS first FROM titration_flag
          WHERE status = 'open' AND acted_at IS NULL AND act_by IS NOT NULL GROUP BY plan_id) due
    WHERE due.plan_id = p.id AND p.status = 'active'
    """,
]
UNDECIDED = """
CREATE POLICY undecided ON titration_flag AS RESTRICTIVE FOR INSERT TO app_web
WITH CHECK (status = 'open' AND acknowledged_by_id IS NULL AND acted_at IS NULL AND snoozed_until IS NULL)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0006_watch"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="flag",
            name="written_once",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="flag",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="flag",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="flagnote",
            name="flagnote_kind_known",
        ),
        migrations.AddField(
            model_name="flag",
            name="acknowledged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flag",
            name="acknowledged_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="act_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flag",
            name="acted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flag",
            name="closed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="closed_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("by_rule", "The facts no longer ask for it"),
                    ("acted_on", "It was acted on"),
                    ("data_error", "It rests on wrong data"),
                    ("not_applicable", "It does not apply to this patient"),
                    ("other", "Another reason"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="flag",
            name="escalated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flag",
            name="snoozed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="acknowledged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="acknowledged_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="act_by",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="acted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="closed_by",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="closed_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("by_rule", "The facts no longer ask for it"),
                    ("acted_on", "It was acted on"),
                    ("data_error", "It rests on wrong data"),
                    ("not_applicable", "It does not apply to this patient"),
                    ("other", "Another reason"),
                ],
                default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="escalated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="flagevent",
            name="snoozed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="flag",
            name="closed_because",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AlterField(
            model_name="flagevent",
            name="closed_because",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AlterField(
            model_name="flagnote",
            name="kind",
            field=models.CharField(
                choices=[
                    ("assigned", "Assigned"),
                    ("call", "Called, no answer"),
                    ("note", "Note"),
                    ("acknowledged", "Seen"),
                    ("acted", "Acted on"),
                    ("answered", "Answered by what was done"),
                    ("snoozed", "Snooze"),
                ],
                max_length=12,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "titration_flagevent" ("acknowledged_at", "acknowledged_by_id", "act_by", "acted_at", "because", "closed_at", "closed_because", "closed_by_id", "closed_code", "escalated_at", "evidence", "id", "next_action", "opened_at", "owner_id", "patient_id", "pgh_created_at", "pgh_label", "plan_id", "plan_number", "protocol_id", "protocol_version", "rule_id", "snoozed_until", "status", "urgency") SELECT new_values."acknowledged_at", new_values."acknowledged_by_id", new_values."act_by", new_values."acted_at", new_values."because", new_values."closed_at", new_values."closed_because", new_values."closed_by_id", new_values."closed_code", new_values."escalated_at", new_values."evidence", new_values."id", new_values."next_action", new_values."opened_at", new_values."owner_id", new_values."patient_id", NOW(), \'insert\', new_values."plan_id", new_values."plan_number", new_values."protocol_id", new_values."protocol_version", new_values."rule_id", new_values."snoozed_until", new_values."status", new_values."urgency" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="4031ce45f01c4839206359dbfca11541152a9996",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_8e4f3",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="titration_flag",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "titration_flagevent" ("acknowledged_at", "acknowledged_by_id", "act_by", "acted_at", "because", "closed_at", "closed_because", "closed_by_id", "closed_code", "escalated_at", "evidence", "id", "next_action", "opened_at", "owner_id", "patient_id", "pgh_created_at", "pgh_label", "plan_id", "plan_number", "protocol_id", "protocol_version", "rule_id", "snoozed_until", "status", "urgency") SELECT new_values."acknowledged_at", new_values."acknowledged_by_id", new_values."act_by", new_values."acted_at", new_values."because", new_values."closed_at", new_values."closed_because", new_values."closed_by_id", new_values."closed_code", new_values."escalated_at", new_values."evidence", new_values."id", new_values."next_action", new_values."opened_at", new_values."owner_id", new_values."patient_id", NOW(), \'update\', new_values."plan_id", new_values."plan_number", new_values."protocol_id", new_values."protocol_version", new_values."rule_id", new_values."snoozed_until", new_values."status", new_values."urgency" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="eff1724db4cfb7b9346e415ebd9d380575085976",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e1ed2",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="titration_flag",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(STANDING, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."act_by" IS DISTINCT FROM (NEW."act_by") OR OLD."evidence" IS DISTINCT FROM (NEW."evidence") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."next_action" IS DISTINCT FROM (NEW."next_action") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."plan_number" IS DISTINCT FROM (NEW."plan_number") OR OLD."protocol_id" IS DISTINCT FROM (NEW."protocol_id") OR OLD."protocol_version" IS DISTINCT FROM (NEW."protocol_version") OR OLD."rule_id" IS DISTINCT FROM (NEW."rule_id") OR OLD."urgency" IS DISTINCT FROM (NEW."urgency"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="65f26cf0ae027e62b2b9d465bce4f23283298bb1",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_7ed8a",
                    table="titration_flag",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="closed_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'closed')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="110c6f2ff727a2bda415ad59ae2cc02afe6e6d35",
                    operation="UPDATE",
                    pgid="pgtrigger_closed_once_1b04a",
                    table="titration_flag",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="first_time_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((OLD.acknowledged_at IS NOT NULL AND NEW.acknowledged_at IS DISTINCT FROM OLD.acknowledged_at) OR (OLD.acknowledged_by_id IS NOT NULL AND NEW.acknowledged_by_id IS DISTINCT FROM OLD.acknowledged_by_id) OR (OLD.acted_at IS NOT NULL AND NEW.acted_at IS DISTINCT FROM OLD.acted_at) OR (OLD.escalated_at IS NOT NULL AND NEW.escalated_at IS DISTINCT FROM OLD.escalated_at))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4b33f616fb83473049ab5357e7ad9f2306281fa0",
                    operation="UPDATE",
                    pgid="pgtrigger_first_time_kept_6c32b",
                    table="titration_flag",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="own_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND NEW.acknowledged_by_id IS DISTINCT FROM OLD.acknowledged_by_id AND NEW.acknowledged_by_id IS DISTINCT FROM nullif(current_setting('app.actor', true), '')::uuid)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="55d9a6303f078d8ce438e7c19c33635f7050f370",
                    operation="UPDATE",
                    pgid="pgtrigger_own_name_3ccfc",
                    table="titration_flag",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="closed_in_own_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND NEW.closed_by_id IS NOT NULL AND NEW.closed_by_id IS DISTINCT FROM nullif(current_setting('app.actor', true), '')::uuid)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d3ecf85a4b9644ffd7e39577f25f6ab78d6990d9",
                    operation="UPDATE",
                    pgid="pgtrigger_closed_in_own_name_7d240",
                    table="titration_flag",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_by_right",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND (NEW.owner_id IS DISTINCT FROM OLD.owner_id OR NEW.acknowledged_at IS DISTINCT FROM OLD.acknowledged_at OR NEW.acted_at IS DISTINCT FROM OLD.acted_at OR NEW.closed_by_id IS NOT NULL OR NEW.snoozed_until > coalesce(OLD.snoozed_until, '-infinity')))",
                    func="IF NOT EXISTS (SELECT FROM access.patients('log') AS mine WHERE mine = NEW.patient_id) THEN RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME; END IF; RETURN NEW;",
                    hash="319707a298dc992fa9811201420e6986f3df0ce3",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_by_right_3a3ea",
                    table="titration_flag",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by__isnull", True), ("closed_code", ""), ("status", "open")),
                    models.Q(("closed_by__isnull", True), ("closed_code", "by_rule"), ("status", "closed")),
                    models.Q(
                        ("closed_by__isnull", False),
                        ("closed_code__in", ["acted_on", "data_error", "not_applicable", "other"]),
                        ("status", "closed"),
                    ),
                    _connector="OR",
                ),
                name="flag_closed_by_whom",
                violation_error_message="A closed flag has a coded reason, and the person who gave it unless a rule closed it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acknowledged_at__isnull", True), ("acknowledged_by__isnull", True)),
                    models.Q(("acknowledged_at__isnull", False), ("acknowledged_by__isnull", False)),
                    _connector="OR",
                ),
                name="flag_acknowledged_at_with_acknowledged_by",
                violation_error_message="acknowledged_at and acknowledged_by are recorded together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(("snoozed_until__isnull", True), ("urgency__gt", 1), _connector="OR"),
                name="flag_act_now_not_snoozed",
                violation_error_message="A flag that says act now is never snoozed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="flag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("escalated_at__isnull", True),
                    models.Q(("act_by__isnull", False), ("escalated_at__gte", models.F("act_by"))),
                    _connector="OR",
                ),
                name="flag_escalated_has_limit",
                violation_error_message="A flag is escalated when its time to act has passed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="flagnote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["assigned", "call", "note", "acknowledged", "acted", "answered", "snoozed"])
                ),
                name="flagnote_kind_known",
                violation_error_message="A note on a flag is of one of the known kinds.",
            ),
        ),
        migrations.RunSQL(UNDECIDED, "DROP POLICY undecided ON titration_flag"),
    ]
