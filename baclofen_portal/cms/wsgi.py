"""The door of the editors' process for WSGI servers."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "baclofen_portal.cms.settings"  # whatever the portal beside it was told

from baclofen_portal.wsgi import application

__all__ = ["application"]
