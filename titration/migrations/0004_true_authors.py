"""Whose name stands on what the web writes, who writes the history, and which time the log of accesses has.

* Rows that a person adds to the tables of AUTHORS name the actor in those columns (RESTRICTIVE: beside the policy that asks
  for the right), and so do the columns that say who ended a plan or replaced a step.
* The history is written by triggers alone.
* The log of accesses has the time of the database.

Not covered here, among others: who signed a step second, who owns a flag, and the times inside clinical rows, which are
written as given.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

ACTOR = "nullif(current_setting('app.actor', true), '')::uuid"

# table: the columns that name who wrote the row
AUTHORS = {
    "patientfact": ("recorded_by_id",),
    "plan": ("created_by_id", "prescriber_id"),
    "step": ("recorded_by_id",),
    "slot": ("recorded_by_id",),
    "override": ("recorded_by_id",),
    "kidneyresult": ("recorded_by_id",),
    "flagnote": ("recorded_by_id",),
}
HISTORIES = ("patientevent", "planevent", "stepevent", "flagevent")


def statements():
    for name, columns in AUTHORS.items():
        own = " AND ".join(f"{column} = {ACTOR}" for column in columns)
        yield f"CREATE POLICY own_name ON titration_{name} AS RESTRICTIVE FOR INSERT TO app_web WITH CHECK ({own})"
    for name in HISTORIES:
        yield (
            f"CREATE POLICY by_trigger ON titration_{name} AS RESTRICTIVE FOR INSERT TO app_web "
            "WITH CHECK (pg_trigger_depth() > 0)"
        )


def undo():
    for name in AUTHORS:
        yield f"DROP POLICY own_name ON titration_{name}"
    for name in HISTORIES:
        yield f"DROP POLICY by_trigger ON titration_{name}"


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0003_quarantined_result_date"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="auditevent",
            name="auditevent_action_known",
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("view", "View"),
                    ("list", "List"),
                    ("search", "Search"),
                    ("create", "Create"),
                    ("update", "Update"),
                    ("publish", "Publish"),
                    ("print", "Print"),
                    ("import", "Import"),
                    ("login", "Sign in"),
                    ("logout", "Sign out"),
                    ("denied", "Denied"),
                ],
                max_length=10,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditevent",
            trigger=pgtrigger.compiler.Trigger(
                name="dated_by_database",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF current_user <> 'app_owner' THEN NEW.at = clock_timestamp(); END IF; RETURN NEW;",
                    hash="1dbf62d3012d4f9acf5bbec4ae31821c971b50a5",
                    operation="INSERT",
                    pgid="pgtrigger_dated_by_database_7790c",
                    table="titration_auditevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plan",
            trigger=pgtrigger.compiler.Trigger(
                name="own_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND NEW.ended_by_id IS DISTINCT FROM OLD.ended_by_id AND NEW.ended_by_id IS DISTINCT FROM nullif(current_setting('app.actor', true), '')::uuid)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="0f8bf1f8f780575a5cc28947fb2d4cb51a13b2ea",
                    operation="UPDATE",
                    pgid="pgtrigger_own_name_3e12c",
                    table="titration_plan",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="step",
            trigger=pgtrigger.compiler.Trigger(
                name="own_name",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (current_user = 'app_web' AND TRUE AND NEW.voided_by_id IS DISTINCT FROM nullif(current_setting('app.actor', true), '')::uuid)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2d8c87a0b05f8eb3ff058880e6b56e3c0886086c",
                    operation="UPDATE",
                    pgid="pgtrigger_own_name_c802d",
                    table="titration_step",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="auditevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "action__in",
                        [
                            "view",
                            "list",
                            "search",
                            "create",
                            "update",
                            "publish",
                            "print",
                            "import",
                            "login",
                            "logout",
                            "denied",
                        ],
                    )
                ),
                name="auditevent_action_known",
                violation_error_message="An audited action is one of the known actions.",
            ),
        ),
        migrations.RunSQL(list(statements()), list(undo())),
    ]
