"""The process that fills the scratch database: roles, migrations, rows, statistics, static files."""

import json
import sys

import django


def main(patients: int) -> None:
    """Prints one line of JSON: the email that signs in and the patients of its team."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from bench import load
    from education.services import shipping
    from education.shipped import shipped_pages, shipped_sources
    from titration.models import Patient
    from titration.models.database_roles import OWNER, as_role

    call_command("migrate", verbosity=0, stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    with as_role(OWNER, job="migrate"):
        with transaction.atomic():
            clinic = load.fill(patients)
            shipping.load(pages=shipped_pages(), sources=shipped_sources(), as_of=timezone.now(), publish=True)
            mine = list(
                Patient.objects.filter(care_relations__team=clinic.team)
                .order_by("recorded_at", "pk")
                .values_list("pk", flat=True)
            )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps({"email": clinic.email, "patients": " ".join(str(key) for key in mine)}))


TEMPLATE = 1000  # patients that the portal's own functions write and look at; the others are their copies


def watched(plans: int, with_doses: int) -> None:
    """Fill with so many plans, all looked at once; ``with_doses`` of them have two weeks of dose records."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from bench import doses_load, load
    from bench.multiply import multiply
    from titration.models import Plan
    from titration.models.database_roles import OWNER, WORKER, as_role
    from titration.services.reassessment import reassess

    call_command("migrate", verbosity=0, stdout=sys.stderr)
    first = min(plans, TEMPLATE)
    with as_role(OWNER, job="migrate"):
        with transaction.atomic():
            load.fill(first)
            doses_load.fill()
            Plan.objects.update(reassess_at=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    with as_role(WORKER, job="reassess"):
        reassess(clock=timezone.now)
    with as_role(OWNER, job="migrate"):
        connection.ensure_connection()
        multiply(connection.connection, plans // first - 1, with_doses=max(0, with_doses // first - 1))
    print(json.dumps({}))
