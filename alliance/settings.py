"""One settings module. Every key comes from the environment, is typed, and stands in `.env.example`."""

from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from alliance import environment as env
from alliance import logging

BASE_DIR: Final = Path(__file__).resolve().parent.parent

# --- What kind of installation this is -------------------------------------------------------
DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)  # shows demo logins and the page of sent mails
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
SEALING_KEYS = env.words("SEALING_KEYS")  # encrypt secrets at rest; none: made from SECRET_KEY and its fallbacks
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
SITE_URL = env.text("SITE_URL", "http://localhost:8000")
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".local" / "data")))
HTTPS = env.flag("HTTPS", default=False)  # behind TLS: secure cookies, HSTS, redirects
TRUSTED_PROXY_COUNT = env.whole_number("TRUSTED_PROXY_COUNT", 0)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "alliance.apps.OperatorConsoleConfig",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "django_tables2",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "lucide",
    "rest_framework",
    "alliance.kernel",
    "alliance.portal",
    "alliance.demo",
    "partners",
    "audience",
    "recsys",
    "campaigns",
    "settlements",
]

MIDDLEWARE = [
    "alliance.metrics.RequestMetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alliance.logging.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "alliance.portal.headers.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "alliance.kernel.http.middleware.OperatorConsoleMiddleware",
    "alliance.portal.middleware.OrganizationMiddleware",
]

ROOT_URLCONF = env.text("ALLIANCE_URLCONF", "alliance.urls")
if ROOT_URLCONF == "alliance.urls_edge":  # no session, no cookie, no organization
    MIDDLEWARE = MIDDLEWARE[:4]
WSGI_APPLICATION = "alliance.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
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
                "alliance.portal.context.shell",
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Databases: three roles, one database ------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = {
    "default": env.database(env.text("DATABASE_URL")),  # runtime: row-level security applies
    "owner": env.database(env.text("DATABASE_OWNER_URL")),  # migrations only
    "operator": env.database(env.text("DATABASE_OPERATOR_URL")),  # admin and operator jobs
}
for _alias in DATABASES.values():
    _alias["CONN_MAX_AGE"] = env.whole_number("DATABASE_CONN_MAX_AGE", 60)
    _alias["CONN_HEALTH_CHECKS"] = True
    _alias["DISABLE_SERVER_SIDE_CURSORS"] = env.flag("DATABASE_BEHIND_POOLER", default=False)
DATABASE_ROUTERS = ["alliance.kernel.tenancy.router.TenancyRouter"]

# --- Valkey / Redis ----------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "alliance",
    }
}

# --- Celery (why these: docs/adr/0003-celery-settings.md) ---------------------------------------
CELERY_BROKER_URL = env.broker(env.text("BROKER_REDIS_URL", REDIS_URL))
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_TASK_DEFAULT_QUEUE = "events"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_QUEUES = [Queue(name) for name in ("money", "events", "mail", "learning", "reports", "webhooks")]
CELERY_VISIBILITY_TIMEOUT = 900
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "max_retries": 0,  # a request never waits for the broker; workers reconnect by the settings above
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 2,
    "socket_connect_timeout": 3,
    "socket_timeout": 10,
}
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"

# --- People ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "partners.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "partners.accounts.AccountAdapter"
ACCOUNT_FORMS = {"signup": "partners.account_forms.PortalSignupForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # a fresh proof before addresses change
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {"signup": "20/h/ip"}  # beside allauth's own for everything else
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
ACCOUNT_EMAIL_NOTIFICATIONS = True  # whose password or second factor changed is told by mail
MFA_ADAPTER = "partners.access.mfa.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "add_webauthn": "partners.access.mfa.AddPasskeyForm",
    "authenticate_webauthn": "partners.access.mfa.PasskeyAuthenticateForm",
    "edit_webauthn": "partners.access.mfa.RenamePasskeyForm",
    "login_webauthn": "partners.access.mfa.PasskeyLoginForm",
    "reauthenticate_webauthn": "partners.access.mfa.PasskeyReauthenticateForm",
}
MFA_TOTP_ISSUER = "Partner Alliance"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "account_login"

SESSION_ENGINE = "partners.access.session_store"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "alliance.portal.errors.csrf_failure"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# The portal's policy has no exception but style attributes, which ECharts and crispy need.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": [UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# Unfold ships Alpine, which evaluates expressions; so the operator console has a looser policy of its own.
ADMIN_CONTENT_SECURITY_POLICY = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],  # type: ignore[dict-item]
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

# --- Mail --------------------------------------------------------------------------------------
EMAIL_URL = env.text("EMAIL_URL", "demo://" if DEMO else "console://")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Partner Alliance <no-reply@localhost>")
globals().update(env.mail(EMAIL_URL))

# --- Language and time -------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("zh-hans", _("Chinese (simplified)"))]
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "third_party"]

# --- Static files: our own, and an allow-list out of node_modules ---------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_DIR", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "alliance.portal.finders.NpmFinder",
]
NPM_ROOT = BASE_DIR / "node_modules"
NPM_STATIC = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "vendor/tabler/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/tabler/tabler.min.js.map": "@tabler/core/dist/js/tabler.min.js.map",
    "vendor/echarts/echarts.min.js": "echarts/dist/echarts.min.js",
}
COLLECTED_STATIC = env.flag("COLLECTED_STATIC", default=False)  # set in the image, after collectstatic
WHITENOISE_USE_FINDERS = not COLLECTED_STATIC
WHITENOISE_AUTOREFRESH = not COLLECTED_STATIC
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "webp", "zip", "gz", "br", "woff", "woff2")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED_STATIC
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "alliance.kernel.http.uploads.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_MAX_BYTES = env.whole_number("UPLOAD_MAX_BYTES", 10 * 1024 * 1024)  # documents and pictures
FILE_SCANNER = env.text("FILE_SCANNER", "")  # see alliance/kernel/files/scanning.py; empty: uploads are not scanned
IMPORT_MAX_BYTES = env.whole_number("IMPORT_MAX_BYTES", 200 * 1024 * 1024)
BANK_ACCOUNT_COOLING_DAYS = env.whole_number("BANK_ACCOUNT_COOLING_DAYS", 3)  # before money goes to a changed account
EXPORT_KEEP_DAYS = env.whole_number("EXPORT_KEEP_DAYS", 30)
PAYOUT_SECOND_APPROVER_ABOVE = env.text("PAYOUT_SECOND_APPROVER_ABOVE", "50000")  # of any currency, in major units
PAYOUT_GATEWAY = env.text("PAYOUT_GATEWAY", "manual")  # of batches that schedules ask for: manual or sandbox
PAYOUT_SANDBOX_URL = env.text("PAYOUT_SANDBOX_URL", "")  # empty: there is no sandbox bank
PAYOUT_SANDBOX_KEY = env.text("PAYOUT_SANDBOX_KEY", "")
PAYOUT_SANDBOX_SECRET = env.text("PAYOUT_SANDBOX_SECRET", "")  # whsec_…; signs the bank's messages
STATEMENT_ACCEPT_DAYS = env.whole_number("STATEMENT_ACCEPT_DAYS", 14)  # then silence accepts; 0: it never does
PERIOD_CLOSE_GRACE_DAYS = env.whole_number("PERIOD_CLOSE_GRACE_DAYS", 3)  # late orders may still reach their month

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "portal/table.html"

# --- API ---------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "partners.api_authentication.ApiKeyAuthentication",
        "partners.api_authentication.MemberSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "alliance.kernel.http.pagination.TimeOrderedPagination",
    "DEFAULT_SCHEMA_CLASS": "alliance.kernel.http.openapi.OperationSchema",
    "DEFAULT_THROTTLE_CLASSES": ["alliance.kernel.http.throttling.OrganizationRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"organization": env.text("API_RATE_LIMIT", "600/min")},
    "EXCEPTION_HANDLER": "alliance.kernel.http.problems.problem_response",
    "PAGE_SIZE": 50,
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Partner Alliance API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "DESCRIPTION": "Everything the portal shows an organization, for its own programs. See docs/api.md.",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "ENUM_NAME_OVERRIDES": {
        "AdjustmentKind": "settlements.models.adjustments.AdjustmentKind",
        "AccountKind": "settlements.ledger.models.ACCOUNT_KINDS",
        "AgreementStatus": "partners.models.agreements.AgreementStatus",
        "ApplicationStatus": "partners.onboarding.api.shapes.STATUSES",
        "AtEnd": "partners.models.agreements.AtEndChoice",
        "BankAccountKind": "partners.onboarding.models.BankAccountKinds",
        "BankMatchKind": "settlements.banking.models.matches.MatchKinds",
        "BankMatchState": "settlements.banking.models.matches.MatchState",
        "CertificateKind": "settlements.taxes.models.CertificateKind",
        "DocumentKind": "partners.onboarding.models.DocumentKind",
        "Industry": "partners.industries.Industry",
        "ApiKeyKind": "partners.keys.models.KeyKindChoice",
        "DifferenceKind": "partners.domain.difference.KINDS",
        "ConversionKind": "campaigns.models.conversions.ConversionKind",
        "EndingKind": "partners.agreements.models.EndingKindChoice",
        "EndingStatus": "partners.agreements.models.EndingStatus",
        "KindWithoutOrder": "campaigns.models.conversions.KINDS_WITHOUT_ORDER",
        "ScheduledFormat": "settlements.exports.api_shapes.SCHEDULED_CHOICES",
        "ItemKind": "partners.catalogue.sentences.KIND_CHOICES",
        "ItemStatus": "partners.catalogue.sentences.STATUS_CHOICES",
        "NewItemStatus": "partners.catalogue.sentences.NEW_STATUS_CHOICES",
        "OrderKind": "campaigns.models.orders.OrderKind",
        "JobState": "alliance.kernel.jobs.rows.JobState",
        "OrganizationKind": "partners.models.organizations.OrganizationKind",
        "OutcomeReportState": "settlements.payouts.models.ReportState",
        "PayoutBatchState": "settlements.payouts.models.BatchState",
        "PayoutState": "settlements.payouts.models.PayoutState",
        "PayoutStepKind": "settlements.payouts.models.StepKind",
        "PeriodStatus": "settlements.ledger.models.PeriodStatus",
        "SignaturePurpose": "partners.agreements.models.SignaturePurpose",
        "TermsStatus": "partners.models.agreements.TermsStatus",
        "WebhookDeliveryState": "partners.webhooks.models.DeliveryOutcome",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "alliance.kernel.http.openapi.add_problems",
        "alliance.openapi_examples.add_examples",
    ],
}

# --- Requests to addresses that people typed in (alliance/kernel/http/outgoing) ------------------
OUTGOING_HTTP_PLAIN = env.flag("OUTGOING_HTTP_PLAIN", default=False)  # http:// too, for development
OUTGOING_HTTP_PORTS = env.whole_numbers("OUTGOING_HTTP_PORTS", "443,80,8443")
OUTGOING_HTTP_ALLOWED_NETWORKS = env.networks("OUTGOING_HTTP_ALLOWED_NETWORKS")  # beside the public internet
DOMAIN_CHECKER = env.text("DOMAIN_CHECKER", "partners.single_sign_on.verification.check_by_file")
ITEM_FEED_SECONDS = env.whole_number("ITEM_FEED_SECONDS", 120)  # for one fetch of a feed of items, below a task's limit
ITEM_FEED_FETCHERS = env.whole_number("ITEM_FEED_FETCHERS", 2)  # workers that feeds may take at a time
WEBHOOK_SENDERS = env.whole_number("WEBHOOK_SENDERS", 2)  # workers that webhooks may take at a time

# --- Operator console ----------------------------------------------------------------------------
OPERATORS_NEED_SECOND_FACTOR = env.flag("OPERATORS_NEED_SECOND_FACTOR", default=not (DEBUG or DEMO))
UNFOLD = {
    "SITE_TITLE": _("Operator console"),
    "SITE_HEADER": _("Partner Alliance"),
    "SITE_SYMBOL": "handshake",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": "alliance.admin.favicon"}],
    "SHOW_LANGUAGES": True,
    "LANGUAGES": {"action": "/language/"},
    "SHOW_VIEW_ON_SITE": False,
    "SIDEBAR": {"show_search": True, "navigation": "alliance.admin.sidebar"},
    "ACCOUNT": {"navigation": "alliance.admin.account_links"},
}

# --- Operations --------------------------------------------------------------------------------
METRICS_TOKEN = env.text("METRICS_TOKEN", "")  # empty: /metrics answers 404
LOG_FORMAT = env.text("LOG_FORMAT", "json")
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
LOGGING = logging.configuration(style=LOG_FORMAT, level=LOG_LEVEL)
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10  # DEBUG: the end of a request says it all
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
SENTRY_DSN = env.text("SENTRY_DSN", "")
OTEL_EXPORTER_OTLP_ENDPOINT = env.text("OTEL_EXPORTER_OTLP_ENDPOINT", "")
SILENCED_SYSTEM_CHECKS: list[str] = []
