"""The one settings file. What differs between machines comes from the environment.

Every variable is named and explained in `.env.example`. With none set, a clone
runs on SQLite and writes everything under `var/`.
"""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / env.str("ENV_FILE", ".env"), recurse=False)


def _switch(name: str, *, default: bool) -> bool:
    """A boolean variable; only the listed words count, so that a typo is not silently "off"."""
    words = {"on": True, "true": True, "1": True, "off": False, "false": False, "0": False}
    value = env.str(name, "").strip().lower()
    if not value:
        return default
    if value not in words:
        raise ImproperlyConfigured(f"{name}={value!r}: write one of {', '.join(words)}.")
    return words[value]


def _generated_secret_key(path: Path) -> str:
    """The key a first start made, or a new one. Written so that two starts at once agree on it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.write_text(get_random_secret_key())
        fresh.chmod(0o600)
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text()


VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).resolve()
DEBUG = _switch("DEBUG", default=False)
SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ADMIN_PATH = env.str("ADMIN_PATH", "admin").strip("/") + "/"

# ---- Security
SECRET_KEY = env.str("SECRET_KEY", "") or _generated_secret_key(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
_site = urlsplit(SITE_URL)
if _site.scheme not in {"http", "https"} or not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL={SITE_URL!r}: write it like https://www.example.org")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]", _site.hostname])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = _site.scheme == "https"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 60 * 60 * 24 * 365) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# Only behind a proxy that always sets its headers itself; otherwise a visitor could send them.
BEHIND_PROXY = _switch("BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# A patient's page carries its token in the address: no page that it links to may learn it.
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Who signed in is asked again after a working day, and sooner where nobody is at the desk.
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_IDLE_AGE = 60 * 60
CSRF_FAILURE_VIEW = "consultations.views.csrf.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# The longest request is far below this; a longer body is answered 413 before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
# A treatment with all its rows in two languages sends nearly a thousand, Django's own limit.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# ---- Applications
INSTALLED_APPS = [
    "modeltranslation",  # before the admin, which it extends
    "clinic_site.apps.ClinicAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "phonenumber_field",
    "post_office",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "clinic_site",
    "treatments",
    "consultations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic_site.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic_site.middleware.NulCookieMiddleware",
    "clinic_site.middleware.LanguageMiddleware",
    "clinic_site.middleware.BodySizeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "clinic_site.middleware.MethodNotAllowedMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "clinic_site.urls"
WSGI_APPLICATION = "clinic_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic_site.context_processors.clinic",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
PHONENUMBER_DEFAULT_REGION = "PK"
PHONENUMBER_DB_FORMAT = "E164"

# ---- Database
DATABASES = {
    "default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A write waits for its turn instead of failing, and what was acknowledged survives a crash.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        # Longer than an erasure writes the file anew (docs/decisions/erasing-without-a-trace.md),
        # shorter than nginx waits for an answer.
        timeout=25,
        init_command="PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    )
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"].setdefault("OPTIONS", {}).update(pool=True)
    # Without it, connections that a database restart has cut answer 500 until they are gone.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ---- Accounts
# Where a sign-in leads that was to lead elsewhere, to an address that is none of ours.
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",  # refuses who is locked out, before a password is tried
    "django.contrib.auth.backends.ModelBackend",
]
# One name from one address: neither can a stranger lock out somebody who works here, nor does
# one person's mistake lock out everyone else behind the clinic's address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "clinic_site.network.client_network"
AXES_LOCKOUT_CALLABLE = "clinic_site.errors.locked_out"
AXES_ENABLE_ADMIN = False  # the owner's page on security shows and unlocks
AXES_DISABLE_ACCESS_LOG = True  # who signed in is in our own record
AXES_VERBOSE = False  # no names, addresses or browsers in the logs
# Wrong codes are answered more and more slowly, by django-otp's own default.
OTP_TOTP_ISSUER = _site.hostname

# ---- Limits: how often in which span, by consultations/limits.py
# A person asks once, twice after a mistake, and again for a parent or a child. Mobile networks
# put thousands of people behind one address, but even there twenty of them do not ask this
# clinic within an hour; a machine that tries fills the desk's list with twenty at most.
LIMITS = {
    "requests_of_a_phone": (5, timedelta(days=1)),
    "requests_of_a_network": (20, timedelta(hours=1)),
    # Each may send a message, to whoever it was that gave this number.
    "links_of_a_phone": (3, timedelta(days=1)),
    "links_of_a_network": (20, timedelta(hours=1)),
    # Each tells the desk.
    "wishes_of_a_request": (10, timedelta(days=1)),
}

# ---- Languages and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ur", _("Urdu"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "clinic_site.formats"
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)
TIME_ZONE = "Asia/Karachi"
USE_TZ = True

# ---- Static files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site needs our files, and it is a header less
MEDIA_ROOT = VAR_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "clinic_site.storage.BundledStaticFilesStorage"
        ),
    },
}

# ---- Mail: queued in the database by post_office, delivered by `manage.py deliver_mail`
EMAIL_BACKEND = "post_office.EmailBackend"
_email = env.dj_email_url("EMAIL_URL", "file:")
EMAIL_HOST = _email["EMAIL_HOST"]
EMAIL_PORT = _email["EMAIL_PORT"]
EMAIL_HOST_USER = _email["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = _email["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = _email["EMAIL_USE_TLS"]
EMAIL_USE_SSL = _email["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
EMAIL_FILE_PATH = VAR_DIR / "mail"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "clinic@localhost")
POST_OFFICE = {
    "BACKENDS": {"default": _email["EMAIL_BACKEND"]},
    # One at a time, each noted before the next: a killed worker repeats one mail at most.
    "BATCH_SIZE": 1,
    "THREADS_PER_PROCESS": 1,
    # Longer than the slowest conversation of EMAIL_TIMEOUT a step, so that no mail is given up
    # (and queued again) while it is still being sent.
    "BATCH_DELIVERY_TIMEOUT": 300,
    # Whatever was tried last goes last: one bad address holds up nobody.
    "SENDING_ORDER": ["-priority", "last_updated", "pk"],
    # The longest pause; `consultations.delivery` makes the first ones shorter. In all, a day.
    "RETRY_INTERVAL": timedelta(hours=1),
    "MAX_RETRIES": 29,
    "MESSAGE_ID_ENABLED": True,
}

# ---- Logs: to standard error. A patient's token is a key, so it never reaches them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_tokens": {"()": "clinic_site.logs.RedactTokens"}},
    "formatters": {
        "line": {
            "()": "clinic_site.logs.DiscreetFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "filters": ["no_tokens"],
            "formatter": "line",
        },
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": ["stderr"], "propagate": False},
        # It would log every empty round, through a handler of its own that shows tokens.
        "post_office": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
