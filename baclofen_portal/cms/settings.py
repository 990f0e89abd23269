"""Settings of the editors' process: those of the portal, with another database role, keys, cookies, URLs and sign-ins."""

from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit

from csp.constants import SELF, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured

from baclofen_portal import env
from baclofen_portal.settings import *
from baclofen_portal.settings import (
    CONTENT_SECURITY_POLICY,
    DATABASE_ROLE_LIMITS,
    DATABASES,
    PORTAL_ADDRESS,
    PRODUCTION,
    ROOT,
    SECRET_KEY,
    TEMPLATES,
    VAR,
    options_of_role,
)

# --- who this process is ---------------------------------------------------------------------------------------------
DATABASE_ROLE = "app_cms"
DATABASE_LIMITS = DATABASE_ROLE_LIMITS[DATABASE_ROLE]
DATABASES = deepcopy(DATABASES)
DATABASES["default"]["OPTIONS"] = options_of_role(DATABASE_ROLE, DATABASES["default"]["OPTIONS"])

_portal_key = SECRET_KEY
SECRET_KEY = (
    env.long_text("CMS_SECRET_KEY", 50) if PRODUCTION else env.secret_key(VAR, "CMS_SECRET_KEY", "cms-secret-key")
)
if _portal_key == SECRET_KEY:
    raise ImproperlyConfigured(
        "CMS_SECRET_KEY is the SECRET_KEY of the portal. Give the editors' process one of its own."
    )

CMS_HOSTS = env.listed("CMS_HOSTS", "" if PRODUCTION else "cms.localhost,localhost,127.0.0.1")
# A preview is drawn as a request for the address that readers will have, which is one of the portal.
ALLOWED_HOSTS = [*CMS_HOSTS, urlsplit(PORTAL_ADDRESS).hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = env.listed("CMS_ORIGINS")

# --- what it answers -------------------------------------------------------------------------------------------------
ROOT_URLCONF = "baclofen_portal.cms.urls"
WSGI_APPLICATION = "baclofen_portal.cms.wsgi.application"
ACCESS_REGISTRY = "baclofen_portal.cms.access"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "baclofen_portal.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "baclofen_portal.cms.middleware.RegistryMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "baclofen_portal.cms.middleware.EditorTransactionMiddleware",
    "baclofen_portal.cms.middleware.AccessMiddleware",
]
_engine: dict[str, Any] = deepcopy(TEMPLATES[0])
_engine["DIRS"] = [ROOT / "baclofen_portal" / "cms" / "templates", *_engine["DIRS"]]
_engine["OPTIONS"]["context_processors"] = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "baclofen_portal.cms.context.cms",
]
TEMPLATES = [_engine]

# --- sign-in ---------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["baclofen_portal.cms.doors.EditorBackend"]
ACCOUNT_ADAPTER = "baclofen_portal.cms.doors.EditorAdapter"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
WAGTAILADMIN_LOGIN_URL = "account_login"
SESSION_ENGINE = "baclofen_portal.cms.sessions"
SESSION_COOKIE_NAME = "__Host-cms_session" if PRODUCTION else "cms_session"
CSRF_COOKIE_NAME = "__Host-cms_csrf" if PRODUCTION else "cms_csrf"

# Failed sign-ins of editors and those of everybody else are counted apart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cms_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# --- transport -------------------------------------------------------------------------------------------------------
# Wagtail shows a preview in a frame of the page that is being edited.
X_FRAME_OPTIONS = "SAMEORIGIN"
CONTENT_SECURITY_POLICY = deepcopy(CONTENT_SECURITY_POLICY)
CONTENT_SECURITY_POLICY["DIRECTIVES"] |= {
    "style-src": [SELF, UNSAFE_INLINE],  # its editor of text writes style attributes
    "img-src": [SELF, "data:", "blob:"],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
}
# The form of a page has a field or more for each of its blocks, hidden ones included.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# --- forms -----------------------------------------------------------------------------------------------------------
WAGTAIL_DATETIME_FORMAT = "%Y-%m-%dT%H:%M"  # as the browser's own field for a time reads and writes it

# --- mail ------------------------------------------------------------------------------------------------------------
# The portal sends none; who works on a page finds it on the home of the admin.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
