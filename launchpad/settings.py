"""Django settings. What differs between places comes from the environment; safe is the default."""

import tomllib
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from launchpad import environment, logs

BASE_DIR = Path(__file__).resolve().parent.parent
#: Of Launchpad, as reports say which one compiled them.
VERSION: str = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
STATE_DIR = Path(environment.text("STATE_DIR", str(BASE_DIR / "var")))

DEBUG = environment.flag("DEBUG")
SITE_URL = environment.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
SECRET_KEY = environment.text("SECRET_KEY", "")
HTTPS = SITE_URL.startswith("https://")
#: Whether people rely on this installation: its address is one that others can reach. What is for tests
#: and demonstrations, such as setting the clock, is refused here.
DEPLOYED = HTTPS or not environment.is_this_machine(SITE_URL)
if HTTPS and len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY must be set, 50 characters or more, where SITE_URL is https.")
if not SECRET_KEY:
    # Enough to read the models with an empty environment; an embedded start makes its own key in var/.
    SECRET_KEY = "unset-" * 10

#: What every row of the audit trail is signed with. Kept out of the database; it must not change later.
AUDIT_KEY = environment.text("AUDIT_KEY", f"audit trail of {SECRET_KEY}").encode()
#: Where the head of the audit trail is copied each hour.
AUDIT_HEAD_URL = environment.text("AUDIT_HEAD_URL", f"file://{STATE_DIR}/audit-heads.jsonl")

INSTALLED_APPS = [
    "accounts.apps.AccountsConfig",
    "applications.apps.ApplicationsConfig",
    "funding.apps.FundingConfig",
    "launchpad.apps.LaunchpadConfig",
    "accounts.apps.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "pgtrigger",
    "csp",
    "django_structlog",
]

MIDDLEWARE = [
    # Before WhiteNoise, which answers for files by itself: they have the same headers.
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "launchpad.middleware.Arrival",
    "launchpad.middleware.BoundedBody",
    "launchpad.middleware.TimelyBody",
    "launchpad.middleware.ReadableText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "launchpad.middleware.Followed",
    "launchpad.middleware.Refusals",
    "launchpad.middleware.PlainErrors",
    "launchpad.middleware.SessionLimits",
]

ROOT_URLCONF = "launchpad.urls"
WSGI_APPLICATION = "launchpad.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["accounts.templatetags.launchpad_intent"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Two roles (launchpad/grants.py): one owns the tables, and these commands connect as it; the other serves.
# The limits of time are the roles': a transaction pooler would lose them here.
OWNERS_COMMANDS = ("prepare", "migrate", "grant_rights", "createcachetable", "load_demo", "make_demo")
CONNECTION = {
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"application_name": "launchpad"},
}
SERVING_DATABASE = {**environment.database("DATABASE_URL"), **CONNECTION}
DATABASES = {"default": SERVING_DATABASE}
if environment.command() in OWNERS_COMMANDS and environment.text("DATABASE_OWNER_URL", ""):
    DATABASES = {"default": {**environment.database("DATABASE_OWNER_URL"), **CONNECTION}}

CACHES = {
    # The database, so that signing in and its limits do not need Redis.
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
# How long somebody stays signed in without doing anything, and at all: of the office, and everybody else.
SESSION_LIMITS_OFFICE = (timedelta(minutes=30), timedelta(hours=12))
SESSION_LIMITS = (timedelta(hours=4), timedelta(hours=24))

# How long outcomes wait after a release is begun, so that it can be recalled.
RELEASE_WAIT = environment.minutes("RELEASE_WAIT", default=30, most=24 * 60)

# How long a portfolio may be looked for. What its rules cost is asked after that, all within
# CELERY_TASK_SOFT_TIME_LIMIT (funding/scenarios/solving.py).
SCENARIO_SECONDS = environment.seconds("SCENARIO_SECONDS", default=60, least=1, most=80)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home_after_sign_in"
LOGOUT_REDIRECT_URL = "applications:competition_list"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpDetails"
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.LoginForm",
    "signup": "accounts.forms.sign_in.SignupForm",
    "reset_password": "accounts.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.sign_in.NewPasswordForm",
    "change_password": "accounts.forms.sign_in.ChangePasswordForm",
    "set_password": "accounts.forms.sign_in.SetPasswordForm",
    "reauthenticate": "accounts.forms.sign_in.ReauthenticateForm",
}
# Tries of one address, beside allauth's own limits for signing in and up.
ACCOUNT_RATE_LIMITS = {"check_receipt": "20/m/ip", "look_up_company": "20/m/user"}
ACCOUNT_SESSION_REMEMBER = True
# An address that nobody has an account under is sent nothing.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

globals().update(environment.email("EMAIL_URL"))
EMAIL_TIMEOUT = 10
# With a key, GOV.UK Notify carries the mail; its one template has ((subject)) and ((body)).
NOTIFY_API_KEY = environment.notify_key("NOTIFY_API_KEY")
NOTIFY_TEMPLATE_ID = environment.text("NOTIFY_TEMPLATE_ID", "")
NOTIFY_URL = environment.text("NOTIFY_URL", "https://api.notifications.service.gov.uk")
if NOTIFY_API_KEY and not NOTIFY_TEMPLATE_ID:
    raise ImproperlyConfigured("NOTIFY_TEMPLATE_ID must be set where NOTIFY_API_KEY is.")
# With a key, an organisation's details can be looked up by its company number.
COMPANIES_HOUSE_API_KEY = environment.token("COMPANIES_HOUSE_API_KEY")
COMPANIES_HOUSE_URL = environment.text(
    "COMPANIES_HOUSE_URL", "https://api.company-information.service.gov.uk"
)
# The publisher's prefix, as 360Giving registered it: without it no open data is published.
GRANT_ID_PREFIX = environment.prefix("GRANT_ID_PREFIX")
DEFAULT_FROM_EMAIL = environment.text("DEFAULT_FROM_EMAIL", "Launchpad <launchpad@example.com>")

REDIS_URL = environment.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis as long as it takes
# Soft limit < hard limit < relay.LEASE < visibility time-out: a job is over before it is handed
# out again, by the relay first and by Redis last. A file of the funding report (write_files) may take
# longer than all of them: it holds its lease itself (funding/exports/file_blocks.py), and a message
# that Redis hands out again meanwhile finds the row taken.
CELERY_TASK_SOFT_TIME_LIMIT = 120
CELERY_TASK_TIME_LIMIT = 150
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}
# Emails, jobs and reports wait in queues of their own, none behind another (launchpad/processes.py).
CELERY_TASK_DEFAULT_QUEUE = "mail"
CELERY_TASK_ROUTES = {
    "accounts.tasks.tick": {"queue": "jobs"},
    "accounts.tasks.run_jobs": {"queue": "jobs"},
    "applications.tasks.make_receipt_copies": {"queue": "reports"},
    "funding.tasks.compile_reports": {"queue": "reports"},
    "funding.tasks.write_files": {"queue": "reports"},
    "funding.tasks.work_out_scenarios": {"queue": "reports"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Europe/London"
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    # Nothing else stands here: what is done and when is said in launchpad/timetable.py.
    "tick": {"task": "accounts.tasks.tick", "schedule": timedelta(seconds=30), "options": {"expires": 25}},
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "launchpad" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
# A balancer asks for health inside the network, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_FAILURE_VIEW = "launchpad.errors.form_expired"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
# The longest form has thirteen answers of a few hundred words; no page takes files.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
#: The whole body, files and JSON included, which Django's own limits leave out.
REQUEST_MAX_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE

REST_FRAMEWORK = {
    # The token first: its header is what a refusal names.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["accounts.api.filters.NamedFilters"],
    "DEFAULT_PAGINATION_CLASS": "accounts.api.pages.Pages",
    "DEFAULT_SCHEMA_CLASS": "accounts.api.schema.DocumentedErrors",
    "EXCEPTION_HANDLER": "accounts.api.errors.as_errors",
    "COERCE_DECIMAL_TO_STRING": True,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Launchpad",
    "DESCRIPTION": "Competitions, applications, awards and budgets of the Launchpad pilot.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "ApplicationStatus": "applications.workflow.Status",
        "AllocationState": "funding.models.AllocationState",
        "AwardStatus": "funding.models.AwardStatus",
        "CompetitionState": "applications.models.State",
        "BudgetKind": "funding.models.BudgetKind",
        "OfferState": "funding.models.OfferState",
        "InformationRequestAsker": "funding.models.Asker",
        "InformationRequestKind": "funding.models.RequestKind",
        "InformationRequestState": "funding.models.RequestState",
        "OfferAnswerKind": "funding.models.AnswerKind",
        "OrganisationKind": "accounts.models.Kind",
        "ReportOccasion": "funding.models.Occasion",
        "ReportState": "accounts.models.OwedState",
    },
}

#: Where applicants reach the programme office.
CONTACT = environment.address(
    "CONTACT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}", ("https://", "mailto:")
)
SECURITY_CONTACT = environment.address(
    "SECURITY_CONTACT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}", ("https://", "mailto:")
)

LOGGING = logs.configuration(environment.choice("LOG_FORMAT", ("json", "plain")))
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
