"""The portal's own settings with one more URL: the empty signed-in view that every page is compared with."""

from baclofen_portal.settings import *  # noqa: F403

ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
