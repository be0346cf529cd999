"""The figures that must be equal, compared over all books at once; only those that differ come back.

Plain tables alone are asked, none of the project's functions: whoever replaced one is found out all the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from settlements.auditing.models import DiscrepancyKind

_OWN: Final = "('pending', 'available', 'reserve', 'in_transit', 'receivable')"
_IN_TRANSIT: Final = "('reserved', 'sending', 'unknown', 'accepted')"
_LINES_LOOKED_AT: Final = "interval '40 days'"  # older statements have been looked at hundreds of times

# Each answers: host, alliance, subject, label, currency, expected, found.
_TRIAL_BALANCE: Final = """
SELECT b.host_id, b.alliance_id, b.id, a.name, s.currency, 0, s.total
FROM (SELECT book_id, currency, sum(amount_minor)::bigint AS total FROM ledger_entry GROUP BY book_id, currency
      HAVING sum(amount_minor) <> 0) AS s
JOIN ledger_book AS b ON b.id = s.book_id JOIN partners_alliance AS a ON a.id = b.alliance_id
"""
_STATEMENT_LEDGER: Final = f"""
SELECT s.host_id, s.alliance_id, s.id, s.number, s.currency, s.closing_minor, l.total
FROM (SELECT DISTINCT ON (agreement_id, organization_id, currency) * FROM settlements_statement WHERE organization_id <> host_id
      ORDER BY agreement_id, organization_id, currency, starts_on DESC) AS s
CROSS JOIN LATERAL (
  SELECT -coalesce(sum(e.amount_minor), 0)::bigint AS total FROM ledger_account AS a JOIN ledger_entry AS e ON e.account_id = a.id
  WHERE a.agreement_id = s.agreement_id AND a.organization_id = s.organization_id AND a.currency = s.currency AND a.kind IN {_OWN}
    AND e.effective_on < s.ends_on) AS l
WHERE l.total <> s.closing_minor
"""  # noqa: S608  constants of this module
_STATEMENT_OPENING: Final = """
SELECT s.host_id, s.alliance_id, s.id, s.number, s.currency, coalesce(b.closing_minor, 0), s.opening_minor
FROM settlements_statement AS s LEFT JOIN settlements_statement AS b ON b.id = s.previous_id
WHERE s.opening_minor <> coalesce(b.closing_minor, 0)
"""
_STATEMENT_LINES: Final = f"""
SELECT s.host_id, s.alliance_id, s.id, s.number, s.currency, s.current_minor + s.prior_minor + s.adjustments_minor, l.total
FROM settlements_statement AS s CROSS JOIN LATERAL (
  SELECT coalesce(sum(share_minor), 0)::bigint AS total FROM settlements_statementline WHERE statement_id = s.id) AS l
WHERE s.closed_at > %(now)s - {_LINES_LOOKED_AT} AND l.total <> s.current_minor + s.prior_minor + s.adjustments_minor
"""  # noqa: S608  constants of this module
_PAYOUT_TRANSIT: Final = f"""
WITH due AS (
  SELECT t.agreement_id, t.currency, sum(t.gross_minor - t.withheld_minor)::bigint AS total
  FROM settlements_payout AS p JOIN settlements_payoutpart AS t ON t.payout_id = p.id
  WHERE p.state IN {_IN_TRANSIT} GROUP BY t.agreement_id, t.currency
), booked AS (
  SELECT a.agreement_id, a.currency, -sum(e.amount_minor)::bigint AS total
  FROM ledger_account AS a JOIN ledger_entry AS e ON e.account_id = a.id
  WHERE a.kind = 'in_transit' AND a.agreement_id IS NOT NULL GROUP BY a.agreement_id, a.currency
)
SELECT l.host_id, g.alliance_id, g.id, g.name, coalesce(d.currency, b.currency), coalesce(d.total, 0), coalesce(b.total, 0)
FROM due AS d FULL JOIN booked AS b ON b.agreement_id = d.agreement_id AND b.currency = d.currency
JOIN partners_agreement AS g ON g.id = coalesce(d.agreement_id, b.agreement_id) JOIN partners_alliance AS l ON l.id = g.alliance_id
WHERE coalesce(d.total, 0) <> coalesce(b.total, 0)
"""  # noqa: S608  constants of this module
_PAYOUT_BANK: Final = r"""
WITH paid AS (
  SELECT t.agreement_id, t.currency, -sum(t.gross_minor - t.withheld_minor)::bigint AS total
  FROM settlements_payout AS p JOIN settlements_payoutpart AS t ON t.payout_id = p.id
  WHERE p.state = 'confirmed' GROUP BY t.agreement_id, t.currency
), booked AS (
  SELECT a.agreement_id, a.currency, sum(e.amount_minor)::bigint AS total
  FROM ledger_account AS a JOIN ledger_entry AS e ON e.account_id = a.id
  JOIN ledger_journal AS j ON j.id = e.journal_id AND j.kind LIKE 'payout\_%%'
  WHERE a.kind = 'bank' AND a.agreement_id IS NOT NULL GROUP BY a.agreement_id, a.currency
)
SELECT l.host_id, g.alliance_id, g.id, g.name, coalesce(p.currency, b.currency), coalesce(p.total, 0), coalesce(b.total, 0)
FROM paid AS p FULL JOIN booked AS b ON b.agreement_id = p.agreement_id AND b.currency = p.currency
JOIN partners_agreement AS g ON g.id = coalesce(p.agreement_id, b.agreement_id) JOIN partners_alliance AS l ON l.id = g.alliance_id
WHERE coalesce(p.total, 0) <> coalesce(b.total, 0)
"""
_CHAIN_HEAD: Final = """
SELECT s.host_id, s.alliance_id, s.id, s.number, s.currency, s.chain_number, coalesce(max(l.number), 0)
FROM settlements_statement AS s JOIN ledger_book AS b ON b.alliance_id = s.alliance_id
LEFT JOIN ledger_seal AS l ON l.book_id = b.id
WHERE s.chain_number > 0 AND NOT EXISTS (
  SELECT FROM ledger_seal AS k WHERE k.book_id = b.id AND k.number = s.chain_number AND k.head = s.chain_head)
GROUP BY s.id
"""
_QUERIES: Final = {
    DiscrepancyKind.TRIAL_BALANCE: _TRIAL_BALANCE,
    DiscrepancyKind.STATEMENT_LEDGER: _STATEMENT_LEDGER,
    DiscrepancyKind.STATEMENT_OPENING: _STATEMENT_OPENING,
    DiscrepancyKind.STATEMENT_LINES: _STATEMENT_LINES,
    DiscrepancyKind.PAYOUT_TRANSIT: _PAYOUT_TRANSIT,
    DiscrepancyKind.PAYOUT_BANK: _PAYOUT_BANK,
    DiscrepancyKind.CHAIN_HEAD: _CHAIN_HEAD,
}


@dataclass(frozen=True, slots=True)
class Unequal:
    """Two figures that differ, in minor units; of a head the numbers of seals."""

    kind: DiscrepancyKind
    host_id: UUID
    alliance_id: UUID
    subject_id: UUID
    label: str
    currency: str
    expected_minor: int
    found_minor: int


def unequal_figures(*, now: datetime) -> list[Unequal]:
    """Everything that differs in any book, one query for each kind. Needs the operator's role.

    Call inside a transaction that sees one state (`REPEATABLE READ`), else what is posted meanwhile looks like a difference.
    """
    found = []
    for kind, query in _QUERIES.items():
        with connections[database_alias()].cursor() as cursor:
            cursor.execute(query, {"now": now})
            found += [Unequal(kind, *row) for row in cursor.fetchall()]
    return found
