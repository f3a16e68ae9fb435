"""Settings of the tests: those of the program, with servers of their own and no page that hides a mistake."""

import os
from pathlib import Path

os.environ.setdefault("FERMA_VAR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ.setdefault("LOG_LEVEL", "WARNING")
for name in ("EMAIL_BACKEND", "SMS_GATEWAY", "PORT", "PUBLIC_URL", "COMPANY_TIME_ZONE", "CURRENCY"):
    os.environ.pop(name, None)

from crm import embedded  # noqa: E402
from crm.settings import *  # noqa: E402, F403
from crm.settings import REDIS_URL, TEMPLATES  # noqa: E402
from tests.undefined_variables import UndefinedVariable  # noqa: E402

# Tests run side by side share the servers: each has a database of its own in PostgreSQL (pytest-django's
# doing) and, by its number, in Valkey.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw-1").removeprefix("gw")
if "db=" not in REDIS_URL:
    REDIS_URL = f"{REDIS_URL}?db={1 + (int(_worker) + 1) % 15}"
CELERY_BROKER_URL = embedded.broker_url(REDIS_URL)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()
