"""Editors have groups and sign-ins of their own; their process sees the accounts of editors only."""

from django.db import migrations, models

MINE = "role = 'editor'"


def statements():
    yield f"CREATE POLICY cms_read ON accounts_user FOR SELECT TO app_cms USING ({MINE})"
    yield (
        f"CREATE POLICY cms_change ON accounts_user FOR UPDATE TO app_cms "
        f"USING ({MINE} AND id = nullif(current_setting('app.actor', true), '')::uuid)"
    )


def undo():
    for policy in ("cms_read", "cms_change"):
        yield f"DROP POLICY {policy} ON accounts_user"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_own_password"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="EditorSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="user",
            name="groups",
            field=models.ManyToManyField(
                blank=True,
                help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                related_name="user_set",
                related_query_name="user",
                to="auth.group",
                verbose_name="groups",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="is_superuser",
            field=models.BooleanField(
                db_default=False,
                default=False,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="user_permissions",
            field=models.ManyToManyField(
                blank=True,
                help_text="Specific permissions for this user.",
                related_name="user_set",
                related_query_name="user",
                to="auth.permission",
                verbose_name="user permissions",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_superuser", False)),
                name="accounts_user_no_superuser",
                violation_error_message="There are no superusers: they would pass every check of rights.",
            ),
        ),
        migrations.RunSQL(list(statements()), list(undo())),
    ]
