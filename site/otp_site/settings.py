"""Settings of the shipped site. What differs between offices comes from the environment."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import environ
import fontpkg_sarabun

env = environ.Env()

REPOSITORY = Path(__file__).resolve().parent.parent.parent
SITE_DIR = Path(__file__).resolve().parent
VAR_DIR = Path(env.str("OTP_VAR_DIR", default=str(REPOSITORY / "var")))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY and DEBUG:
    SECRET_KEY = "for-development-on-this-machine-only"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])

INSTALLED_APPS = [
    "home",
    "news",
    "procurement",
    "otp_site",
    "otp_policy.wagtail",
    "otp_policy.wagtail.disclosure",
    "otp_policy.wagtail.information_requests",
    "otp_policy.wagtail.procurement_forms",
    "otp_policy.wagtail.syndication",
    "otp_policy.wagtail.monitoring",
    "otp_policy.wagtail.evidence_packs",
    "otp_policy.wagtail.search",
    "otp_policy.wagtail.page_cache",
    "otp_policy.wagtail.usage",
    "otp_policy.wagtail.executive_reports",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "wagtail_modeladmin",
    "modelcluster",
    "taggit",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "otp_policy.wagtail.usage.middleware.UsageMiddleware",
    # Below what chooses the language, and above all that knows people.
    "otp_policy.wagtail.page_cache.middleware.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "otp_policy.wagtail.middleware.RefusalMiddleware",
    "otp_policy.wagtail.middleware.FileCacheMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "otp_site.urls"
WSGI_APPLICATION = "otp_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SITE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'site.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Site and dispatcher write at the same time: a write-ahead log lets readers go on, and taking
    # the write lock at BEGIN makes a busy database wait instead of failing in mid-transaction.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
# Site, dispatcher and commands have to share the pages that are kept: they all give them up.
CACHES["pages"] = (
    CACHES["default"] | {"KEY_PREFIX": "pages"}
    if env.str("CACHE_URL", default="").startswith(("redis", "memcache", "pymemcache"))
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "pages",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
)
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย"), ("en", "English")]
LOCALE_PATHS = [SITE_DIR / "locale"]
TIME_ZONE = "Asia/Bangkok"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [SITE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    # Thai official documents are set in Sarabun; the site loads it from nobody else's server.
    "otp_site.fonts.FaceFinder",
]
FACES_DIR = Path(env.str("OTP_FACES_DIR", default=str(VAR_DIR / "faces")))
# Without a collectstatic run the files are served from where the packages keep them.
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True

# Wagtail's own search finds no Thai word inside a sentence.
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "otp_policy.wagtail.search.backend"}}

# What the public site calls itself: the name in each language, and a few letters for the emblem.
OTP_POLICY_OFFICE_NAME = env.json(
    "OTP_POLICY_OFFICE_NAME",
    default={
        "th": "สำนักงานนโยบายและยุทธศาสตร์การค้า",
        "en": "Trade Policy and Strategy Office",
    },
)
OTP_POLICY_OFFICE_MARK = env.str("OTP_POLICY_OFFICE_MARK", default="สนค.")
WAGTAIL_SITE_NAME = OTP_POLICY_OFFICE_NAME["th"]
OTP_POLICY_SHARE_IMAGE_FONTS = tuple(
    fontpkg_sarabun.ROOT / "files" / f"Sarabun-{face}.ttf" for face in ("Regular", "SemiBold")
)
# The face of the forms as PDF: its folder and its family.
OTP_POLICY_PDF_FONTS = (fontpkg_sarabun.ROOT / "files", "Sarabun")
# The prefix that the Open Contracting Partnership registered for the office; without one the open
# data is a draft, and says so.
OTP_POLICY_OCDS = {
    "prefix": env.str("OTP_POLICY_OCDS_PREFIX", default=""),
    "license": env.str("OTP_POLICY_OCDS_LICENSE", default=""),
    "policy": env.str("OTP_POLICY_OCDS_POLICY", default=""),
    "identifier_scheme": env.str("OTP_POLICY_OCDS_IDENTIFIER_SCHEME", default=""),
}
WAGTAILADMIN_BASE_URL = env.str("WAGTAILADMIN_BASE_URL", default="http://127.0.0.1:8000")
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# A document is private until an item with it is live: its address in the storage tells nobody.
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "pptx", "txt", "xlsx", "zip"]
# Wagtail deletes Thai vowel and tone marks from slugs; ours come from the title in ASCII.
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
# No picture of a member of staff is asked for from a server outside the office.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
# Approval ends the workflow; what goes public, and when, is the dispatcher's business.
WAGTAIL_FINISH_WORKFLOW_ACTION = "otp_policy.wagtail.finish.finish_workflow"
# A document that a live item shows is not replaced; Wagtail's own form would delete it first.
WAGTAILDOCS_DOCUMENT_FORM_BASE = "otp_policy.wagtail.document_forms.GovernedDocumentForm"

OTP_POLICY_FILE = env.str("OTP_POLICY_FILE", default="tpso")
OTP_POLICY_LINE = {
    "host": env.str("LINE_API_HOST", default="https://api.line.me"),
    "channel_id": env.str("LINE_CHANNEL_ID", default=""),
    "channel_secret": env.str("LINE_CHANNEL_SECRET", default=""),
    "access_token": env.str("LINE_CHANNEL_ACCESS_TOKEN", default=""),
}
OTP_POLICY_FACEBOOK = {
    "graph_url": env.str("FACEBOOK_GRAPH_URL", default="https://graph.facebook.com/"),
    "page_id": env.str("FACEBOOK_PAGE_ID", default=""),
    "page_token": env.str("FACEBOOK_PAGE_TOKEN", default=""),
    "app_id": env.str("FACEBOOK_APP_ID", default=""),
    "app_secret": env.str("FACEBOOK_APP_SECRET", default=""),
}
# Channels beside these, or instead of them: {name: {"adapter": "line", …}} as JSON.
OTP_POLICY_CHANNELS = env.json("OTP_POLICY_CHANNELS", default={})
OTP_POLICY_SEND_WORKERS = env.int("OTP_POLICY_SEND_WORKERS", default=4)

OTP_POLICY_LEASE_SECONDS = env.float("OTP_POLICY_LEASE_SECONDS", default=30.0)
OTP_POLICY_CHANNEL_TIMEOUT = (
    env.float("OTP_POLICY_CONNECT_SECONDS", default=5.0),
    env.float("OTP_POLICY_READ_SECONDS", default=15.0),
)
OTP_POLICY_LOOK_AGAIN_SECONDS = tuple(
    env.list("OTP_POLICY_LOOK_AGAIN_SECONDS", cast=float, default=[5.0, 15.0, 30.0])
)
# How the public address is asked before anything goes out: as a visitor, or inside this process.
OTP_POLICY_WEBSITE_CHECK = env.str("OTP_POLICY_WEBSITE_CHECK", default="http")

# Where a search that found nothing sends its reader on, in the reader's language; by default the
# form for requests.
OTP_POLICY_INFORMATION_REQUEST_URL = env.str("OTP_POLICY_INFORMATION_REQUEST_URL", default="")
# The keys of what is personal: the first encrypts, all decrypt. Without one, no request is taken.
OTP_POLICY_FIELD_KEYS = env.list("FIELD_KEYS", default=[])
if not OTP_POLICY_FIELD_KEYS and DEBUG:
    # For development on this machine only.
    OTP_POLICY_FIELD_KEYS = [urlsafe_b64encode(sha256(SECRET_KEY.encode()).digest()).decode()]

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="")
# A broker only rings the bell; the outbox is the truth. A lost or repeated ring costs nothing.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 120
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 600} if CELERY_BROKER_URL.startswith("redis") else {}
)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "otp_policy.wagtail.syndication.tasks.dispatch", "schedule": 30.0},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
