"""Who is in which group is given by one job, to editors only, and read by the editors' process."""

from django.db import migrations

TABLE = "accounts_user_groups"
AS_JOB = "current_setting('app.job', true) = '{job}'"
# Row-level security of accounts shows that job editors alone.
OF_AN_EDITOR = "EXISTS (SELECT FROM accounts_user AS person WHERE person.id = accounts_user_groups.user_id AND person.role = 'editor')"


def statements():
    job, demo, migrate = (AS_JOB.format(job=name) for name in ("education_role", "seed_demo", "migrate"))
    yield f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY cms_read ON {TABLE} FOR SELECT TO app_cms USING (true)"
    yield f"CREATE POLICY education_role ON {TABLE} TO app_worker USING ({job}) WITH CHECK ({job} AND {OF_AN_EDITOR})"
    yield f"CREATE POLICY seed_demo ON {TABLE} TO app_worker USING ({demo})"
    yield f"CREATE POLICY migrate ON {TABLE} TO app_owner USING ({migrate})"
    yield f"CREATE POLICY education_role ON accounts_user FOR SELECT TO app_worker USING ({job} AND role = 'editor')"
    # It leaves a line in the audit, about nobody's care.
    yield (
        "CREATE POLICY education_role ON titration_auditevent FOR INSERT TO app_worker "
        f"WITH CHECK ({job} AND patient IS NULL)"
    )


def undo():
    yield "DROP POLICY education_role ON titration_auditevent"
    yield "DROP POLICY education_role ON accounts_user"
    for policy in ("cms_read", "education_role", "seed_demo", "migrate"):
        yield f"DROP POLICY {policy} ON {TABLE}"
    yield f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_editors"),
        ("titration", "0001_initial"),
    ]

    operations = [migrations.RunSQL(list(statements()), list(undo()))]
