"""What PostgreSQL's own catalogue says about the tables of the portal, and which of them are clinical."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection

OURS = ("titration", "accounts")


@dataclass(frozen=True)
class Constraint:
    """``kind`` is c (check), f (foreign key), p (primary key), u (unique), x (exclusion) or i (a conditional unique index)."""

    table: str
    name: str
    kind: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Trigger:
    """``name`` without the prefix and the digest that the library adds: ``append_only``, ``insert_insert``."""

    table: str
    name: str
    full_name: str
    definition: str


def rows(sql: str, params: Any = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def our_models() -> list[Any]:
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def our_tables() -> set[str]:
    return {model._meta.db_table for model in our_models()}


def clinical_tables() -> dict[str, str]:
    """Every table with rows about a patient, with the column that names the patient; event tables as their models.

    Read from the models, so that a table that is added later is in the list without being written here.
    """
    found = {}
    for model in our_models():
        subject = getattr(model, "pgh_tracked_model", model)
        if subject._meta.model_name == "patient":
            found[model._meta.db_table] = "id"
            continue
        for field in model._meta.concrete_fields:
            if field.name == "patient":
                found[model._meta.db_table] = field.column
    return found


def constraints() -> list[Constraint]:
    """Every constraint of the portal's tables, and the unique indexes that hold under a condition.

    Left out are constraint triggers (t) and the columns that may not be empty (n), which PostgreSQL lists from 18 on and
    which are tried column by column.
    """
    listed = rows(
        """
        SELECT r.relname, c.conname, c.contype::text,
               ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.conrelid AND attnum = ANY (c.conkey))
        FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
        WHERE c.connamespace = 'public'::regnamespace AND c.contype NOT IN ('t', 'n')
        UNION ALL
        SELECT r.relname, n.relname, 'i',
               ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = ANY (i.indkey))
        FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid
        WHERE i.indisunique AND r.relnamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
        ORDER BY 1, 2
        """
    )
    ours = our_tables()
    return [Constraint(table, name, kind, tuple(columns)) for table, name, kind, columns in listed if table in ours]


def triggers() -> list[Trigger]:
    """Every trigger of the portal's tables that PostgreSQL did not make for itself."""
    listed = rows(
        """
        SELECT r.relname, t.tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND r.relnamespace = 'public'::regnamespace ORDER BY 1, 2
        """
    )
    ours = our_tables()
    return [
        Trigger(table, name.removeprefix("pgtrigger_").rpartition("_")[0], name, definition)
        for table, name, definition in listed
        if table in ours
    ]


def columns(table: str) -> list[tuple[str, str]]:
    """Name and type of each column."""
    return rows(
        "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        [table],
    )
