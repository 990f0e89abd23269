"""Settings of the portal; everything that differs between installations comes from the environment (docs/operations.md)."""

from pathlib import Path
from typing import Any

import django_htmx
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from baclofen_portal import env, logs, postgres, static_headers

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(env.text("PORTAL_VAR", str(ROOT / "var")))

# --- what kind of installation this is -------------------------------------------------------------------------------
DATABASE_URL = env.text("DATABASE_URL", "")
PRODUCTION = env.flag("PORTAL_PRODUCTION")
DEMO_ALLOWED = not PRODUCTION and (not DATABASE_URL or env.flag("PORTAL_DEMO"))
DEBUG = env.flag("PORTAL_DEBUG") and not PRODUCTION
SECRET_KEY = env.long_text("SECRET_KEY", 50) if PRODUCTION else env.secret_key(VAR, "SECRET_KEY", "secret-key")
if PRODUCTION and not DATABASE_URL:
    raise ImproperlyConfigured("Production needs DATABASE_URL: the embedded server is for trial and has no backups.")
ALLOWED_HOSTS = env.listed("PORTAL_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.listed("PORTAL_ORIGINS")
# How many proxies of ours stand in front: so many entries of X-Forwarded-For are believed, counted from its end. None:
# nobody said, and none is believed.
PROXIES = env.count("PORTAL_PROXIES", 10)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES or 0

# --- names that leave the page ---------------------------------------------------------------------------------------
PRIVATE_SERVICE_NAME = env.text("PRIVATE_SERVICE_NAME", "Care portal")
PUBLIC_ORGANISATION = env.text("PUBLIC_ORGANISATION", "")

# --- database --------------------------------------------------------------------------------------------------------
# The login of the URL takes the role of its process; it never works with the login's own rights (baclofen_portal/roles.py).
DATABASE_ROLE = env.one_of("PORTAL_DATABASE_ROLE", ("app_web", "app_worker", "app_cms"))
# A request that waits or works longer than this is given up by the database, so that one that hangs keeps nobody else
# waiting: seconds to wait for a lock, for one statement, and for the next statement of an open transaction.
_LIMITS = {"app_web": (5, 20, 60), "app_worker": (30, 600, 600), "app_cms": (5, 20, 60)}
DATABASE_ROLE_LIMITS = {
    role: {
        "lock_timeout": env.seconds("PORTAL_LOCK_SECONDS", lock),
        "statement_timeout": env.seconds("PORTAL_STATEMENT_SECONDS", statement),
        "idle_in_transaction_session_timeout": env.seconds("PORTAL_IDLE_SECONDS", idle),
    }
    for role, (lock, statement, idle) in _LIMITS.items()
}
DATABASE_LIMITS = DATABASE_ROLE_LIMITS[DATABASE_ROLE]


def options_of_role(role: str, given: dict[str, Any]) -> dict[str, Any]:
    """What a connection is opened with so that it has the rights and the limits of time of ``role``; of two limits the later holds."""
    limits = " ".join(f"-c {name}={seconds}s" for name, seconds in DATABASE_ROLE_LIMITS[role].items())
    return {**given, "assume_role": role, "options": f"{given.get('options', '')} {limits}".strip()}


def _database() -> dict[str, Any]:
    if DATABASE_URL:
        settings = dict(env.database(DATABASE_URL))
    else:
        server = postgres.ensure(ROOT)
        settings = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "portal",
            "USER": server.user,
            "HOST": server.host,
            "PORT": str(server.port),
            "OPTIONS": {},
        }
    settings["OPTIONS"] = options_of_role(DATABASE_ROLE, settings["OPTIONS"])
    settings["CONN_MAX_AGE"] = 60
    settings["CONN_HEALTH_CHECKS"] = True
    settings["DISABLE_SERVER_SIDE_CURSORS"] = True
    return settings


def _migrating_login() -> dict[str, Any] | None:
    url = env.text("MIGRATE_DATABASE_URL", "")
    if not url:
        return None
    settings = dict(env.database(url, "MIGRATE_DATABASE_URL"))
    if not DATABASE_URL or settings.pop("NAME", "") != env.database(DATABASE_URL).get("NAME", ""):
        raise ImproperlyConfigured("MIGRATE_DATABASE_URL is another login for the database of DATABASE_URL. Set both.")
    return {"USER": "", "PASSWORD": "", "HOST": "", "PORT": "", **settings}


# The login that makes roles and owns the database, when DATABASE_URL has one that may take a single role.
MIGRATING_LOGIN = _migrating_login()
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- applications ----------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "baclofen_portal",
    "baclofen_portal.accounts",
    "titration",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "pghistory",
    "pgtrigger",
    "procrastinate.contrib.django",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "education",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "baclofen_portal.middleware.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "baclofen_portal.middleware.RegistryMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "baclofen_portal.middleware.ActorTransactionMiddleware",
    "baclofen_portal.middleware.AccessMiddleware",
]

ROOT_URLCONF = "baclofen_portal.urls"
ACCESS_REGISTRY = "baclofen_portal.access"  # where every URL name of ROOT_URLCONF has its rule
WSGI_APPLICATION = "baclofen_portal.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "baclofen_portal.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- sign-in ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "baclofen_portal.accounts.adapter.InvitationOnlyAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key"}  # that of an address: accounts/views.py
ACCOUNT_FORMS = {"login": "baclofen_portal.accounts.forms.SignInForm"}
MFA_ADAPTER = "baclofen_portal.accounts.adapter.PasskeysAreNoSecondStep"  # of allauth.mfa only the table is used

SESSION_COOKIE_NAME = "portal_session"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "portal_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "baclofen_portal.views.csrf_failure"

# Rate limits of sign-in count in a cache that every process shares.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},  # counters of failed sign-ins must not push one another out
    }
}

# --- transport -------------------------------------------------------------------------------------------------------
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-portal_session"
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = "__Host-portal_csrf"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- education -------------------------------------------------------------------------------------------------------
EDUCATION_FACTS = "baclofen_portal.learning_facts"
EDUCATION_READERS = "baclofen_portal.learning_readers"
# Words are found in all their forms, whatever language the database was made in.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "english"}}
# Where readers find the pages, for links of editors and on handouts: the portal's own address.
PORTAL_ADDRESS = env.text("PORTAL_ADDRESS", "http://localhost:8000")
# The country whose pages are shown when nobody says for which one: US or UK.
EDUCATION_COUNTRY = env.one_of("EDUCATION_COUNTRY", ("US", "UK"))
WAGTAIL_SITE_NAME = "Education pages"
WAGTAILADMIN_BASE_URL = env.text("CMS_ADDRESS", "http://cms.localhost:8001")
WAGTAIL_I18N_ENABLED = False
WAGTAIL_CONTENT_LANGUAGES = [("en-gb", "English")]
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILEMBEDS_FINDERS: list[dict[str, Any]] = []
WAGTAILDOCS_EXTENSIONS = ["pdf"]
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True  # an approval is for the words that were read
WAGTAIL_FINISH_WORKFLOW_ACTION = "education.finishing.publish_approved"
WAGTAILIMAGES_IMAGE_FORM_BASE = "education.editing.pictures.PictureForm"
TAGGIT_CASE_INSENSITIVE = True

# --- the watch -------------------------------------------------------------------------------------------------------
# Every page of the staff says so when the watch has finished no look for longer than this.
WATCH_SILENT_SECONDS = env.seconds("PORTAL_WATCH_SILENT_SECONDS", 120, least=10)

# --- language and time -----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
USE_I18N = False  # numbers and dates are written by the portal's own formatters, never by a locale
USE_TZ = True
TIME_ZONE = "UTC"

# --- static files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers.add
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [
    ROOT / "baclofen_portal" / "static",
    ("django_htmx", Path(django_htmx.__file__).parent / "static" / "django_htmx"),
]
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- history ---------------------------------------------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True

# --- logs ------------------------------------------------------------------------------------------------------------
LOGGING = logs.config(env.text("PORTAL_LOG_LEVEL", "WARNING"))

SILENCED_SYSTEM_CHECKS: list[str] = []
