"""The same figures straight from the file, by arithmetic that shares no line with the product's.

An order's partner share is two fifths of its amount, rounded to the nearest minor unit: of two shares of fifths one
always has the larger fraction, and takes the unit that is left over. The host has the rest.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import NamedTuple

from alliance.real_run.source import Source, local_time

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_CENT = Decimal("0.01")


class StatementRow(NamedTuple):
    """One row of `statements.csv`."""

    period: str
    partner: str
    currency: str
    orders: int
    refunds: int
    net_minor: int
    partner_share_minor: int
    host_share_minor: int


@dataclass(slots=True)
class Recomputed:
    """Everything the file says. `rows` in the order of `statements.csv`."""

    lines: int = 0
    orders: int = 0
    zero_orders: int = 0
    net_by_kind: dict[str, int] = field(default_factory=dict)
    rows: list[StatementRow] = field(default_factory=list)


class _Invoice(NamedTuple):
    period: str
    partner: str
    kind: str
    amounts: list[int]


def recompute(source: Source) -> Recomputed:
    """Read the file once more; the caller compares."""
    found = Recomputed()
    invoices = _invoices(source, found)
    found.orders = len(invoices)
    groups: dict[tuple[str, str], list[_Invoice]] = defaultdict(list)
    for invoice in invoices.values():
        net = sum(invoice.amounts)
        found.zero_orders += net == 0
        found.net_by_kind[invoice.kind] = found.net_by_kind.get(invoice.kind, 0) + net
        groups[invoice.period, invoice.partner].append(invoice)
    found.rows = list(_rows(groups, source.mapping.currency))
    return found


def _invoices(source: Source, found: Recomputed) -> dict[str, _Invoice]:
    mapping, invoices = source.mapping, dict[str, _Invoice]()
    for row in source.rows():
        found.lines += 1
        number = row[mapping.order_id]
        if number not in invoices:
            period = f"{local_time(row[mapping.occurred_at], mapping):%Y-%m}"
            invoices[number] = _Invoice(period, row[mapping.partner], _kind(number), [])
        amount = _EXACT.multiply(Decimal(row[mapping.quantity]), Decimal(row[mapping.unit_price]))
        invoices[number].amounts.append(int(_EXACT.multiply(amount.quantize(_CENT, context=_EXACT), Decimal(100))))
    return invoices


def _kind(number: str) -> str:
    return {"C": "refund", "A": "adjustment"}.get(number[:1], "sale")


def _partner_share(net: int) -> int:
    nearest = (4 * abs(net) + 5) // 10
    return nearest if net >= 0 else -nearest


def _rows(groups: dict[tuple[str, str], list[_Invoice]], currency: str) -> Iterator[StatementRow]:
    for period, partner in sorted(groups):
        invoices = groups[period, partner]
        nets = [sum(invoice.amounts) for invoice in invoices]
        share = sum(map(_partner_share, nets))
        refunds = sum(invoice.kind == "refund" for invoice in invoices)
        yield StatementRow(
            period, partner, currency, len(invoices) - refunds, refunds, sum(nets), share, sum(nets) - share
        )
