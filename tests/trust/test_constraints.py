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
    return (
        one.kind == "p"
        or (one.kind == "f" and len(one.columns) == 1)
        or is_not_negative(one)
        or keeps_one_patient(one)
        or (one.kind == "u" and set(one.columns) == {"id", "patient_id"})  # implied by the primary key
    )


def keeps_one_patient(one: catalogue.Constraint) -> bool:
    """The composite key that lets a row point only to a row of the same patient."""
    return one.kind == "f" and len(one.columns) == 2 and "patient_id" in one.columns


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
                for other in catalogue.constraints():
                    if other.table == one.table and keeps_one_patient(other):
                        cursor.execute(f"ALTER TABLE {one.table} DROP CONSTRAINT {other.name}")
            if (refused_by := refusal(sql)[0]) != one.name:
                wrong.append((one.name, refused_by))
    assert len(single) > 30
    assert wrong == []


def test_a_row_points_only_to_rows_of_its_own_patient(marked: Marked):
    """With every other constraint and trigger of its table gone, the composite key still refuses."""
    composite = [one for one in catalogue.constraints() if keeps_one_patient(one)]
    wrong = []
    with as_owner():
        for one in composite:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute(f"ALTER TABLE {one.table} DISABLE TRIGGER USER")
                for other in catalogue.constraints():
                    standing = other.name == one.name or other.name.endswith("_key_with_patient")
                    of_table = other.table == one.table and other.kind in "cuxf"
                    if (
                        of_table or keeps_one_patient(other)
                    ) and not standing:  # those that lead here from elsewhere too
                        cursor.execute(f"ALTER TABLE {other.table} DROP CONSTRAINT {other.name} CASCADE")
                column = next(name for name in one.columns if name != "patient_id")
                target = catalogue.rows(
                    "SELECT confrelid::regclass::text FROM pg_constraint WHERE conname = %s", [one.name]
                )[0][0]
                sql = (
                    f"UPDATE {one.table} SET {column} = x.id, patient_id = "
                    f"(SELECT p.id FROM titration_patient p WHERE p.id <> x.patient_id LIMIT 1) "
                    f"FROM (SELECT id, patient_id FROM {target} WHERE id <> (SELECT id FROM {one.table} LIMIT 1) LIMIT 1) x "
                    f"WHERE {one.table}.ctid = (SELECT ctid FROM {one.table} LIMIT 1)"
                )
                if (refused_by := refusal(sql)[0]) != one.name:
                    wrong.append((one.name, refused_by))
                transaction.set_rollback(True)
    assert len(composite) == 12
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
    """PostgreSQL names NOT NULL among the constraints from 18 on only, so it is tried on every such column."""
    required = catalogue.rows(
        "SELECT r.relname, a.attname::text FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid "
        "WHERE r.relname = ANY (%s) AND a.attnum > 0 AND a.attnotnull ORDER BY 1, 2",
        [sorted(catalogue.our_tables())],
    )
    with as_owner():
        wrong = [(t, c) for t, c in required if refusal(copied(t, {c: "NULL"}))[1] != c]
    assert len(required) > 150
    assert wrong == []
