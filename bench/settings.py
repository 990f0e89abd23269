"""The portal's own settings with one more URL: the empty signed-in view that every page is compared with."""

from baclofen_portal.settings import *

ROOT_URLCONF = "bench.urls"
WSGI_APPLICATION = "bench.wsgi.application"
