"""Reducing plans: what a patient does if symptoms come back, and the days on which a clinic is closed."""

import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Whoever sets the days leaves a line in the audit, and sees no patient.
AUDITED = """
CREATE POLICY closed_days ON titration_auditevent FOR INSERT TO app_worker
WITH CHECK (current_setting('app.job', true) = 'closed_days')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0009_quick_look"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="step",
            name="written_once",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="step",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="step",
            name="update_update",
        ),
        migrations.AddField(
            model_name="organisation",
            name="closed_dates",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name="organisation",
            name="closed_weekdays",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="step",
            name="advice",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        migrations.AddField(
            model_name="stepevent",
            name="advice",
            field=models.CharField(blank=True, default="", max_length=500),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="written_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."advice" IS DISTINCT FROM (NEW."advice") OR OLD."checked" IS DISTINCT FROM (NEW."checked") OR OLD."cosigned_by_id" IS DISTINCT FROM (NEW."cosigned_by_id") OR OLD."daily_mg" IS DISTINCT FROM (NEW."daily_mg") OR OLD."findings" IS DISTINCT FROM (NEW."findings") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."job" IS DISTINCT FROM (NEW."job") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."origin_id" IS DISTINCT FROM (NEW."origin_id") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."period" IS DISTINCT FROM (NEW."period") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."plan_number" IS DISTINCT FROM (NEW."plan_number") OR OLD."product_id" IS DISTINCT FROM (NEW."product_id") OR OLD."protocol_version" IS DISTINCT FROM (NEW."protocol_version") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."reason_code" IS DISTINCT FROM (NEW."reason_code") OR OLD."recorded_at" IS DISTINCT FROM (NEW."recorded_at") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."recorded_late" IS DISTINCT FROM (NEW."recorded_late") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."signed_at" IS DISTINCT FROM (NEW."signed_at") OR OLD."state" IS DISTINCT FROM (NEW."state"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4f404253ab7e7c2e4ddf320ed445f80d6a8778aa",
                    operation="UPDATE",
                    pgid="pgtrigger_written_once_f23d4",
                    table="titration_step",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "titration_stepevent" ("advice", "checked", "cosigned_by_id", "daily_mg", "findings", "id", "job", "kind", "origin_id", "patient_id", "period", "pgh_created_at", "pgh_label", "plan_id", "plan_number", "product_id", "protocol_version", "reason", "reason_code", "recorded_at", "recorded_by_id", "recorded_late", "replaces_id", "signed_at", "state", "voided_at", "voided_by_id") SELECT new_values."advice", new_values."checked", new_values."cosigned_by_id", new_values."daily_mg", new_values."findings", new_values."id", new_values."job", new_values."kind", new_values."origin_id", new_values."patient_id", new_values."period", NOW(), \'insert\', new_values."plan_id", new_values."plan_number", new_values."product_id", new_values."protocol_version", new_values."reason", new_values."reason_code", new_values."recorded_at", new_values."recorded_by_id", new_values."recorded_late", new_values."replaces_id", new_values."signed_at", new_values."state", new_values."voided_at", new_values."voided_by_id" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="12854c791085681c096b0c4e1f149c280065963e",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0aabb",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="titration_step",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "titration_stepevent" ("advice", "checked", "cosigned_by_id", "daily_mg", "findings", "id", "job", "kind", "origin_id", "patient_id", "period", "pgh_created_at", "pgh_label", "plan_id", "plan_number", "product_id", "protocol_version", "reason", "reason_code", "recorded_at", "recorded_by_id", "recorded_late", "replaces_id", "signed_at", "state", "voided_at", "voided_by_id") SELECT new_values."advice", new_values."checked", new_values."cosigned_by_id", new_values."daily_mg", new_values."findings", new_values."id", new_values."job", new_values."kind", new_values."origin_id", new_values."patient_id", new_values."period", NOW(), \'update\', new_values."plan_id", new_values."plan_number", new_values."product_id", new_values."protocol_version", new_values."reason", new_values."reason_code", new_values."recorded_at", new_values."recorded_by_id", new_values."recorded_late", new_values."replaces_id", new_values."signed_at", new_values."state", new_values."voided_at", new_values."voided_by_id" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="b0bf27422a3be4d4f19dac177f6dc9b7cde0eac9",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d3ac7",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="titration_step",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(("closed_weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6])),
                name="organisation_weekdays_known",
                violation_error_message="A day of the week is a number from 0, Monday, to 6.",
            ),
        ),
        migrations.RunSQL(AUDITED, migrations.RunSQL.noop),
    ]
