"""What the lists of campaigns add to every list: local days, the host's doors."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.requests import MemberRequest


def require_host(request: MemberRequest) -> None:
    """Orders and their files are the host's alone: for anybody else there is no such page."""
    if not request.organization.is_host:
        raise NotFoundError


def day_begins(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a local day begins."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def within_days(rows: QuerySet[Any], since: date | None, until: date | None, zone: str) -> QuerySet[Any]:
    """The rows whose `occurred_at` lies in the local days, both included."""
    if since is not None:
        rows = rows.filter(occurred_at__gte=day_begins(since, zone))
    if until is not None:
        rows = rows.filter(occurred_at__lt=day_begins(until + timedelta(days=1), zone))
    return rows
