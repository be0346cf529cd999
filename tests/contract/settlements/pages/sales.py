"""Sales, months and what members see of them: builders and readers for the tests of these pages."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from uuid import UUID

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from settlements.models import Period, Statement
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import close_period
from tests.cast import Cast, Party
from tests.orders import OrderOf, recorded

DECEMBER = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
LAST_OF_JANUARY = datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 1, 0, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def sell(cast: Cast, *orders: OrderOf, now: datetime = MARCH) -> list[UUID]:
    """Record the orders and let them accrue (or be held); their conversions, in order."""
    ids = recorded(cast.alliance, orders, now=now)
    with organization_scope(cast.host.id):
        accrue_conversions(actor=cast.host.system, conversion_ids=ids, now=now)
    return ids


def period_of(cast: Cast, month: datetime) -> UUID:
    """The month of the cast's agreement that holds the day."""
    with organization_scope(cast.host.id):
        return Period.objects.get(agreement_id=cast.agreement.id, starts_on=date(month.year, month.month, 1)).id


def close(cast: Cast, month: datetime, *, now: datetime = MARCH) -> None:
    """Close that month."""
    period_id = period_of(cast, month)
    with organization_scope(cast.host.id):
        close_period(actor=cast.host.system, period_id=period_id, now=now)


def statement_of(party: Party) -> Statement:
    """The party's own newest statement."""
    with organization_scope(party.id):
        return Statement.objects.filter(organization_id=party.id).order_by("-starts_on").select_related("period")[0]


def get(client: Client, name: str, *arguments: object, **query: object) -> HttpResponse:
    """A page that opens."""
    answer = client.get(reverse(f"portal:{name}", args=arguments), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer


def total(page: HttpResponse, field: str) -> int:
    """What the page says its list sums to, over every currency shown."""
    return sum(entry[field] for entry in page.context["totals"])


def listed(page: HttpResponse, field: str) -> list[object]:
    """One field of every row on the page."""
    return [getattr(row.record, field) for row in page.context["table"].page.object_list]


def shows(page: HttpResponse, *texts: str) -> bool:
    """Whether the page says all of these."""
    content = page.content.decode()
    return all(text in content for text in texts)


def hrefs(values: Iterable[str]) -> list[str]:
    """The links among them."""
    return [value for value in values if value]
