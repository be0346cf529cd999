"""Record one order that the host's shop sends by itself, instead of in a file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.money import UnknownCurrencyError, with_currency
from alliance.kernel.permissions import Permission
from campaigns.domain.details import NO_ORDER_DETAILS, OrderDetails
from campaigns.domain.lines import MAX_AMOUNT, ParsedLine, line_amount
from campaigns.domain.orders import ADJUSTMENT, CHARGEBACK_WON, SALE, OrderDraft, content_hash
from campaigns.models import Order
from campaigns.services.preview_import import require_hosted
from campaigns.services.record_orders import record_orders


class OrderDiffersError(DomainError):
    """The reference is taken by an order with other content; what is recorded stays."""

    code = "order_differs"
    sentence = _("An order with this reference is recorded already, with other content.")


class OrderAmountError(InvalidInputError):
    """The amount does not fit the kind, or is too large to keep."""

    code = "order_amount"
    sentence = _("A sale comes to zero or more, a refund to zero or less.")


class RefundTooLargeError(DomainError):
    """More would be taken back than is left of the order."""

    code = "refund_too_large"
    sentence = _("This takes back more than is left of its order.")


class OrderCurrencyError(InvalidInputError):
    """The currency is none of ISO 4217."""

    code = "order_currency"
    sentence = _("This is not a currency of ISO 4217, such as EUR, GBP or CNY.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineGiven:
    """One line: quantity and unit price, each with up to six decimals; negative for what went back."""

    quantity: Decimal
    unit_price: Decimal
    item: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderGiven:
    """One order as the shop tells it. `kind` is sale, refund or adjustment; `occurred_at` is aware."""

    reference: str
    kind: str
    occurred_at: datetime
    currency: str
    lines: Sequence[OrderLineGiven]
    customer: str = ""
    partner_code: str = ""
    details: OrderDetails = NO_ORDER_DETAILS


@dataclass(frozen=True, slots=True)
class RecordedOrder:
    """The order's id, and whether it was new."""

    order_id: UUID
    is_new: bool


def record_order(*, actor: Actor, alliance_id: UUID, order: OrderGiven, now: datetime) -> RecordedOrder:
    """Record the order with its lines and its conversion, once for each reference of the alliance.

    The same order again changes nothing and says so. Raises `NotPermittedError`, `NotFoundError` for an alliance
    that the actor does not host, `OrderCurrencyError`, `OrderAmountError`, `OrderDiffersError`, `RefundTooLargeError`.
    """
    actor.require(Permission.ORDER_IMPORT)
    require_hosted(actor, alliance_id)
    recorded = record_orders(actor=actor, alliance_id=alliance_id, import_id=None, drafts=[_draft(order)], now=now)
    if recorded.changed:
        raise OrderDiffersError(field="reference")
    for _draft_refused, left_minor in recorded.refused:
        left = with_currency(left_minor, order.currency)
        sentence = _("Of this order %(left)s is left to take back.") % {"left": left}
        raise RefundTooLargeError(sentence, field="refund_of")
    order_id = Order.objects.values_list("id", flat=True).get(alliance_id=alliance_id, reference=order.reference)
    return RecordedOrder(order_id, bool(recorded.new))


def _draft(order: OrderGiven) -> OrderDraft:
    lines = tuple(_line(order, number, line) for number, line in enumerate(order.lines, 1))
    amount = sum(line.amount_minor for line in lines)
    is_up = order.kind in {SALE, CHARGEBACK_WON}
    fits = order.kind == ADJUSTMENT or (amount >= 0 if is_up else amount <= 0)
    if not fits or any(abs(line.amount_minor) >= MAX_AMOUNT for line in lines):
        raise OrderAmountError(field="lines")
    return OrderDraft(
        reference=order.reference,
        kind=order.kind,
        occurred_at=lines[0].occurred_at,
        currency=order.currency,
        amount_minor=amount,
        customer=order.customer,
        partner_code=order.partner_code,
        content_sha256=content_hash(order.kind, order.currency, lines, order.details),
        lines=lines,
        details=order.details,
    )


def _line(order: OrderGiven, number: int, line: OrderLineGiven) -> ParsedLine:
    try:
        amount = line_amount(line.quantity, line.unit_price, order.currency)
    except UnknownCurrencyError as error:
        raise OrderCurrencyError(field="currency") from error
    return ParsedLine(
        row=number,
        reference=order.reference,
        occurred_at=order.occurred_at.astimezone(UTC),
        item=line.item,
        description=line.description,
        quantity=line.quantity.normalize(),
        unit_price=line.unit_price.normalize(),
        amount_minor=amount,
        customer=order.customer,
        partner_code=order.partner_code,
    )
