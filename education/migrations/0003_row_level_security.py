"""Readers see what is published and nothing else; editors see every page. The two have roles of their own."""

from django.db import migrations

LIVE = "EXISTS (SELECT FROM wagtailcore_page AS page WHERE page.id = {table}.{key} AND page.live)"
# What a reader may see of each table that holds text which may be a draft.
READERS = {
    "wagtailcore_page": "live",
    "education_learnhub": LIVE.format(table="education_learnhub", key="page_ptr_id"),
    "education_learnpage": LIVE.format(table="education_learnpage", key="page_ptr_id"),
    "education_pagereview": LIVE.format(table="education_pagereview", key="page_id"),
    "wagtailsearch_indexentry": (
        "EXISTS (SELECT FROM wagtailcore_page AS page WHERE page.id::text = wagtailsearch_indexentry.object_id AND page.live)"
    ),
}


def statements():
    for table, condition in READERS.items():
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY web_read ON {table} FOR SELECT TO app_web USING ({condition})"
        yield f"CREATE POLICY cms ON {table} TO app_cms USING (true)"
        yield f"CREATE POLICY migrate ON {table} TO app_owner USING (current_setting('app.job', true) = 'migrate')"


def undo():
    for table in READERS:
        for policy in ("web_read", "cms", "migrate"):
            yield f"DROP POLICY {policy} ON {table}"
        yield f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"


class Migration(migrations.Migration):
    dependencies = [
        ("education", "0002_remove_sample"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailsearch", "0010_add_text_fields"),
    ]

    operations = [
        migrations.RunSQL(list(statements()), list(undo())),
    ]
