"""What campaigns tells the outside: conversions."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from campaigns.events import ConversionsMatched, ConversionsRecorded
from campaigns.models import Conversion
from partners.webhooks.types import Hearing, Told, WebhookData, register_webhook_type

PER_MESSAGE: Final = 100
_EXAMPLE: Final = {
    "alliance_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a02",
    "conversions": [
        {
            "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1b01",
            "kind": "sale",
            "partner_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a04",
            "agreement_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a01",
            "amount_minor": 29900,
            "currency": "CNY",
            "occurred_at": "2026-03-01T13:15:00Z",
        }
    ],
}


class ConversionData(WebhookData):
    """One conversion. What is taken back is negative; partner and agreement are null until they are known."""

    id: UUID
    kind: Literal["sale", "refund", "adjustment", "chargeback", "chargeback_won", "lead", "click", "sign_up"]
    partner_id: UUID | None
    agreement_id: UUID | None
    amount_minor: int
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    occurred_at: datetime


class ConversionsData(WebhookData):
    """Up to 100 conversions of one alliance; a file of many orders makes several messages."""

    alliance_id: UUID
    conversions: Annotated[list[ConversionData], Field(min_length=1, max_length=PER_MESSAGE)]


def tell_conversions(event: ConversionsRecorded | ConversionsMatched, hearing: Hearing) -> Iterator[Told]:
    """The host of all, each partner of its own."""
    for organization_id, rows in _by_organization(event.conversion_ids, hearing.listening).items():
        for start in range(0, len(rows), PER_MESSAGE):
            part = rows[start : start + PER_MESSAGE]
            conversions = [ConversionData.model_validate(row, from_attributes=True) for row in part]
            yield Told(organization_id, ConversionsData(alliance_id=UUID(event.alliance_id), conversions=conversions))


def _by_organization(conversion_ids: Sequence[str], listening: frozenset[UUID]) -> dict[UUID, list[Conversion]]:
    rows: dict[UUID, list[Conversion]] = defaultdict(list)
    for row in Conversion.objects.filter(pk__in=conversion_ids).order_by("occurred_at", "id"):
        for organization_id in listening & {row.host_id, row.partner_id}:
            rows[organization_id].append(row)
    return rows


def register() -> None:
    """Called when the app is ready."""
    register_webhook_type(
        "conversion.recorded",
        event=ConversionsRecorded,
        data=ConversionsData,
        tell=tell_conversions,
        description=_("Sales, refunds, leads or other conversions were recorded."),
        example=_EXAMPLE,
    )
    register_webhook_type(
        "conversion.matched",
        event=ConversionsMatched,
        data=ConversionsData,
        tell=tell_conversions,
        description=_("Conversions that had no agreement fall under one now."),
        example=_EXAMPLE,
    )
