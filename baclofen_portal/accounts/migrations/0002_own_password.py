"""A person's row is changed by that person alone. When somebody signed in stands in the audit, not in the row."""

from django.db import migrations

JOBS_THAT_READ = ("import_labs", "reassess")


def statements():
    table = "accounts_user"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    # Names stand beside what people wrote, and sign-in looks for an address before there is an actor.
    yield f"CREATE POLICY web_read ON {table} FOR SELECT TO app_web USING (true)"
    yield (
        f"CREATE POLICY web_change ON {table} FOR UPDATE TO app_web "
        "USING (id = nullif(current_setting('app.actor', true), '')::uuid)"
    )
    for job in JOBS_THAT_READ:
        yield f"CREATE POLICY {job} ON {table} FOR SELECT TO app_worker USING (current_setting('app.job', true) = '{job}')"
    for job, role in (("seed_demo", "app_worker"), ("migrate", "app_owner")):
        yield f"CREATE POLICY {job} ON {table} TO {role} USING (current_setting('app.job', true) = '{job}')"


def undo():
    for policy in ("web_read", "web_change", *JOBS_THAT_READ, "seed_demo", "migrate"):
        yield f"DROP POLICY {policy} ON accounts_user"
    yield "ALTER TABLE accounts_user NO FORCE ROW LEVEL SECURITY"
    yield "ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="user",
            name="last_login",
        ),
        migrations.RunSQL(list(statements()), list(undo())),
    ]
