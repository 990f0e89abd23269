"""Raw SQL as the web role of somebody who opened a link: one row is in sight, and what was invited may be added."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from tests.database import as_actor
from tests.trust import catalogue
from tests.trust.marked_world import Marked
from titration.models.actors import set_token
from titration.models.invitations import hash_of, proof_of

pytestmark = [pytest.mark.bar("B-54"), pytest.mark.bar("B-09"), pytest.mark.hazard("H38"), pytest.mark.django_db]

SEEN = "SELECT id FROM titration_invitation"


def seen() -> list[Any]:
    return [key for (key,) in catalogue.rows(SEEN)]


def outcome(sql: str, *values: Any) -> str:
    """``done`` with the number of rows, or how PostgreSQL refused; what was done is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
            done = f"done {cursor.rowcount}"
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error).splitlines()[0]
    return done


# --- what is in sight ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("proof", ["", "x", proof_of("another token"), hash_of("x")])
def test_without_the_right_link_nobody_sees_an_invitation(marked: Marked, proof: str):
    assert seen() == []
    with transaction.atomic():
        set_token(proof)
        assert seen() == []
        assert outcome("UPDATE titration_invitation SET tries = tries + 1") == "done 0"


def test_what_is_kept_of_a_link_does_not_open_it(marked: Marked):
    with transaction.atomic():
        set_token(hash_of(marked.keys["alder"]["token"]))
        assert seen() == []
        set_token(marked.keys["alder"]["token"])
        assert seen() == []


def test_a_link_shows_its_own_row_and_nothing_else_of_anybody(marked: Marked):
    with transaction.atomic():
        set_token(proof_of(marked.keys["alder"]["token"]))
        counts = {table: catalogue.rows(f"SELECT count(*) FROM {table}")[0][0] for table in catalogue.clinical_tables()}
        assert seen() == [marked.keys["alder"]["invitation"]]
        transaction.set_rollback(True)
    assert {table: count for table, count in counts.items() if count} == {"titration_invitation": 1}
    assert seen() == []


def test_invitations_are_seen_and_made_by_who_may_share(marked: Marked):
    for name, many in (("ann", 6), ("bea", 0), ("cora", 0), ("dan", 3), ("alma", 0), ("pru", 0), ("ada", 0)):
        with as_actor(marked.world.people[name]):
            assert len(seen()) == many, name
