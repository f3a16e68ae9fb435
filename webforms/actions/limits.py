"""How often one address, and everybody together, may send. Counted in Valkey, which may forget."""

import logging
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from core.errors import DomainError

logger = logging.getLogger(__name__)


class TooMany(DomainError):
    """The limit of the window is used up."""

    code = "throttled"
    status = 429


def take_turn(*, name: str, limit: int, seconds: int, now: datetime) -> None:
    """Count one more in the present window. Raises TooMany past the limit; lets through while nobody can count."""
    key = f"webforms:{name}:{int(now.timestamp()) // seconds}"
    try:
        cache.add(key, 0, timeout=seconds * 2)
        count = cache.incr(key)
    except ValueError:
        return  # forgotten between the two
    except RedisError:
        logger.warning("rate limits are off: Valkey does not answer")
        return
    if count > limit:
        raise TooMany(_("Too many at once. Wait a few minutes and send it again."))
