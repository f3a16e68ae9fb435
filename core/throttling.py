"""How many calls of the API a token may make in a minute: API_RATE. Counted in Redis, which may forget or be away."""

import time
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.models import ApiToken

WINDOW = 60
# Longer than this a call does not wait to be counted, and after it nobody asks for a while.
PATIENCE = 0.25
PAUSE = 5
log = structlog.get_logger(__name__)


class TokenThrottle(BaseThrottle):
    """A window of a minute per token. Each answer says what is left; without Redis everybody is let through."""

    silent_until = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        limit = settings.API_RATE
        if not limit or not isinstance(request.auth, ApiToken):
            return True
        now = time.time()
        used = self._count(request.auth.pk, now)
        if used is None:
            return True
        self.rest = WINDOW - int(now) % WINDOW
        view.headers["RateLimit-Limit"] = str(limit)
        view.headers["RateLimit-Remaining"] = str(max(limit - used, 0))
        view.headers["RateLimit-Reset"] = str(self.rest)
        return used <= limit

    def wait(self) -> float:
        """Seconds until the next window, for Retry-After."""
        return self.rest

    def _count(self, token_id: int, now: float) -> int | None:
        if now < TokenThrottle.silent_until:
            return None
        key = f"api:{token_id}:{int(now) // WINDOW}"
        try:
            pipe = counters(settings.REDIS_URL).pipeline(transaction=False)
            pipe.incr(key)
            pipe.expire(key, 2 * WINDOW)
            return pipe.execute()[0]
        except RedisError as error:
            TokenThrottle.silent_until = now + PAUSE
            log.warning("api_rate_not_counted", error=str(error))
            return None


@cache
def counters(url: str) -> Redis:
    """The connections to Redis of this process."""
    return Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
