"""Settings, all of them from the environment; README lists each variable.

Without DATABASE_URL and REDIS_URL the program uses its own PostgreSQL and Valkey under `var/`
(see crm/embedded.py). There is no insecure fallback: outside that mode a secret key is demanded.
"""

import logging
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from crm import embedded, logs
from crm.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()

VAR_DIR = Path(env.str("FERMA_VAR", str(BASE_DIR / "var"))).resolve()
EMBEDDED = not env.str("DATABASE_URL", "")
if bool(env.str("REDIS_URL", "")) == EMBEDDED:
    raise ImproperlyConfigured("Set both DATABASE_URL and REDIS_URL, or neither to use the embedded servers.")

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = embedded.secret_key(VAR_DIR) if EMBEDDED else env.str("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
# A front server may name the path that it serves us under, gunicorn lets everybody on this machine name one, and
# addresses are kept from one request to the next: there is none.
FORCE_SCRIPT_NAME = ""
PUBLIC_URL = env.str("PUBLIC_URL", f"http://127.0.0.1:{env.int('PORT', 8000)}").rstrip("/")
BEHIND_TLS = PUBLIC_URL.startswith("https://")

DATABASE_URL = env.str("DATABASE_URL", "") or embedded.database_url(VAR_DIR)
REDIS_URL = env.str("REDIS_URL", "") or embedded.redis_url(VAR_DIR)

LOG_FORMAT = env.str("LOG_FORMAT", "console" if EMBEDDED else "json")
LOG_LEVEL = env.str("LOG_LEVEL", "INFO").upper()
LOGGING = logs.configure(as_json=LOG_FORMAT == "json", level=LOG_LEVEL)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
# AddressInLogsMiddleware says it: the same address as is written down elsewhere, at a tenth of the cost.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
# One line per request, and none per tick that went well: the beat would drown the rest.
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_structlog",
    "widget_tweaks",
    "pgtrigger",
    "anymail",
    "crm",
    "core",
    "customers",
    "market",
    "acquisition",
    "platforms",
    "webforms",
    "webhooks",
    "segmentation",
    "loyalty",
    "touches",
    "campaigns",
    "nps",
    "dashboard",
    "demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.UserLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.UserPreferencesMiddleware",
    "core.middleware.JournalActorMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "core.middleware.AddressInLogsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.DomainErrorMiddleware",
    "core.middleware.NoNulMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
FORM_RENDERER = "core.forms.FieldRenderer"
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
                "core.context.interface",
            ],
            "builtins": [
                "core.templatetags.ferma",
                "dashboard.templatetags.figures",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.constant",
            ],
        },
    }
]

DATABASES = {
    "default": {
        **env.dj_db_url("UNSET_ALWAYS_DEFAULT", DATABASE_URL),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"TEMPLATE": "template0"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "core.accounts.ClosedSignupAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "ru"
LANGUAGES = [("ru", "Русский"), ("en", "English")]
LOCALE_PATHS = sorted(p for p in (BASE_DIR / "locale").glob("*") if p.is_dir())
TIME_ZONE = env.str("COMPANY_TIME_ZONE", "Europe/Moscow")
USE_TZ = True
CURRENCY = env.str("CURRENCY", "RUB")
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", "RU")
PRODUCT_NAME = "Ferma"
COMPANY_NAME = env.str("COMPANY_NAME", PRODUCT_NAME)

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Told where `collectstatic` has put the files, serve them from there, compressed and under names that carry
# their content; else serve them from where they stand.
COLLECTED = bool(env.str("STATIC_ROOT", ""))
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED
MEDIA_ROOT = VAR_DIR / "media"
FILE_UPLOAD_HANDLERS = ["core.uploads.ToDisk"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_HTTPONLY = True
# Copies of the embedded mode run side by side on one host: cookies ignore the port, so the name carries it.
SESSION_COOKIE_NAME = f"ferma_session_{env.int('PORT', 8000)}"
CSRF_COOKIE_NAME = f"ferma_csrf_{env.int('PORT', 8000)}"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_SSL_REDIRECT = BEHIND_TLS
# Asked from inside, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# HSTS for the company's other subdomains, and its entry in browsers' lists, are not Ferma's to decide.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
X_FRAME_OPTIONS = "DENY"
PERMISSIONS_POLICY: dict[str, list[str]] = {"camera": [], "microphone": [], "geolocation": [], "payment": []}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# Calls of the API that one token may make in a minute; 0 is no limit.
API_RATE = env.int("API_RATE", 600)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.tokens.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["core.throttling.TokenThrottle"],
    "DEFAULT_SCHEMA_CLASS": "core.api_schema.Schema",
    "EXCEPTION_HANDLER": "core.api_errors.exception_handler",
    "DEFAULT_PAGINATION_CLASS": "core.pagination.CursorPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.SafeJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.ExactJSONParser"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "customers.models.OrderStatus",
        "CustomerKindEnum": "customers.models.CustomerKind",
        "ChannelKindEnum": "acquisition.models.ChannelKind",
        "SpendKindEnum": "acquisition.models.SpendKind",
        "AnswerKindEnum": "nps.models.ResponseKind",
        "LanguageEnum": "core.models.Language",
        "FateEnum": ["created", "updated", "unchanged", "outdated", "refused"],
        "InquiryFateEnum": ["created", "updated", "unchanged"],
        "SpendFateEnum": ["created", "updated", "unchanged", "refused"],
        "EventKindEnum": "customers.models.EventKind",
        "SiteEventKindEnum": "customers.rules.events.KINDS",
        "ObligationKindEnum": "customers.models.ObligationKind",
        "ObligationStateEnum": "customers.models.ObligationState",
        "ToldStateEnum": ["open", "kept", "broken", "cancelled"],
        "AddressKindEnum": "customers.models.AddressKind",
        "ContactStatusEnum": "customers.models.ContactStatus",
        "ContactChannelEnum": "customers.models.ContactChannel",
        "InquiryKindEnum": "acquisition.models.InquiryKind",
        "ErrorKindEnum": ["validation_error", "client_error", "server_error"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api_schema.say_exactly",
    ],
    "TITLE": "Ferma API",
    "DESCRIPTION": "Orders, customers, spend and answers in; grades and figures out.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 1800
# Longer than the longest task, or a running task is handed out a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
# A worker of two slots keeps one for messages and ticks.
IMPORTS_AT_ONCE = env.int("IMPORTS_AT_ONCE", 1)
NIGHTLY_AT = env.str("NIGHTLY_AT", "03:00")
CELERY_BEAT_SCHEDULE = SCHEDULE

EMAIL_BACKEND = env.str("EMAIL_BACKEND", "campaigns.gateways.outbox.EmailBackend")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Ferma <ferma@example.com>")
ANYMAIL = env.json("ANYMAIL", {})
OUTGOING_TRUSTED_HOSTS: list[str] = env.list("OUTGOING_TRUSTED_HOSTS", [])  # may be inside, and without TLS
# By the recipient's own clock: no marketing on any channel, and no SMS at all.
QUIET_HOURS = env.str("QUIET_HOURS", "21:00-09:00")
SMS_GATEWAY = env.str("SMS_GATEWAY", "outbox")
SMS_RU_API_ID = env.str("SMS_RU_API_ID", "")
SMS_RU_URL = env.str("SMS_RU_URL", "")
