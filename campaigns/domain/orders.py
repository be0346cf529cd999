"""Lines of one order id as one order, or the reasons why they are none."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING
from typing import Final

from alliance.kernel.spreadsheets.cells import RowError
from campaigns.domain.details import NO_ORDER_DETAILS, OrderDetails, details_of
from campaigns.domain.lines import ParsedLine
from campaigns.domain.mapping import Mapping

SALE: Final = "sale"
REFUND: Final = "refund"
ADJUSTMENT: Final = "adjustment"
CHARGEBACK: Final = "chargeback"
CHARGEBACK_WON: Final = "chargeback_won"
KINDS: Final = (SALE, REFUND, ADJUSTMENT, CHARGEBACK, CHARGEBACK_WON)
_UNIT: Final = "\x1f"
_RECORD: Final = "\x1e"


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """One order as the file has it: its time is its first line's, its amount the sum of its lines' rounded amounts."""

    reference: str
    kind: str
    occurred_at: datetime
    currency: str
    amount_minor: int
    customer: str
    partner_code: str
    content_sha256: str
    lines: tuple[ParsedLine, ...]
    details: OrderDetails = NO_ORDER_DETAILS

    @property
    def quantity(self) -> int:
        """Whole units of all lines, at least one, with the sign of the amount; fractions of a unit count as one."""
        units = max(1, sum(abs(int(line.quantity.to_integral_value(ROUND_CEILING))) for line in self.lines))
        return -units if self.amount_minor < 0 else units


def kind_of(reference: str, amount_minor: int, mapping: Mapping) -> str:
    """Sale, refund or adjustment, by the mapping's rule; the longest fitting prefix decides."""
    fitting = [
        (len(prefix), kind)
        for kind, prefixes in ((REFUND, mapping.refund_prefixes), (ADJUSTMENT, mapping.adjustment_prefixes))
        for prefix in prefixes
        if reference.startswith(prefix)
    ]
    if fitting:
        return max(fitting)[1]
    return REFUND if mapping.negative_is_refund and amount_minor < 0 else SALE


def content_hash(
    kind: str, currency: str, lines: Sequence[ParsedLine], details: OrderDetails = NO_ORDER_DETAILS
) -> str:
    """SHA-256 (hex) over everything that makes an order what it is; row numbers don't count."""
    first = lines[0]
    records = [_UNIT.join((first.reference, kind, currency, first.customer, first.partner_code))]
    records += [
        _UNIT.join(
            (str(line.occurred_at.timestamp()), line.item, line.description, str(line.quantity), str(line.unit_price))
        )
        for line in lines
    ]
    if details != NO_ORDER_DETAILS:
        records.append(_UNIT.join(f"{name}={value}" for name, value in details.said()))
    return hashlib.sha256(_RECORD.join(records).encode()).hexdigest()


def assemble_order(lines: Sequence[ParsedLine], mapping: Mapping) -> OrderDraft | list[RowError]:
    """One order of all lines that share its id, in the order of the file.

    Refused when its lines name different partners, when a refund comes to more than zero or a sale to less.
    """
    first = lines[0]
    strays = [line.row for line in lines if line.partner_code != first.partner_code]
    if strays:
        return [RowError(row, mapping.partner, "partner_differs") for row in strays]
    amount = sum(line.amount_minor for line in lines)
    kind = kind_of(first.reference, amount, mapping)
    if kind == REFUND and amount > 0:
        return [RowError(first.row, mapping.quantity, "refund_is_positive")]
    if kind == SALE and amount < 0:
        return [RowError(first.row, mapping.quantity, "sale_is_negative")]
    details = details_of([line.details for line in lines])
    return OrderDraft(
        reference=first.reference,
        kind=kind,
        occurred_at=first.occurred_at,
        currency=mapping.currency,
        amount_minor=amount,
        customer=next((line.customer for line in lines if line.customer), ""),
        partner_code=first.partner_code,
        content_sha256=content_hash(kind, mapping.currency, lines, details),
        lines=tuple(lines),
        details=details,
    )
