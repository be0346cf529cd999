"""What some lines of a statement say besides: of orders in another currency what they were, and the rate; the shop's words.

Files have these columns only where a line of the statement needs them, so the files of all others are what they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

from django.db import connections

from alliance.kernel.money import format_minor
from alliance.kernel.tenancy import database_alias
from settlements.models import Statement

_SQL: Final = """
SELECT l.line_number, x.was ->> 'currency', (x.was ->> 'amount_minor')::bigint, r.rate ->> 'rate_text', r.rate ->> 'source',
       r.rate ->> 'valid_on', (SELECT string_agg(s ->> 'id', ' ' ORDER BY s ->> 'id') FROM jsonb_array_elements(r.rate -> 'rates') AS s),
       (SELECT max(s ->> 'recorded_at') FROM jsonb_array_elements(r.rate -> 'rates') AS s),
       coalesce(c.parent_reference, ''), coalesce(c.invalid_reason, ''), nullif(c.returned_quantity, 0)
FROM settlements_statementline AS l JOIN settlements_accrual AS a ON a.id = l.accrual_id
  CROSS JOIN LATERAL (SELECT a.explanation #> '{facts,exchanged}' AS was) AS x
  LEFT JOIN campaigns_conversion AS c ON c.id = a.conversion_id
  LEFT JOIN settlements_accrual AS o ON o.id = a.original_id
  CROSS JOIN LATERAL (SELECT coalesce(x.was -> 'rate', o.explanation #> '{facts,exchanged,rate}') AS rate) AS r
WHERE l.statement_id = %(id)s AND (x.was IS NOT NULL OR c.parent_reference <> '' OR c.invalid_reason <> '' OR c.returned_quantity > 0) ORDER BY l.line_number
"""


@dataclass(frozen=True, slots=True)
class ExtraCells:
    """One line's further cells, as text; empty where there is nothing to say."""

    order_currency: str = ""
    order_amount: str = ""
    exchange_rate: str = ""
    rate_source: str = ""
    rate_day: str = ""
    rate_ids: str = ""
    rate_recorded_at: str = ""
    parent_order: str = ""
    invalid_reason: str = ""
    returned_quantity: str = ""

    def cells(self) -> list[str]:
        """In the order of `EXTRA_COLUMNS`."""
        return [getattr(self, name) for name in EXTRA_COLUMNS]

    def to_json(self) -> dict[str, str]:
        """What there is to say."""
        return {name: value for name in EXTRA_COLUMNS if (value := getattr(self, name))}


EXTRA_COLUMNS: Final = tuple(each.name for each in fields(ExtraCells))
NOTHING_MORE: Final = ExtraCells()


def extras_of(statement: Statement) -> Mapping[int, ExtraCells]:
    """By number of the line; those lines alone that say something more."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_SQL, {"id": statement.id})
        return {number: _cells(*cells) for number, *cells in cursor.fetchall()}


def _cells(currency: str | None, amount_minor: int | None, *told: str | int | None) -> ExtraCells:
    """`told`: rate, source, day, ids, when it was stored; parent order, reason, returned units."""
    amount = format_minor(amount_minor, currency) if currency is not None and amount_minor is not None else ""
    values = [currency or "", amount, *(str(value or "") for value in told)]
    return ExtraCells(**dict(zip(EXTRA_COLUMNS, values, strict=True)))
