"""The heartbeat of the watch, and an index for what it asks every few seconds: which active plans are due.

The heartbeat is about no patient, so everybody on the web may read its one row; only the job of the watch writes it.
"""

from django.db import migrations, models

BEAT = "titration_watchbeat"
POLICIES = [
    f"ALTER TABLE {BEAT} ENABLE ROW LEVEL SECURITY",
    f"ALTER TABLE {BEAT} FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY web_read ON {BEAT} FOR SELECT TO app_web USING (true)",
    f"CREATE POLICY reassess ON {BEAT} TO app_worker USING (current_setting('app.job', true) = 'reassess')",
    f"CREATE POLICY migrate ON {BEAT} TO app_owner USING (current_setting('app.job', true) = 'migrate')",
]


class Migration(migrations.Migration):
    dependencies = [("titration", "0005_dose_events")]

    operations = [
        migrations.CreateModel(
            name="Watchbeat",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("finished_at", models.DateTimeField()),
                ("plans", models.PositiveIntegerField(default=0)),
                ("raised", models.PositiveIntegerField(default=0)),
                ("closed", models.PositiveIntegerField(default=0)),
                ("stuck", models.PositiveIntegerField(default=0)),
                ("full_finished_at", models.DateTimeField(null=True)),
                ("full_plans", models.PositiveIntegerField(default=0)),
                ("full_found", models.PositiveIntegerField(default=0)),
                ("full_stuck", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.AddConstraint(
            model_name="watchbeat",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)),
                name="watchbeat_single_row",
                violation_error_message="The watch has one heartbeat.",
            ),
        ),
        migrations.AlterField(
            model_name="plan",
            name="reassess_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="plan",
            index=models.Index(condition=models.Q(("status", "active")), fields=["reassess_at", "id"], name="plan_due"),
        ),
        migrations.RunSQL(POLICIES, migrations.RunSQL.noop),
    ]
