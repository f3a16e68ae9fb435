"""Is everything alive: the database, the broker, and a worker that does what the scheduler asks."""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

HEARTBEAT = "crm.heartbeat"
# The scheduler asks every 15 s: three of its calls may go unheard. A flushed Redis recovers with the first.
FRESH = timedelta(seconds=60)
log = structlog.get_logger(__name__)


def record_heartbeat(now: datetime) -> None:
    """Write down that a worker lived at `now`."""
    cache.set(HEARTBEAT, now, timeout=int(FRESH.total_seconds()) * 10)


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Each part and how it is, with 200 when all are well and 503 otherwise."""
    now = timezone.now()
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "broker": _broker,
        "worker": lambda: _worker(now),
    }
    parts = {name: _answer(name, check) for name, check in checks.items()}
    healthy = all(state == "ok" for state in parts.values())
    return JsonResponse({"healthy": healthy, "parts": parts}, status=200 if healthy else 503)


def _answer(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        # Whatever goes wrong is the answer; what exactly is for the log, not for a stranger.
        log.warning("health_check_failed", part=name, error=str(error))
        return "unreachable"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _broker() -> str:
    # The cache and the broker are one server.
    cache.get(HEARTBEAT)
    return "ok"


def _worker(now: datetime) -> str:
    seen = cache.get(HEARTBEAT)
    if seen is None:
        return "no heartbeat yet"
    return "ok" if now - seen <= FRESH else f"silent since {seen.isoformat(timespec='seconds')}"
