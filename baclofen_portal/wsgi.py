"""The door for WSGI servers. Production never opens it onto a database that holds the demonstration clinic."""

import os

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "baclofen_portal.settings")
application = get_wsgi_application()


def refuse_demonstration() -> None:
    """Stop the start of production on a database that is stamped as demo."""
    from django.conf import settings

    from titration.selectors.installation import is_demo

    if settings.PRODUCTION and is_demo():
        raise ImproperlyConfigured(
            "This database holds demonstration data, and production refuses it. Point DATABASE_URL at a clinic's database."
        )


refuse_demonstration()
