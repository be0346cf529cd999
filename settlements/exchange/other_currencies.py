"""A statement in the currencies into which its party's money was exchanged: from what stood there to what stands there."""

import json
from dataclasses import dataclass
from uuid import UUID

from django.db import connections
from django.db.models import Sum

from alliance.kernel.tenancy import database_alias
from settlements.exchange.models import Exchange
from settlements.models.statements import Statement


@dataclass(frozen=True, slots=True)
class OtherCurrency:
    """What the statement's period did in one other currency; minor units of it.

    `closing = opening + exchanged + tax_reversed - withheld - paid`. The opening is the closing of the period before. Of a
    closed period it never changes.
    """

    currency: str
    opening_minor: int
    exchanged_minor: int
    tax_reversed_minor: int
    withheld_minor: int
    paid_minor: int
    closing_minor: int


def other_currencies(statement: Statement) -> list[OtherCurrency]:
    """Each currency besides the statement's in which anything stood or moved, by code; for its party and its host."""
    return other_currencies_of(period_id=statement.period_id, organization_id=statement.organization_id)


def told_currencies(statement: Statement) -> list[OtherCurrency]:
    """The same as the statement itself says it, inside its hash; nothing on those that closed before they said so."""
    carried = json.loads(statement.carried or "{}")
    return [OtherCurrency(**told) for told in carried.get("other_currencies", ())]


def other_currencies_of(*, period_id: UUID, organization_id: UUID) -> list[OtherCurrency]:
    """As `other_currencies`, also of a period that is being closed, once everything that its close moves is posted."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT currency, opening, moved, paid, withheld FROM settlements_other_currencies(%s, %s) ORDER BY currency",
            [period_id, organization_id],
        )
        rows: list[tuple[str, int, int, int, int]] = cursor.fetchall()
    exchanged = _exchanged(period_id, organization_id) if rows else {}
    return [
        OtherCurrency(
            code,
            opening_minor=opening,
            exchanged_minor=exchanged.get(code, 0),
            tax_reversed_minor=moved + paid + withheld - exchanged.get(code, 0),
            withheld_minor=withheld,
            paid_minor=paid,
            closing_minor=opening + moved,
        )
        for code, opening, moved, paid, withheld in rows
        if opening or moved or paid or withheld
    ]


def _exchanged(period_id: UUID, organization_id: UUID) -> dict[str, int]:
    rows = Exchange.objects.filter(period_id=period_id, organization_id=organization_id).order_by()
    return {code: int(total) for code, total in rows.values_list("to_currency").annotate(Sum("to_minor"))}
