"""What payouts tell the outside: a payment is on its way, has arrived, or came back. The host and the partner hear the same."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from partners.webhooks.types import Hearing, Told, WebhookData, register_webhook_type
from settlements.payouts.events import PayoutConfirmed, PayoutReturned, PayoutSent
from settlements.payouts.models import Payout

_EXAMPLE: Final = {
    "payout_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1d01",
    "host_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a03",
    "organization_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a04",
    "alliance_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a02",
    "payout_reference": "PO-000012-003",
    "currency": "CNY",
    "amount_minor": 1245500,
}
State = Literal["accepted", "confirmed", "returned"]


class PayoutData(WebhookData):
    """One payment. Read its timeline by the API."""

    payout_id: UUID
    host_id: UUID
    organization_id: UUID
    alliance_id: UUID
    payout_reference: Annotated[str, Field(pattern="^PO-[0-9]{6,}-[0-9]{3,}$")]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    amount_minor: int
    state: State


def _tell(event: PayoutSent | PayoutConfirmed | PayoutReturned, hearing: Hearing, state: State) -> Iterator[Told]:
    payout = Payout.objects.get(pk=event.payout_id)
    data = PayoutData(
        payout_id=payout.id,
        host_id=payout.host_id,
        organization_id=payout.organization_id,
        alliance_id=payout.alliance_id,
        payout_reference=payout.reference,
        currency=payout.currency,
        amount_minor=payout.amount_minor,
        state=state,
    )
    for organization_id in hearing.listening & {payout.host_id, payout.organization_id}:
        yield Told(organization_id, data)


def tell_sent(event: PayoutSent, hearing: Hearing) -> Iterator[Told]:
    """Host and partner."""
    return _tell(event, hearing, "accepted")


def tell_confirmed(event: PayoutConfirmed, hearing: Hearing) -> Iterator[Told]:
    """Host and partner."""
    return _tell(event, hearing, "confirmed")


def tell_returned(event: PayoutReturned, hearing: Hearing) -> Iterator[Told]:
    """Host and partner."""
    return _tell(event, hearing, "returned")


def register() -> None:
    """Called when the app is ready."""
    register_webhook_type(
        "payout.sent",
        event=PayoutSent,
        data=PayoutData,
        tell=tell_sent,
        description=_("A payout is on its way to the partner's bank."),
        example={**_EXAMPLE, "state": "accepted"},
    )
    register_webhook_type(
        "payout.confirmed",
        event=PayoutConfirmed,
        data=PayoutData,
        tell=tell_confirmed,
        description=_("The bank has paid a payout."),
        example={**_EXAMPLE, "state": "confirmed"},
    )
    register_webhook_type(
        "payout.returned",
        event=PayoutReturned,
        data=PayoutData,
        tell=tell_returned,
        description=_("A payout was rejected or came back; its amount is available again."),
        example={**_EXAMPLE, "state": "returned"},
    )
