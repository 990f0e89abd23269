"""Every trigger of the portal's tables, each refusing alone what it is there to refuse."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.database import as_owner
from tests.trust import catalogue
from tests.trust.marked_world import Marked

pytestmark = [pytest.mark.bar("B-35"), pytest.mark.django_db]

# Every one refuses alone, with all others of its table switched off.
RECORDING = {"insert_insert", "update_update"}
# What they refuse is refused to the web role alone: tests/trust/test_true_authors.py.
OF_THE_WEB = {
    "own_name", "closed_in_own_name", "decided_by_right", "dated_by_database", "claimed_in_own_name", "ended_in_own_name",
    "ended_once", "ended_by_right",
}  # fmt: skip
PROTECTING = {
    "append_only", "never_removed", "written_once", "voided_once", "resolved_once", "closed_once", "first_time_kept",
    "settled_once", "tries_counted",
}  # fmt: skip
# What of a row may change after it was written; everything else is fixed by its trigger.
MAY_CHANGE = {
    "titration_invitation": {"tries", "claimed_at", "claimed_by_id", "ended_at", "ended_by_id"},
    "titration_step": {"voided_at", "voided_by_id"},
    "titration_plan": {"status", "next_decision_on", "reassess_at", "others_at", "version", "ended_on", "ended_by_id"},
    "titration_flag": {
        "status",
        "owner_id",
        "because",
        "acknowledged_at",
        "acknowledged_by_id",
        "acted_at",
        "snoozed_until",
        "escalated_at",
        "closed_at",
        "closed_by_id",
        "closed_code",
        "closed_because",
    },
}


def test_every_trigger_has_a_test():
    assert {one.name for one in catalogue.triggers()} == RECORDING | PROTECTING | OF_THE_WEB


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


@pytest.mark.parametrize("table", sorted(MAY_CHANGE))
def test_no_column_changes_but_those_that_may(table: str, marked: Marked):
    """The columns are read from PostgreSQL: one that is added later is either fixed by the trigger or fails here."""
    assert {one.table for one in named("written_once")} == set(MAY_CHANGE)
    one = next(one for one in named("written_once") if one.table == table)
    other = {
        "uuid": "gen_random_uuid()", "jsonb": "'[7]'", "boolean": "NOT {}", "daterange": "'[2020-01-01,)'",
        "smallint": "{} + 1", "bigint": "{} + 1", "integer": "{} + 1", "timestamp with time zone": "now()",
        "date": "'2020-01-01'",
    }  # fmt: skip
    passed = []
    with as_owner():
        alone(one)
        for name, kind in catalogue.columns(one.table):
            value = "{} + 1" if kind.startswith("numeric") else other.get(kind, "'x'")
            if refused_by_trigger(f"UPDATE {one.table} SET {name} = {value.format(name)}") == (
                name in MAY_CHANGE[table]
            ):
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


def test_a_flag_is_closed_once_and_never_opened_again(marked: Marked):
    [one] = named("closed_once")
    closing = "status = 'closed', closed_at = now(), closed_code = 'by_rule', closed_because = 'x'"
    with as_owner():
        alone(one)
        assert not refused_by_trigger(f"UPDATE {one.table} SET {closing} WHERE status = 'open'")
        for change in ("status = 'open'", "closed_code = 'other'", "because = 'x'", "closed_at = now()"):
            assert refused_by_trigger(f"UPDATE {one.table} SET {change} WHERE status = 'closed'"), change


def test_the_first_time_that_something_happened_to_a_flag_is_kept(marked: Marked):
    [one] = named("first_time_kept")
    with as_owner():
        alone(one)
        person = f"'{marked.world.ann.pk}'"
        for column, value, other in (
            ("acted_at", "'2026-11-22'", "'2026-11-23'"),
            ("escalated_at", "'2126-11-22'", "'2126-11-23'"),
            ("acknowledged_at", "'2026-11-22'", "'2026-11-23'"),
            ("acknowledged_by_id", person, f"'{marked.world.dan.pk}'"),
        ):
            together = f", acknowledged_by_id = {person}" if column == "acknowledged_at" else ""
            together = ", acknowledged_at = '2026-11-22'" if column == "acknowledged_by_id" else together
            with transaction.atomic():
                where = "status = 'open' AND urgency = 2 AND act_by IS NOT NULL"
                first = f"UPDATE {one.table} SET {column} = {value}{together} WHERE {where}"
                assert not refused_by_trigger(first), column
                for again in (other, "NULL"):
                    assert refused_by_trigger(f"UPDATE {one.table} SET {column} = {again} WHERE {column} IS NOT NULL")
                transaction.set_rollback(True)


def test_an_invitation_is_used_or_ended_once(marked: Marked):
    [one] = named("settled_once")
    with as_owner():
        alone(one)
        person = f"'{marked.world.ann.pk}'"
        for settled in ("claimed_at", "ended_at"):
            for change in ("tries = tries + 1", "claimed_at = NULL, claimed_by_id = NULL", f"ended_by_id = {person}"):
                assert refused_by_trigger(f"UPDATE {one.table} SET {change} WHERE {settled} IS NOT NULL"), change
        waits = "claimed_at IS NULL AND ended_at IS NULL"
        ending = f"UPDATE {one.table} SET ended_at = now(), ended_by_id = {person} WHERE {waits}"
        assert not refused_by_trigger(ending)


def test_tries_are_counted_one_by_one_and_never_back(marked: Marked):
    [one] = named("tries_counted")
    with as_owner():
        alone(one)
        assert not refused_by_trigger(f"UPDATE {one.table} SET tries = tries + 1")
        for tries in ("0", "tries - 1", "tries + 2"):
            assert refused_by_trigger(f"UPDATE {one.table} SET tries = {tries}"), tries


def test_every_addition_and_change_is_kept_in_the_history(marked: Marked):
    """The history is written by PostgreSQL, so raw SQL and changes of many rows at once are in it."""
    tracked = {one.table for one in catalogue.triggers() if one.name in RECORDING}
    assert tracked == {
        one.table.removesuffix("event") for one in named("append_only") if one.table.endswith("event")
    } - {"titration_audit", "titration_dose"}  # records of their own, not histories
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
