"""A row for every product of the protocols, so that steps can point to it."""

from django.db import migrations

from titration.dosing.protocol import JURISDICTIONS, load_protocol


def fill(apps, schema_editor):
    product = apps.get_model("titration", "Product")
    known = {}
    for jurisdiction in JURISDICTIONS:
        for one in load_protocol(jurisdiction).products:
            known[one.code] = product(
                code=one.code,
                name=one.name,
                form=one.form,
                strength_mg=one.strength.value if one.strength is not None else None,
                mg_per_ml=one.mg_per_ml,
            )
    product.objects.bulk_create(known.values())


class Migration(migrations.Migration):
    dependencies = [("titration", "0002_row_level_security")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
