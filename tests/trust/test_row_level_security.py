"""The second wall as PostgreSQL's own catalogue describes it.

Which tables are clinical is read from the models, so that a table added later is in every test below.
"""

import pytest
from django.db import connection

from tests.database import as_owner
from tests.trust import catalogue
from tests.trust.learn_policies import CMS_POLICIES, LEARN_POLICIES
from tests.trust.passkey_policies import PASSKEY_POLICIES
from tests.trust.token_policies import TOKEN_POLICIES
from titration.models.database_roles import CMS, OWNER, RESOLVER, WEB, WORKER

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38"), pytest.mark.hazard("H39"), pytest.mark.django_db]

AUDIT = "titration_auditevent"
DEFINER_FUNCTIONS = {("access", "patients", RESOLVER)}
RUN_TIME_ROLES = (WEB, WORKER)


def walled() -> dict[str, str]:
    """Clinical tables and the log of accesses, which names patients without a reference."""
    return catalogue.clinical_tables()


def unwalled_tables() -> list[str]:
    """Clinical tables that miss one of: row security on, forced on the owner, a policy for the web role."""
    found = catalogue.rows(
        "SELECT c.relname FROM pg_class c WHERE c.relname = ANY (%s) AND c.relkind = 'r' "
        "AND c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policies p "
        "WHERE p.tablename = c.relname AND p.policyname = 'web_read' AND p.roles = '{app_web}' AND p.cmd = 'SELECT')",
        [sorted(walled())],
    )
    return sorted(set(walled()) - {name for (name,) in found})


def tables_about_patients() -> set[str]:
    """Tables that have a column for a patient, as PostgreSQL knows them: also those that no model describes."""
    return {
        name
        for (name,) in catalogue.rows(
            "SELECT DISTINCT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relnamespace = 'public'::regnamespace "
            "AND a.attname IN ('patient', 'patient_id')"
        )
    }


def test_every_clinical_table_is_walled():
    assert len(walled()) >= 19
    assert unwalled_tables() == []


def test_every_table_with_a_patient_is_in_the_list():
    assert tables_about_patients() <= set(walled())
    assert {
        f"titration_{name}" for name in ("patient", "plan", "step", "carerelation", "stepevent", "patientevent")
    } <= set(walled())


def test_a_new_clinical_table_without_a_wall_is_found(monkeypatch: pytest.MonkeyPatch):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE titration_secret (id uuid PRIMARY KEY, patient_id uuid)")
    assert "titration_secret" in tables_about_patients() - set(walled())
    known = catalogue.clinical_tables()
    monkeypatch.setattr(catalogue, "clinical_tables", lambda: {**known, "titration_secret": "patient_id"})
    assert unwalled_tables() == ["titration_secret"]


@pytest.mark.parametrize("undo", ["NO FORCE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY"])
def test_a_wall_that_is_taken_down_is_found(undo: str):
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE titration_step {undo}")
    assert unwalled_tables() == ["titration_step"]


def policies() -> list[tuple[str, str, str, str, str, str]]:
    return catalogue.rows(
        "SELECT tablename, policyname, array_to_string(roles, ','), cmd, coalesce(qual, ''), coalesce(with_check, '') "
        "FROM pg_policies WHERE schemaname = 'public' ORDER BY 1, 2"
    )


# table: the right of the relation that reads, adds and changes rows on the web ("": nobody does)
WEB_RIGHTS = {
    "auditevent": ("audit", "", ""),
    "callrequest": ("read", "tell", ""),
    "carerelation": ("read", "", ""),
    "carerelationevent": ("read", "read", ""),
    "changeseen": ("read", "tell", ""),
    "doseevent": ("read", "log", ""),
    "dosetracking": ("read", "log", ""),
    "feelingreport": ("read", "tell", ""),
    "flag": ("read", "read", "read"),
    "flagevent": ("read", "read", ""),
    "flagnote": ("read", "log", ""),
    "invitation": ("share", "share", "share"),
    "kidneyresult": ("read", "log", ""),
    "override": ("read", "prescribe", ""),
    "pageread": ("read", "tell", ""),
    "patient": ("read", "", ""),
    "patientevent": ("read", "read", ""),
    "patientfact": ("read", "log", ""),
    "patientidentifier": ("read", "", ""),
    "plan": ("read", "prescribe", "log"),
    "planevent": ("read", "read", ""),
    "quarantinedresult": ("read", "", "log"),
    "reportedestimate": ("read", "", ""),
    "restartdecision": ("read", "prescribe", ""),
    "silence": ("read", "log", ""),
    "slot": ("read", "prescribe", ""),
    "step": ("read", "prescribe", "prescribe"),
    "stepevent": ("read", "read", ""),
    "supplyissue": ("read", "log", ""),
}
# An access is logged under the actor's own name only.
OWN_NAME = "(NOT (actor IS DISTINCT FROM (NULLIF(current_setting('app.actor'::text, true), ''::text))::uuid))"


ACTOR = "(NULLIF(current_setting('app.actor'::text, true), ''::text))::uuid"
# RESTRICTIVE policies: beside the right, a row is added under the adder's own name, and history by triggers alone.
NAMED = {
    "patientfact", "step", "slot", "override", "kidneyresult", "flagnote", "doseevent", "dosetracking", "silence",
    "supplyissue", "restartdecision", "changeseen", "feelingreport", "callrequest", "pageread",
}  # fmt: skip
HISTORIES = {"patientevent", "planevent", "stepevent", "flagevent", "carerelationevent"}


def restrictions() -> dict[tuple[str, str, str], str]:
    found = {(f"titration_{name}", "own_name", "INSERT"): f"(recorded_by_id = {ACTOR})" for name in NAMED}
    own_plan = f"((created_by_id = {ACTOR}) AND (prescriber_id = {ACTOR}))"
    found["titration_plan", "own_name", "INSERT"] = own_plan
    found["titration_invitation", "own_name", "INSERT"] = f"(created_by_id = {ACTOR})"
    found["titration_invitation", "unused", "INSERT"] = "((tries = 0) AND (claimed_at IS NULL) AND (ended_at IS NULL))"
    found["titration_flag", "undecided", "INSERT"] = (
        "(((status)::text = 'open'::text) AND (acknowledged_by_id IS NULL) AND (acted_at IS NULL) "
        "AND (snoozed_until IS NULL))"
    )
    return found | {(f"titration_{name}", "by_trigger", "INSERT"): "(pg_trigger_depth() > 0)" for name in HISTORIES}


def test_only_the_restrictions_are_restrictive():
    """A permissive policy opens what it allows; only a restrictive one takes away from what another allows."""
    found = catalogue.rows("SELECT tablename, policyname, cmd FROM pg_policies WHERE permissive = 'RESTRICTIVE'")
    assert set(found) == set(restrictions())


def _one_of(column: str, *values: str) -> str:
    listed = ", ".join(f"'{value}'::character varying" for value in values)
    return f"(({column})::text = ANY ((ARRAY[{listed}])::text[]))"


# What patients and carers may add beside those who may log, and nothing else of these tables.
TOLD = {
    "titration_doseevent": _one_of("said_by", "patient", "carer"),
    "titration_patientfact": f"{_one_of('kind', 'side_effects', 'sign')} AND {_one_of('reported_by', 'patient', 'carer')}",
}


def expected_policies() -> dict[tuple[str, str, str], str]:
    """The whole text of every policy of the web role: a condition that is widened by a word is another text."""
    found = {(AUDIT, "web_add", "INSERT"): OWN_NAME, **restrictions()}
    found["accounts_user", "web_read", "SELECT"] = "true"  # names stand beside what people wrote
    found["titration_watchbeat", "web_read", "SELECT"] = "true"  # about no patient, and on every page
    found["accounts_user", "web_change", "UPDATE"] = f"(id = {ACTOR})"
    found |= TOKEN_POLICIES | LEARN_POLICIES | PASSKEY_POLICIES
    for table, column in walled().items():

        def mine(right: str, column: str = column) -> str:
            return f"({column} IN ( SELECT access.patients('{right}'::text) AS patients))"

        read, add, change = WEB_RIGHTS[table.removeprefix("titration_")]
        found[table, "web_read", "SELECT"] = mine(read)
        if table == "titration_step":
            drafts = f"(((state)::text <> 'draft'::text) OR {mine('prescribe')})"
            found[table, "web_read", "SELECT"] = f"({mine(read)} AND {drafts})"
        if add:
            found[table, "web_add", "INSERT"] = mine(add)
        if table in TOLD:
            found[table, "web_add", "INSERT"] = f"({mine(add)} OR ({mine('tell')} AND {TOLD[table]}))"
        if change:
            found[table, "web_change", "UPDATE"] = mine(change)
        if table == "titration_plan":  # when to look at it again is written with every dose
            found[table, "web_change", "UPDATE"] = f"({mine(change)} OR {mine('tell')})"
    return found


def test_every_policy_of_the_web_asks_for_the_relations_of_the_actor():
    web = {
        (table, name, cmd): " ".join((using + check).split())
        for table, name, roles, cmd, using, check in policies()
        if roles == WEB
    }
    assert web == expected_policies()


def test_every_other_policy_is_of_a_job_or_of_the_resolver():
    for table, name, roles, cmd, using, check in policies():
        if roles in (WORKER, OWNER):
            of_the_job = f"(current_setting('app.job'::text, true) = '{name}'::text)"
            narrower = f"({of_the_job} AND "
            assert any(part == of_the_job or part.startswith(narrower) for part in (using, check) if part), (
                table,
                name,
            )
        elif roles == RESOLVER:
            assert (table, cmd) == ("titration_carerelation", "SELECT")
        elif roles == CMS:
            assert (table, name) in CMS_POLICIES
        else:
            assert roles == WEB, (table, name)


def test_every_view_has_the_rights_of_who_asks():
    """An ordinary view shows what its owner may see; one with security_invoker, what the reader may see."""
    views = "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace IN ('public'::regnamespace, 'access'::regnamespace) AND NOT coalesce('security_invoker=true' = ANY (reloptions), false)"
    assert catalogue.rows(views) == []
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("CREATE VIEW public.titration_everybody AS SELECT * FROM titration_patient")
    assert catalogue.rows(views) == [("titration_everybody",)]
    assert catalogue.rows("SELECT FROM pg_class WHERE relkind = 'm' AND relnamespace = 'public'::regnamespace") == []


def test_run_time_roles_own_nothing_and_go_around_nothing():
    for role in (*RUN_TIME_ROLES, OWNER, RESOLVER):
        [(can_login, *powers)] = catalogue.rows(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles WHERE rolname = %s",
            [role],
        )
        assert not any(powers), role
        assert not can_login, role
    for role in RUN_TIME_ROLES:
        owned = catalogue.rows(
            "SELECT relname FROM pg_class WHERE relowner = %s::regrole UNION ALL "
            "SELECT proname FROM pg_proc WHERE proowner = %s::regrole UNION ALL "
            "SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole",
            [role, role, role],
        )
        assert owned == [], role
        member = catalogue.rows(
            "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = %s::regrole",
            [role],
        )
        assert member == [], role


def test_tests_feel_the_web_role():
    assert catalogue.rows("SELECT current_user") == [(WEB,)]


def test_functions_with_the_rights_of_their_owner_are_listed():
    found = catalogue.rows(
        "SELECT n.nspname, p.proname, r.rolname, p.proconfig FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "JOIN pg_roles r ON r.oid = p.proowner WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    )
    assert {row[:3] for row in found} == DEFINER_FUNCTIONS
    assert all('search_path=""' in row[3] for row in found)
    execute = "SELECT has_function_privilege(%s, 'access.patients(text)', 'EXECUTE')"
    assert {role: catalogue.rows(execute, [role])[0][0] for role in (*RUN_TIME_ROLES, "pg_monitor")} == {
        WEB: True, WORKER: False, "pg_monitor": False
    }  # fmt: skip


def test_nobody_at_run_time_may_remove_rows_or_change_tables():
    for role in RUN_TIME_ROLES:
        for table in sorted(walled()):
            for power in ("DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"):
                may = catalogue.rows("SELECT has_table_privilege(%s, %s, %s)", [role, table, power])
                assert may == [(False,)], (role, table, power)
        assert catalogue.rows("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [role]) == [(False,)]
        assert catalogue.rows("SELECT has_schema_privilege(%s, 'access', 'CREATE')", [role]) == [(False,)]


def test_only_relations_are_open_to_the_resolver():
    may = catalogue.rows(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND has_table_privilege(%s, oid, 'SELECT') AND relname <> 'django_migrations' ORDER BY 1",
        [RESOLVER],
    )
    assert may == [("titration_carerelation",), ("titration_teammembership",)]


def test_nobody_on_the_web_changes_who_cares_for_whom():
    for table in ("titration_teammembership", "titration_team", "titration_organisation", "titration_product"):
        for power in ("INSERT", "UPDATE", "DELETE"):
            assert catalogue.rows("SELECT has_table_privilege(%s, %s, %s)", [WEB, table, power]) == [(False,)]
