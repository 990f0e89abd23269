"""Fills a database for the editors' process: people of every group, a source and a page that is live. Prints its number."""

import json
import sys

import django

from .moment import quick_passwords


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, stdout=sys.stderr)
    call_command("collectstatic", interactive=False, verbosity=0, stdout=sys.stderr)
    quick_passwords()
    from tests.education.making import make_house

    house = make_house()
    print(json.dumps({"page": house.page.pk, "people": {name: one.email for name, one in house.people.items()}}))


if __name__ == "__main__":
    main()
