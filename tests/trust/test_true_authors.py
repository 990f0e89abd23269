"""Raw SQL as the web role: no row in another person's name or at another time, and no line of history by hand."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from tests.database import as_actor, as_owner
from tests.trust import catalogue
from tests.trust.marked_world import Marked
from tests.trust.test_constraints import copied
from titration.models import AuditEvent, CareRelation

pytestmark = [pytest.mark.bar("B-13"), pytest.mark.hazard("H38"), pytest.mark.django_db]

# table: the row that is copied, changes that keep its other constraints, and the columns that name who wrote it
ROWS: dict[str, tuple[str, dict[str, str], tuple[str, ...]]] = {
    "titration_patientfact": ("replaces_id IS NULL", {}, ("recorded_by_id",)),
    "titration_step": ("state = 'draft'", {}, ("recorded_by_id",)),
    "titration_slot": ("TRUE", {"position": "99", "at": "'03:00'"}, ("recorded_by_id",)),
    "titration_override": ("TRUE", {}, ("recorded_by_id",)),
    "titration_kidneyresult": ("replaces_id IS NULL", {}, ("recorded_by_id",)),
    "titration_flagnote": ("TRUE", {}, ("recorded_by_id",)),
    "titration_doseevent": ("replaces_id IS NULL", {"local_date": "local_date + 300"}, ("recorded_by_id",)),
    "titration_dosetracking": ("TRUE", {}, ("recorded_by_id",)),
    "titration_silence": ("replaces_id IS NULL", {}, ("recorded_by_id",)),
    "titration_supplyissue": ("replaces_id IS NULL", {}, ("recorded_by_id",)),
    "titration_changeseen": ("TRUE", {"digest": "'other'"}, ("recorded_by_id",)),
    "titration_restartdecision": ("TRUE", {}, ("recorded_by_id",)),
    "titration_callrequest": ("TRUE", {}, ("recorded_by_id",)),
    "titration_pageread": ("TRUE", {"revision_id": "revision_id + 1"}, ("recorded_by_id",)),
    "titration_feelingreport": ("TRUE", {}, ("recorded_by_id",)),
    "titration_invitation": (
        "claimed_at IS NULL AND ended_at IS NULL",
        {"token_hash": "md5(random()::text) || md5(random()::text)"},
        ("created_by_id",),
    ),
    "titration_plan": (
        "status = 'active'",
        {"number": "7", "status": "'ended'", "ended_on": "'2026-11-01'", "ended_by_id": "prescriber_id"},
        ("created_by_id", "prescriber_id"),
    ),
}


def outcome(sql: str) -> str:
    """``added``, or how PostgreSQL refused. What was added is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            assert cursor.rowcount == 1, f"No row fits: {sql}"
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return "added"


@pytest.mark.parametrize("table", sorted(ROWS))
def test_a_row_is_added_in_ones_own_name_only(table: str, marked: Marked):
    where, fixed, authors = ROWS[table]
    ann, dan = marked.world.ann.pk, marked.world.dan.pk
    own = {**fixed, **dict.fromkeys(authors, f"'{ann}'")}
    with as_actor(marked.world.ann):
        assert outcome(copied(table, own, where)) == "added"
        for column in authors:
            assert "row-level security" in outcome(copied(table, {**own, column: f"'{dan}'"}, where)), column
            if column == "recorded_by_id":  # nor in the name of a job
                job = {**own, column: "NULL", "job": "'import_labs'"}
                assert "row-level security" in outcome(copied(table, job, where))


def test_every_table_with_an_author_that_the_web_adds_to_is_tried():
    with_author = {
        table
        for (table,) in catalogue.rows(
            "SELECT DISTINCT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "WHERE a.attname IN ('recorded_by_id', 'created_by_id') AND c.relkind = 'r' "
            "AND (c.relname NOT LIKE '%%event' OR c.relname = 'titration_doseevent') "
            "AND has_table_privilege('app_web', c.oid, 'INSERT')",
            [],
        )
    }
    assert with_author == set(ROWS)


def test_a_step_is_taken_out_of_force_in_ones_own_name_only(marked: Marked):
    change = "UPDATE titration_step SET voided_at = now(), voided_by_id = {} WHERE id = '{}'"
    key, ann, dan = marked.keys["alder"]["step"], f"'{marked.world.ann.pk}'", f"'{marked.world.dan.pk}'"
    with as_actor(marked.world.ann):
        assert outcome(change.format(ann, key)) == "added"
        assert "Cannot update" in outcome(change.format(dan, key))
        assert "Cannot update" in outcome(change.format("NULL", key))


def test_a_plan_is_ended_in_ones_own_name_only(marked: Marked):
    change = "UPDATE titration_plan SET status = 'ended', ended_on = '2026-11-01', ended_by_id = '{}' WHERE id = '{}'"
    key = marked.keys["alder"]["plan"]
    with as_actor(marked.world.ann):
        assert outcome(change.format(marked.world.ann.pk, key)) == "added"
        assert "Cannot update" in outcome(change.format(marked.world.dan.pk, key))
        assert outcome(f"UPDATE titration_plan SET version = version + 1 WHERE id = '{key}'") == "added"


SEEN = "UPDATE titration_flag SET acknowledged_at = now(), acknowledged_by_id = {} WHERE id = '{}'"
SETTLED = (
    "UPDATE titration_flag SET status = 'closed', closed_at = now(), closed_code = 'other', closed_because = 'x', "
    "closed_by_id = {} WHERE id = '{}'"
)


@pytest.mark.parametrize("change", [SEEN, SETTLED])
def test_a_flag_is_seen_and_closed_in_ones_own_name_only(change: str, marked: Marked):
    key, ann, dan = marked.keys["alder"]["flag"], f"'{marked.world.ann.pk}'", f"'{marked.world.dan.pk}'"
    with as_actor(marked.world.ann):
        assert outcome(change.format(ann, key)) == "added"
        assert "Cannot update" in outcome(change.format(dan, key))


@pytest.mark.parametrize(
    "decided",
    [
        "acknowledged_at = now(), acknowledged_by_id = {me}",
        "acted_at = now()",
        "owner_id = {other}",
        "snoozed_until = now()",
        "status = 'closed', closed_at = now(), closed_code = 'other', closed_because = 'x', closed_by_id = {me}",
    ],
)
def test_what_a_person_decides_about_a_flag_asks_for_the_right_to_log(decided: str, marked: Marked):
    """Whoever may only read raises, rewords, escalates and closes by rule, as a look at the chart does."""
    reader, patient = marked.world.ann, marked.keys["alder"]["patient"]
    with as_actor(reader):
        [(key,), *_] = catalogue.rows(
            "SELECT id FROM titration_flag WHERE patient_id = %s AND status = 'open' AND urgency > 1 AND acted_at IS NULL",
            [patient],
        )
    me, other = f"'{reader.pk}'", f"'{marked.world.bea.pk}'"
    change = f"UPDATE titration_flag SET {decided.format(me=me, other=other)} WHERE id = '{key}'"
    closed = "status = 'closed', closed_at = now(), closed_code = 'by_rule', closed_because = 'x'"
    by_rule = f"UPDATE titration_flag SET {closed} WHERE id = '{key}'"
    with as_actor(reader):
        assert outcome(change) == "added"
    with as_owner():
        CareRelation.objects.filter(patient=patient).update(rights=["read"])
    with as_actor(reader):
        assert "Cannot update" in outcome(change)
        assert outcome(by_rule) == "added"


@pytest.mark.parametrize(
    "decided",
    [
        {"acknowledged_at": "opened_at", "acknowledged_by_id": "{me}"},
        {"acted_at": "opened_at"},
        {"snoozed_until": "opened_at"},
        {"status": "'closed'", "closed_at": "opened_at", "closed_code": "'other'", "closed_because": "'x'",
         "closed_by_id": "{me}"},
    ],
)  # fmt: skip
def test_a_flag_begins_as_one_that_nobody_has_decided_anything_about(decided: dict[str, str], marked: Marked):
    me = f"'{marked.world.ann.pk}'"
    changes = {"rule_id": "'KID-98'", **{column: value.format(me=me) for column, value in decided.items()}}
    where = "status = 'open' AND urgency = 2 AND acknowledged_at IS NULL"
    with as_actor(marked.world.ann):
        assert outcome(copied("titration_flag", {"rule_id": "'KID-98'", "acted_at": "NULL"}, where)) == "added"
        assert "row-level security" in outcome(copied("titration_flag", {"acted_at": "NULL", **changes}, where))


@pytest.mark.parametrize("table", ["titration_planevent", "titration_stepevent", "titration_flagevent"])
def test_history_is_written_by_triggers_alone(table: str, marked: Marked):
    with as_actor(marked.world.ann):
        by_hand = f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1"
        assert "row-level security" in outcome(by_hand)
        before = catalogue.rows(f"SELECT count(*) FROM {table}")
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE titration_flag SET because = 'Otherwise' WHERE id = %s", [marked.keys["alder"]["flag"]]
            )
            cursor.execute("UPDATE titration_plan SET version = 9 WHERE id = %s", [marked.keys["alder"]["plan"]])
            cursor.execute(
                "UPDATE titration_step SET voided_at = now(), voided_by_id = %s WHERE id = %s",
                [marked.world.ann.pk, marked.keys["alder"]["step"]],
            )
        assert catalogue.rows(f"SELECT count(*) FROM {table}") > before


LINE = (
    "INSERT INTO titration_auditevent (id, at, actor, actor_role, job, action, patient, object_type, object_id, page, fields, "
    "detail, request_id, outcome) VALUES (gen_random_uuid(), '2020-01-01', {actor}, '', '', 'view', '{patient}', '', '', '', "
    "'{{}}', 'by hand', '', 'done')"
)


def test_a_line_of_the_audit_has_the_time_of_the_database_and_the_name_of_the_actor(marked: Marked):
    world = marked.world
    with as_actor(world.ann):
        assert "row-level security" in outcome(LINE.format(actor=f"'{world.dan.pk}'", patient=world.alder.pk))
        assert "row-level security" in outcome(LINE.format(actor="NULL", patient=world.alder.pk))
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (before,) = cursor.fetchone()
            cursor.execute(LINE.format(actor=f"'{world.ann.pk}'", patient=world.alder.pk))
            assert AuditEvent.objects.get(detail="by hand").at >= before > datetime(2021, 1, 1, tzinfo=UTC)
