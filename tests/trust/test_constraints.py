"""Every constraint of the portal's tables, each refusing raw writes that only it can refuse.

The list is read from PostgreSQL: a constraint that is added later fails here until somebody writes what it refuses.
"""

from collections.abc import Mapping

import pytest
from django.db import DatabaseError, connection, transaction

from tests.database import as_owner
from tests.trust import catalogue
from tests.trust.marked_world import Marked
from tests.trust.refused_rows import BEHIND, FILLED_WITH, REFUSED

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


def drop(constraint: str, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relkind FROM pg_class WHERE relname = %s", [constraint])
        found = cursor.fetchone()
        is_plain_index = found and not any(one.name == constraint and one.kind != "i" for one in catalogue.constraints())
        cursor.execute(f"DROP INDEX {constraint}" if is_plain_index else f"ALTER TABLE {table} DROP CONSTRAINT {constraint} CASCADE")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_constraint_refuses_what_only_it_can_refuse(name: str, marked: Marked):
    one = next(one for one in catalogue.constraints() if one.name == name)
    with as_owner():
        if name in BEHIND:
            drop(BEHIND[name], one.table)
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
            also = FILLED_WITH.get(f"{one.table}.{one.columns[0]}")
            sql = (
                f"UPDATE {one.table} SET {one.columns[0]} = {nowhere}{', ' + also if also else ''} WHERE ctid = "
                f"(SELECT ctid FROM {one.table} ORDER BY {one.columns[0]} NULLS LAST LIMIT 1)"
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
                if one.name in BEHIND:
                    drop(BEHIND[one.name], one.table)
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
