"""What the lists of campaigns add to every list: a count that stops, local days, the host's doors."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django_tables2 import Table

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.lists import BoundedPaginator
from alliance.kernel.http.lists import paged as paged_exactly
from alliance.kernel.http.requests import MemberRequest

COUNTED_ROWS: Final = 100_000


class CappedPaginator(BoundedPaginator):
    """Counts to `COUNTED_ROWS` and no further: a list of millions opens as fast as one of thousands."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNTED_ROWS].values("pk").count()
        return len(rows)


def paged(request: HttpRequest, table: Table) -> Table:
    """As every list, with a count that stops at `COUNTED_ROWS`."""
    return paged_exactly(request, table, paginator_class=CappedPaginator)


def is_capped(table: Table) -> bool:
    """Whether more rows match than were counted."""
    return bool(table.page and table.page.paginator.count >= COUNTED_ROWS)


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
