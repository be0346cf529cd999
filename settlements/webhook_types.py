"""What settlements tells the outside: closed periods and their statements."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from partners.webhooks.types import Hearing, Told, WebhookData, register_webhook_type
from settlements.events import PeriodClosed
from settlements.models import Period, Statement

_ALLIANCE: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a02"
_AGREEMENT: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a01"
_PERIOD: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1c01"
_STATEMENT: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1c02"

Month = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}$")]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]


class PeriodClosedData(WebhookData):
    """A period of an agreement that is closed for good."""

    period_id: UUID
    agreement_id: UUID
    alliance_id: UUID
    month: Month
    statement_count: int


class StatementClosedData(WebhookData):
    """Your statement for a period; closing = opening + current + prior + adjustments - withheld - paid."""

    statement_id: UUID
    period_id: UUID
    agreement_id: UUID
    alliance_id: UUID
    month: Month
    starts_on: date
    ends_on: date
    currency: Currency
    opening_minor: int
    current_minor: int
    prior_minor: int
    adjustments_minor: int
    withheld_minor: int
    paid_minor: int
    closing_minor: int
    content_sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def tell_period_closed(event: PeriodClosed, hearing: Hearing) -> Iterator[Told]:
    """Every party of the agreement, and the host."""
    period = Period.objects.get(pk=event.period_id)
    data = PeriodClosedData(
        period_id=period.id,
        agreement_id=period.agreement_id,
        alliance_id=period.alliance_id,
        month=period.month,
        statement_count=event.statement_count,
    )
    for organization_id in hearing.listening & set(period.parties):
        yield Told(organization_id, data, period.closed_at)


def tell_statement_closed(event: PeriodClosed, hearing: Hearing) -> Iterator[Told]:
    """Each party of its own statement."""
    for row in Statement.objects.filter(period_id=event.period_id, organization_id__in=hearing.listening):
        yield Told(row.organization_id, _statement(row), row.closed_at)


def _statement(row: Statement) -> StatementClosedData:
    return StatementClosedData(
        statement_id=row.id,
        period_id=row.period_id,
        agreement_id=row.agreement_id,
        alliance_id=row.alliance_id,
        month=f"{row.starts_on:%Y-%m}",
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        currency=row.currency,
        opening_minor=row.opening_minor,
        current_minor=row.current_minor,
        prior_minor=row.prior_minor,
        adjustments_minor=row.adjustments_minor,
        withheld_minor=row.withheld_minor,
        paid_minor=row.paid_minor,
        closing_minor=row.closing_minor,
        content_sha256=row.content_sha256,
    )


def register() -> None:
    """Called when the app is ready."""
    register_webhook_type(
        "period.closed",
        event=PeriodClosed,
        data=PeriodClosedData,
        tell=tell_period_closed,
        description=_("A period of an agreement is closed."),
        example={
            "period_id": _PERIOD,
            "agreement_id": _AGREEMENT,
            "alliance_id": _ALLIANCE,
            "month": "2026-03",
            "statement_count": 2,
        },
    )
    register_webhook_type(
        "statement.closed",
        event=PeriodClosed,
        data=StatementClosedData,
        tell=tell_statement_closed,
        description=_("Your statement for a period is final."),
        example={
            "statement_id": _STATEMENT,
            "period_id": _PERIOD,
            "agreement_id": _AGREEMENT,
            "alliance_id": _ALLIANCE,
            "month": "2026-03",
            "starts_on": "2026-03-01",
            "ends_on": "2026-04-01",
            "currency": "CNY",
            "opening_minor": 0,
            "current_minor": 1250000,
            "prior_minor": -4500,
            "adjustments_minor": 0,
            "withheld_minor": 0,
            "paid_minor": 0,
            "closing_minor": 1245500,
            "content_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
    )
