"""What the process of the editors may do in the database: everything with education pages, nothing clinical."""

from typing import Any

from titration.models.database_roles import CMS, WEB, WORKER

CMS_CACHE = "cms_cache"  # where their process counts failed sign-ins

# Tables of the editors, by how their names begin.
_THEIRS = ("wagtail", "education_", "taggit_", "accounts_editorsession", CMS_CACHE)
# Who they are, and what their groups may do.
_READ = (
    "auth_group", "auth_group_permissions", "auth_permission", "django_content_type", "accounts_user",
    "accounts_user_groups", "accounts_user_user_permissions",
    "titration_installation",  # whether all of it is invented; it says nothing else
)  # fmt: skip

# What readers need of those tables. Row-level security leaves the drafts out.
READERS = (
    "wagtailcore_page", "wagtailcore_locale", "wagtailsearch_indexentry", "wagtailimages_image", "wagtailimages_rendition",
    "education_learnhub", "education_learnpage", "education_source", "education_stopwarning", "education_pagereview",
)  # fmt: skip
# Groups belong to editors: no request of the portal asks for them.
_GROUPS = ("accounts_user_groups", "accounts_user_user_permissions")


def grant(cursor: Any) -> None:
    """Give the editors' process its rights on the tables that exist now, and leave readers with what is published."""
    cursor.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE ANY(%s) ORDER BY tablename",
        [[f"{prefix.replace('_', chr(92) + '_')}%" for prefix in _THEIRS]],
    )
    tables = [table for (table,) in cursor.fetchall()]
    theirs = ", ".join(tables)
    cursor.execute(f"REVOKE ALL ON {theirs} FROM {WEB}, {WORKER}")
    cursor.execute(f"REVOKE ALL ON {', '.join(_GROUPS)} FROM {WEB}")
    cursor.execute(f"GRANT DELETE ON accounts_user_groups TO {WORKER}")  # the job that says what an editor does
    cursor.execute(f"GRANT SELECT ON {', '.join(READERS)} TO {WEB}")
    cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {CMS}")
    cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {theirs} TO {CMS}")
    cursor.execute(f"GRANT SELECT ON {', '.join(_READ)} TO {CMS}")
    cursor.execute(f"GRANT UPDATE (password) ON accounts_user TO {CMS}")  # a hash of an older kind is renewed
    cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {CMS}")
    cursor.execute(f"GRANT USAGE ON SEQUENCE {', '.join(_sequences_of(cursor, tables))} TO {CMS}")


def _sequences_of(cursor: Any, tables: list[str]) -> list[str]:
    """The counters of keys of these tables. One of another table would tell how many rows it has had."""
    cursor.execute(
        "SELECT counter.oid::regclass::text FROM pg_class AS counter "
        "JOIN pg_depend AS link ON link.classid = 'pg_class'::regclass AND link.objid = counter.oid AND link.deptype IN ('a', 'i') "
        "WHERE counter.relkind = 'S' AND link.refobjid = ANY(%s::regclass[]) ORDER BY 1",
        [tables],
    )
    return [name for (name,) in cursor.fetchall()]
