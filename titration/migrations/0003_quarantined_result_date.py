"""The date of a held-back record outlives a missing time."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("titration", "0002_row_level_security"),
    ]

    operations = [
        migrations.AddField(
            model_name="quarantinedresult",
            name="taken_on",
            field=models.DateField(null=True),
        ),
    ]
