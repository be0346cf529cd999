"""Slowing strangers down: what anybody may do without a login is counted by address."""

import logging

from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from alliance.kernel.http.network import client_address

_HOUR_SECONDS = 3600
_logger = logging.getLogger(__name__)


def is_too_often(request: HttpRequest, what: str, *, per_hour: int) -> bool:
    """Count one more `what` of this address; whether that is more than `per_hour`. A lost cache turns nobody away."""
    key = f"partners.{what}:{client_address(request)}"
    try:
        cache.add(key, 0, timeout=_HOUR_SECONDS)
        return int(cache.incr(key)) > per_hour
    except (RedisError, ValueError):
        _logger.warning("visits_not_counted")
        return False
