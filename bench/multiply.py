"""Many copies of the patients of a scratch database, made by the server itself: rows as the portal wrote them, with new keys.

The key of a copy is worked out from that of the row and the number of the copy, so rows of a copy point to each other. Dose
records are written day by day, as they come in: those of one plan do not lie together.
"""

from typing import Any

import psycopg

# In the order in which they point to each other.
TABLES = (
    "patient", "patientidentifier", "carerelation", "plan", "step", "slot", "kidneyresult", "reportedestimate",
    "patientfact", "flag", "dosetracking", "silence", "supplyissue", "doseevent",
)  # fmt: skip
OF_DOSES = {"dosetracking", "silence", "supplyissue", "doseevent"}
# Clinics, teams and staff are not copied: what points to them still does.
SHARED = {"organisation_id", "team_id", "prescriber_id", "owner_id", "product_id"}


def multiply(connection: "psycopg.Connection[Any]", copies: int, *, with_doses: int) -> None:
    """Make so many copies of every patient, the first ``with_doses`` of them with what is recorded of their doses.

    ``connection`` is the owner's, who may take triggers and references off while rows are written: the keys are right by
    construction. References come back for rows written later; that steps of a plan never overlap is not watched any more.
    """
    connection.execute("SET work_mem = '256MB'")
    connection.execute("SET maintenance_work_mem = '512MB'")
    kept = [one for name in TABLES for one in _taken_off(connection, f"titration_{name}")]
    for name in TABLES:
        made = with_doses if name in OF_DOSES else copies
        if made:
            connection.execute(_copy(connection, name), {"copies": made})
    for again in kept:
        connection.execute(again)
    connection.execute("VACUUM ANALYZE")


def _taken_off(connection: "psycopg.Connection[Any]", table: str) -> list[str]:
    """Take triggers, references and the indexes that serve no constraint off a table; what brings them back."""
    connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    found = [f"ALTER TABLE {table} ENABLE TRIGGER USER"]
    held = connection.execute(
        "SELECT conname, contype, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass "
        "AND contype IN ('f', 'x')",
        [table],
    ).fetchall()
    for name, kind, made in held:
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        if kind == "f":
            found.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made} NOT VALID')
    indexes = connection.execute(
        "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = %s::regclass "
        "AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)",
        [table],
    ).fetchall()
    for name, made in indexes:
        connection.execute(f"DROP INDEX {name}")
        found.insert(0, made)
    return found


def _copy(connection: "psycopg.Connection[Any]", name: str) -> str:
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
        [f"titration_{name}"],
    ).fetchall()
    listed = ", ".join(f'"{column}"' for column, _ in columns)
    values = ", ".join(_value(name, column, kind) for column, kind in columns)
    order = "row.local_date, row.position, copy" if name == "doseevent" else "copy"
    return (
        f"INSERT INTO titration_{name} ({listed}) SELECT {values} FROM titration_{name} AS row, "
        f"generate_series(1, %(copies)s::int) AS copy ORDER BY {order}"
    )


def _value(name: str, column: str, kind: str) -> str:
    given = f'row."{column}"'
    if column in SHARED or column.endswith("_by_id"):
        return given
    if kind == "uuid":
        return f"md5({given}::text || copy)::uuid"
    if column in ("number", "plan_number") and kind == "bigint":
        return f"('x' || substr(md5({given}::text || copy), 2, 15))::bit(60)::bigint"
    if column in ("value", "source_key") and kind != "numeric":
        return f"{given} || '-' || copy"
    return given
