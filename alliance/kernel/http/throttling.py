"""Rate limits of the API, counted per organization in fixed windows.

The answer carries `RateLimit-Policy` and `RateLimit`, and `Retry-After` once the window is spent. When
the cache can't be reached nobody is turned away: a lost Valkey must not close the API.
"""

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

from alliance.kernel.actor import Actor

if TYPE_CHECKING:  # DRF's views import this module by name while they load
    from rest_framework.views import APIView

_logger = logging.getLogger(__name__)
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class RateLimit:
    """`quota` requests in each window of `window` seconds."""

    quota: int
    window: int

    @classmethod
    def parse(cls, rate: str) -> "RateLimit":
        """From `600/min` and the like."""
        quota, _, period = rate.partition("/")
        return cls(int(quota), _SECONDS[period[0]])


class OrganizationRateThrottle(BaseThrottle):
    """One bucket for each organization; the tenant is part of the key. Callers without one share a bucket by address."""

    def __init__(self) -> None:
        self.limit = RateLimit.parse(str(api_settings.DEFAULT_THROTTLE_RATES["organization"]))
        self.remaining = self.limit.quota
        self.resets_in = self.limit.window

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Whether the window still has room; counts this request."""
        now = int(time.time())
        self.resets_in = self.limit.window - now % self.limit.window
        used = self._count(f"throttle:{self._bucket(request)}:{now // self.limit.window}")
        self.remaining = max(0, self.limit.quota - used)
        request._request.rate_limit_headers = self.headers()  # type: ignore[attr-defined]  # noqa: SLF001  DRF's own name for Django's request
        return used <= self.limit.quota

    def wait(self) -> float | None:
        """Seconds until the next window."""
        return float(self.resets_in)

    def headers(self) -> dict[str, str]:
        """What the caller may plan with."""
        return {
            "RateLimit-Policy": f'"default";q={self.limit.quota};w={self.limit.window}',
            "RateLimit": f'"default";r={self.remaining};t={self.resets_in}',
        }

    def _bucket(self, request: Request) -> str:
        actor = request.auth
        return str(actor.organization_id) if isinstance(actor, Actor) else f"address:{self.get_ident(request)}"

    def _count(self, key: str) -> int:
        try:
            if cache.add(key, 1, timeout=self.limit.window + 5):
                return 1
            return int(cache.incr(key))
        except (RedisError, ValueError):
            _logger.warning("rate_limit_not_counted")
            return 0
