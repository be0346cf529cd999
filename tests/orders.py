"""Orders as an import records them, without a file: builders over the real service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import count
from uuid import UUID

from alliance.kernel.tenancy import organization_scope
from campaigns.domain.details import OrderDetails
from campaigns.domain.lines import ParsedLine
from campaigns.domain.orders import OrderDraft, content_hash
from campaigns.models import Conversion
from campaigns.services.record_orders import record_orders
from tests.cast import AllianceOf

WHEN = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
_numbers = count(1)


@dataclass(frozen=True)
class OrderOf:
    """What an order is worth, when, for whom."""

    amount_minor: int
    partner_code: str = "north"
    occurred_at: datetime = WHEN
    kind: str = "sale"
    currency: str = "EUR"
    reference: str = ""
    refund_of: str = ""
    customer: str = ""
    items: tuple[tuple[str, int], ...] = ()
    country: str = ""
    reported: tuple[tuple[str, int], ...] = ()


def draft_of(order: OrderOf) -> OrderDraft:
    """The order as a file would bring it; references are unique."""
    reference = order.reference or f"order-{next(_numbers)}"
    details = OrderDetails(refund_of=order.refund_of, country=order.country, reported=order.reported)
    lines = tuple(
        ParsedLine(
            row=row,
            reference=reference,
            occurred_at=order.occurred_at,
            item=item,
            description="An item",
            quantity=Decimal(1),
            unit_price=Decimal(0),
            amount_minor=amount,
            customer=order.customer,
            partner_code=order.partner_code,
        )
        for row, (item, amount) in enumerate(order.items or (("item", order.amount_minor),), 1)
    )
    return OrderDraft(
        reference=reference,
        kind=order.kind,
        occurred_at=order.occurred_at,
        currency=order.currency,
        amount_minor=order.amount_minor,
        customer=order.customer,
        partner_code=order.partner_code,
        content_sha256=content_hash(order.kind, order.currency, lines, details),
        lines=lines,
        details=details,
    )


def recorded(alliance: AllianceOf, orders: Sequence[OrderOf], *, now: datetime) -> list[UUID]:
    """Record the orders; their conversions' ids, in order. What they earn accrues when the outbox is delivered."""
    drafts = [draft_of(order) for order in orders]
    with organization_scope(alliance.host.id):
        record_orders(actor=alliance.host.system, alliance_id=alliance.id, import_id=None, drafts=drafts, now=now)
        ids = dict(
            Conversion.objects.filter(reference__in=[d.reference for d in drafts], alliance_id=alliance.id).values_list(
                "reference", "id"
            )
        )
    return [ids[draft.reference] for draft in drafts]
