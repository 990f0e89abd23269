"""The process that fills the scratch database: roles, migrations, rows, statistics, static files."""

import json
import sys

import django


def main(patients: int) -> None:
    """Prints one line of JSON: the email that signs in and the patients of its team."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction

    from bench import load
    from titration.models import Patient
    from titration.models.database_roles import OWNER, as_role

    call_command("migrate", verbosity=0, stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    with as_role(OWNER, job="migrate"):
        with transaction.atomic():
            clinic = load.fill(patients)
            mine = list(
                Patient.objects.filter(care_relations__team=clinic.team)
                .order_by("recorded_at", "pk")
                .values_list("pk", flat=True)
            )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps({"email": clinic.email, "patients": " ".join(str(key) for key in mine)}))
