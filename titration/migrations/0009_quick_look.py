"""Until when only what is found about doses may have changed, and the doses of a plan read from an index alone.

When to look again is worked out, so it has no history of its own any more; what was written before stays.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0008_free_text"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="plan",
            name="update_update",
        ),
        migrations.RemoveIndex(
            model_name="doseevent",
            name="titration_d_plan_id_4b9b3d_idx",
        ),
        migrations.AddField(
            model_name="plan",
            name="others_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="doseevent",
            index=models.Index(
                fields=["plan", "local_date"],
                include=("id", "position", "state", "due_at", "taken_at", "reason_code", "amount_mg", "taken_mg"),
                name="doseevent_of_plan",
            ),
        ),
        migrations.AddIndex(
            model_name="doseevent",
            index=models.Index(
                condition=models.Q(("replaces__isnull", False)),
                fields=["plan"],
                include=("replaces",),
                name="doseevent_corrections",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "titration_planevent" ("created_at", "created_by_id", "ended_by_id", "ended_on", "id", "next_decision_on", "number", "organisation_id", "patient_id", "pgh_created_at", "pgh_label", "prescriber_id", "protocol_id", "protocol_version", "reassess_at", "route", "status", "taken_before", "time_zone", "version") SELECT new_values."created_at", new_values."created_by_id", new_values."ended_by_id", new_values."ended_on", new_values."id", new_values."next_decision_on", new_values."number", new_values."organisation_id", new_values."patient_id", NOW(), \'update\', new_values."prescriber_id", new_values."protocol_id", new_values."protocol_version", new_values."reassess_at", new_values."route", new_values."status", new_values."taken_before", new_values."time_zone", new_values."version" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."created_at" IS DISTINCT FROM (new_values."created_at") OR old_values."created_by_id" IS DISTINCT FROM (new_values."created_by_id") OR old_values."ended_by_id" IS DISTINCT FROM (new_values."ended_by_id") OR old_values."ended_on" IS DISTINCT FROM (new_values."ended_on") OR old_values."id" IS DISTINCT FROM (new_values."id") OR old_values."next_decision_on" IS DISTINCT FROM (new_values."next_decision_on") OR old_values."number" IS DISTINCT FROM (new_values."number") OR old_values."organisation_id" IS DISTINCT FROM (new_values."organisation_id") OR old_values."patient_id" IS DISTINCT FROM (new_values."patient_id") OR old_values."prescriber_id" IS DISTINCT FROM (new_values."prescriber_id") OR old_values."protocol_id" IS DISTINCT FROM (new_values."protocol_id") OR old_values."protocol_version" IS DISTINCT FROM (new_values."protocol_version") OR old_values."route" IS DISTINCT FROM (new_values."route") OR old_values."status" IS DISTINCT FROM (new_values."status") OR old_values."taken_before" IS DISTINCT FROM (new_values."taken_before") OR old_values."time_zone" IS DISTINCT FROM (new_values."time_zone") OR old_values."version" IS DISTINCT FROM (new_values."version")) ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="facb88fbd0f6d0ad2ee5c6567a50b6dc1ef2eddb",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_501f2",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="titration_plan",
                    when="AFTER",
                ),
            ),
        ),
    ]
