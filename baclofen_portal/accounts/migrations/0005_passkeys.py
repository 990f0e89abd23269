"""Passkeys: each person sees and changes their own. Before sign-in a device names one, and the row of that one is in sight."""

from django.db import migrations

TABLE = "mfa_authenticator"
OWN = "user_id = nullif(current_setting('app.actor', true), '')::uuid"
CREDENTIAL = "(data -> 'credential' ->> 'id')"


def statements():
    # One passkey opens one account. Also how sign-in finds it.
    yield f"CREATE UNIQUE INDEX mfa_authenticator_credential ON {TABLE} ({CREDENTIAL})"
    yield f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY web_read ON {TABLE} FOR SELECT TO app_web USING ({OWN})"
    yield (
        f"CREATE POLICY by_passkey ON {TABLE} FOR SELECT TO app_web "
        f"USING ({CREDENTIAL} = nullif(current_setting('app.passkey', true), ''))"
    )
    yield f"CREATE POLICY web_add ON {TABLE} FOR INSERT TO app_web WITH CHECK ({OWN})"
    yield f"CREATE POLICY web_change ON {TABLE} FOR UPDATE TO app_web USING ({OWN})"
    yield f"CREATE POLICY web_remove ON {TABLE} FOR DELETE TO app_web USING ({OWN})"
    yield f"CREATE POLICY migrate ON {TABLE} TO app_owner USING (current_setting('app.job', true) = 'migrate')"


def undo():
    for policy in ("web_read", "by_passkey", "web_add", "web_change", "web_remove", "migrate"):
        yield f"DROP POLICY {policy} ON {TABLE}"
    yield f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY"
    yield "DROP INDEX mfa_authenticator_credential"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_education_roles"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunSQL(list(statements()), list(undo()))]
