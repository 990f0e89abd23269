"""The library brings a page of its own, which no reader should find."""

from django.db import migrations


def remove_sample(apps, schema_editor):
    """The sample page that comes with the library, and the site that shows it."""
    page = apps.get_model("wagtailcore", "Page")
    if page.objects.filter(depth=2, slug="home").delete()[0]:
        page.objects.filter(depth=1).update(numchild=0)


class Migration(migrations.Migration):
    dependencies = [
        ("education", "0001_initial"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
    ]

    operations = [migrations.RunPython(remove_sample, migrations.RunPython.noop)]
