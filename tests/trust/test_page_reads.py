"""What patients have read is on their record: editors, who write the pages, see nothing of it."""

import pytest
from django.db import DatabaseError, connection, transaction

from tests.cms_client import as_cms
from tests.trust import catalogue
from tests.trust.marked_world import Marked
from titration.models.database_roles import CMS

pytestmark = [pytest.mark.bar("B-09"), pytest.mark.hazard("H38"), pytest.mark.django_db]


def test_editors_have_no_right_on_what_was_read(marked: Marked):
    for power in ("SELECT", "INSERT", "UPDATE", "REFERENCES"):
        held = catalogue.rows("SELECT has_any_column_privilege(%s, 'titration_pageread', %s)", [CMS, power])
        assert held == [(False,)], power
    assert catalogue.rows("SELECT has_table_privilege(%s, 'titration_pageread', 'DELETE')", [CMS]) == [(False,)]


@pytest.mark.parametrize("sql", ["SELECT count(*) FROM titration_pageread", "DELETE FROM titration_pageread"])
def test_editors_are_refused(sql: str, marked: Marked):
    refused = pytest.raises(DatabaseError, match="permission denied")
    with as_cms(), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
