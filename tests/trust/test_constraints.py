"""Every constraint of the portal's tables, each refusing raw writes that only it can refuse.

The list is read from PostgreSQL: a constraint that is added later fails here until somebody writes what it refuses.
"""

from collections.abc import Mapping

import pytest
from django.db import DatabaseError, connection, transaction

from tests.database import as_owner
from tests.trust import catalogue
from tests.trust.marked_world import Marked
from tests.trust.refused_rows import BEHIND, FILLED_WITH, REFUSED, TRIED_ON_A_COPY

pytestmark = [pytest.mark.bar("B-35"), pytest.mark.hazard("H01"), pytest.mark.hazard("H02"), pytest.mark.django_db]


def by_rule(one: catalogue.Constraint) -> bool:
    """Kinds of constraint that one test below covers for every column they stand on."""
    return one.kind == "p" or (one.kind == "f" and len(one.columns) == 1) or is_not_negative(one)


def is_not_negative(one: catalogue.Constraint) -> bool:
    """The check that Django adds to every positive integer column."""
    return one.kind == "c" and len(one.columns) == 1 and one.name == f"{one.table}_{one.columns[0]}_check"


def test_every_constraint_has_a_row_that_it_refuses():
    found = {one.name for one in catalogue.constraints() if not by_rule(one)}
    assert found == set(REFUSED)


def refusal(sql: str) -> tuple[str, str]:
    """Which constraint refuses the statement, and the column of one that may not be empty; ("", "") when it passes."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(sql)
            assert cursor.rowcount == 1, f"No row fits: {sql}"
    except DatabaseError as error:
        diag = error.__cause__.diag
        return diag.constraint_name or "", diag.column_name or ""
    return "", ""


def copied(table: str, changes: Mapping[str, str], where: str = "TRUE") -> str:
    """SQL that inserts a copy of a row with some columns changed, and with a new key where the key is a UUID."""
    values = []
    for name, kind in catalogue.columns(table):
        fresh = "gen_random_uuid()" if (name, kind) == ("id", "uuid") else f't."{name}"'
        values.append(changes.get(name, fresh))
    return f"INSERT INTO {table} SELECT {', '.join(values)} FROM {table} t WHERE {where} LIMIT 1"


def changed(table: str, change: str, also: str, column: str) -> str:
    """SQL that changes one row, one with something in the column if there is one."""
    return (
        f"UPDATE {table} SET {change}{', ' + also if also else ''} WHERE ctid = "
        f"(SELECT ctid FROM {table} ORDER BY {column} NULLS LAST LIMIT 1)"
    )


def take_away_what_stands_before(one: catalogue.Constraint) -> None:
    with connection.cursor() as cursor:
        for name in BEHIND.get(one.name, ()):
            cursor.execute(f"ALTER TABLE {one.table} DROP CONSTRAINT {name} CASCADE")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_constraint_refuses_what_only_it_can_refuse(name: str, marked: Marked):
    one = next(one for one in catalogue.constraints() if one.name == name)
    with as_owner():
        take_away_what_stands_before(one)
        accepted = [
            (changes, where, refused_by)
            for changes, where in REFUSED[name]
            if (refused_by := refusal(copied(one.table, changes, where))[0]) != name
        ]
    assert accepted == []


def test_the_same_row_without_a_fault_is_accepted(marked: Marked):
    with as_owner():
        assert refusal(copied("titration_kidneyresult", {}, "replaces_id IS NULL")) == ("", "")
        assert refusal(copied("titration_slot", {"position": "99", "at": "'03:00'"})) == ("", "")


def test_every_key_is_used_once(marked: Marked):
    """A copy of a row under its own key is refused by the primary key."""
    with as_owner():
        wrong = [
            one.name
            for one in catalogue.constraints()
            if one.kind == "p" and refusal(f"INSERT INTO {one.table} SELECT * FROM {one.table} LIMIT 1")[0] != one.name
        ]
    assert wrong == []


def test_every_reference_leads_to_a_row(marked: Marked):
    """A foreign key of one column refuses a key that does not exist, whatever the triggers of the table would say."""
    single = [one for one in catalogue.constraints() if one.kind == "f" and len(one.columns) == 1]
    wrong = []
    with as_owner():
        for one in single:
            kind = dict(catalogue.columns(one.table))[one.columns[0]]
            nowhere = "gen_random_uuid()" if kind == "uuid" else "'nowhere'"
            place = f"{one.table}.{one.columns[0]}"
            sql = (
                copied(one.table, {one.columns[0]: nowhere, **TRIED_ON_A_COPY[place]})
                if place in TRIED_ON_A_COPY
                else changed(one.table, f"{one.columns[0]} = {nowhere}", FILLED_WITH.get(place, ""), one.columns[0])
            )
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {one.table} DISABLE TRIGGER USER")
            if (refused_by := refusal(sql)[0]) != one.name:
                wrong.append((one.name, refused_by))
    assert len(single) > 30
    assert wrong == []


def test_counts_are_never_negative(marked: Marked):
    wrong = []
    with as_owner():
        for one in filter(is_not_negative, catalogue.constraints()):
            with transaction.atomic():
                take_away_what_stands_before(one)
                sql = copied(one.table, {one.columns[0]: "-1"}) if "event" not in one.table else event_copy(one)
                if (refused_by := refusal(sql)[0]) != one.name:
                    wrong.append((one.name, refused_by))
                transaction.set_rollback(True)
    assert wrong == []


def event_copy(one: catalogue.Constraint) -> str:
    return copied(one.table, {one.columns[0]: "-1", "pgh_id": "0 - t.pgh_id"})


def test_what_must_be_filled_refuses_null(marked: Marked):
    """PostgreSQL keeps NOT NULL apart from the other constraints, so it is tried on every such column."""
    required = catalogue.rows(
        "SELECT r.relname, a.attname::text FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid "
        "WHERE r.relname = ANY (%s) AND a.attnum > 0 AND a.attnotnull ORDER BY 1, 2",
        [sorted(catalogue.our_tables())],
    )
    with as_owner():
        wrong = [(t, c) for t, c in required if refusal(copied(t, {c: "NULL"}))[1] != c]
    assert len(required) > 150
    assert wrong == []


# --- triggers: every one refuses alone, with all others of its table switched off --------------------------------------
RECORDING = {"insert_insert", "update_update"}
PROTECTING = {"append_only", "never_removed", "written_once", "voided_once", "resolved_once"}
CHANGES_ONCE = {"voided_at", "voided_by_id"}


def test_every_trigger_has_a_test():
    assert {one.name for one in catalogue.triggers()} == RECORDING | PROTECTING


def refused_by_trigger(sql: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount > 0, f"No row fits: {sql}"
    except DatabaseError as error:
        return "pgtrigger" in str(error)
    return False


def alone(one: catalogue.Trigger) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {one.table} DISABLE TRIGGER USER")
        cursor.execute(f"ALTER TABLE {one.table} ENABLE TRIGGER {one.full_name}")


def named(name: str) -> list[catalogue.Trigger]:
    return [one for one in catalogue.triggers() if one.name == name]


def test_a_row_that_is_only_added_to_is_neither_changed_nor_removed(marked: Marked):
    passed = []
    with as_owner():
        for one in named("append_only"):
            alone(one)
            column = catalogue.columns(one.table)[-1][0]
            for sql in (f"UPDATE {one.table} SET {column} = {column}", f"DELETE FROM {one.table}"):
                if not refused_by_trigger(sql):
                    passed.append(sql)
    assert passed == []
    assert len(named("append_only")) >= 13


def test_a_row_of_a_record_is_never_removed(marked: Marked):
    passed = []
    with as_owner():
        for one in named("never_removed"):
            alone(one)
            if not refused_by_trigger(f"DELETE FROM {one.table}"):
                passed.append(one.table)
    assert passed == []


def test_no_column_of_a_step_changes_but_its_end(marked: Marked):
    """The columns are read from PostgreSQL: one that is added later is either fixed by the trigger or fails here."""
    [one] = named("written_once")
    other = {
        "uuid": "gen_random_uuid()", "jsonb": "'[7]'", "boolean": "NOT {}", "daterange": "'[2020-01-01,)'",
        "smallint": "{} + 1", "bigint": "{} + 1", "timestamp with time zone": "now()",
    }  # fmt: skip
    passed = []
    with as_owner():
        alone(one)
        for name, kind in catalogue.columns(one.table):
            value = "{} + 1" if kind.startswith("numeric") else other.get(kind, "'x'")
            if refused_by_trigger(f"UPDATE {one.table} SET {name} = {value.format(name)}") == (name in CHANGES_ONCE):
                passed.append(name)
    assert passed == []


def test_a_step_is_replaced_once(marked: Marked):
    [one] = named("voided_once")
    with as_owner():
        alone(one)
        assert refused_by_trigger(f"UPDATE {one.table} SET voided_at = NULL WHERE voided_at IS NOT NULL")
        assert not refused_by_trigger(f"UPDATE {one.table} SET voided_at = now() WHERE voided_at IS NULL")


def test_a_held_record_is_decided_on_once(marked: Marked):
    [one] = named("resolved_once")
    with as_owner():
        alone(one)
        assert refused_by_trigger(f"UPDATE {one.table} SET resolution = 'Other' WHERE resolved_at IS NOT NULL")
        assert not refused_by_trigger(f"UPDATE {one.table} SET resolved_at = now() WHERE resolved_at IS NULL")


def test_every_addition_and_change_is_kept_in_the_history(marked: Marked):
    """The history is written by PostgreSQL, so raw SQL and changes of many rows at once are in it."""
    tracked = {one.table for one in catalogue.triggers() if one.name in RECORDING}
    assert tracked == {
        one.table.removesuffix("event") for one in named("append_only") if one.table.endswith("event")
    } - {"titration_audit"}
    with as_owner():
        for table in tracked:
            before = catalogue.rows(f"SELECT count(*) FROM {table}event")[0][0]
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger(table, 'update_update')}")
                column = {"titration_step": "reason", "titration_carerelation": "reason", "titration_patient": "phone",
                          "titration_flag": "because", "titration_plan": "time_zone"}[table]  # fmt: skip
                cursor.execute(f"UPDATE {table} SET {column} = 'changed by hand'")
                changed_rows = cursor.rowcount
            assert changed_rows > 1
            assert catalogue.rows(f"SELECT count(*) FROM {table}event")[0][0] == before + changed_rows
            added = catalogue.rows(f"SELECT count(*) FROM {table}event WHERE pgh_label = 'insert'")[0][0]
            assert added == catalogue.rows(f"SELECT count(*) FROM {table}")[0][0]


def trigger(table: str, name: str) -> str:
    return next(one.full_name for one in catalogue.triggers() if one.table == table and one.name == name)
