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
_LOOKED_BACK: Final = "interval '25 days'"  # what is done is forgotten after thirty
_LONGEST_WAIT: Final = "interval '2 hours'"  # the longest pause between two looks is an hour
_BOOKED_WITHIN: Final = 3  # days in which a bank books what was paid

_PAYOUT_SENT: Final = """
WITH sent AS (
  SELECT payout_id, min(host_id::text)::uuid AS host_id, count(*) FILTER (WHERE kind = 'sent') AS found
  FROM settlements_payoutstep GROUP BY payout_id
), payout AS (
  SELECT *, CASE WHEN state IN ('prepared', 'reserved', 'cancelled') THEN 0 ELSE 1 END AS expected FROM settlements_payout
)
SELECT coalesce(p.host_id, s.host_id), coalesce(p.alliance_id, a.id), coalesce(p.id, s.payout_id), coalesce(p.reference, '-'),
       coalesce(p.currency, ''), coalesce(p.expected, 0), coalesce(s.found, 0)
FROM payout AS p FULL JOIN sent AS s ON s.payout_id = p.id
LEFT JOIN LATERAL (SELECT id FROM partners_alliance WHERE host_id = s.host_id ORDER BY id LIMIT 1) AS a ON p.id IS NULL
WHERE coalesce(s.found, 0) <> coalesce(p.expected, 0)
"""
# What tells others that a payout arrived or came back stands in the outbox once, and tells of nothing else.
_PAYOUT_MESSAGE: Final = f"""
WITH due AS (
  SELECT p.id::text AS payout, e.topic, p.host_id FROM settlements_payout AS p CROSS JOIN LATERAL (VALUES
    ('settlements.payouts.PayoutConfirmed', p.confirmed_at), ('settlements.payouts.PayoutReturned', p.returned_at)) AS e (topic, at)
  WHERE e.at > %(now)s - {_LOOKED_BACK}
), told AS (
  SELECT payload ->> 'payout_id' AS payout, topic, min(organization_id::text)::uuid AS host_id, count(*) AS found,
         bool_or(created_at > %(now)s - {_LOOKED_BACK}) AS is_young
  FROM kernel_outboxmessage WHERE topic IN ('settlements.payouts.PayoutConfirmed', 'settlements.payouts.PayoutReturned')
  GROUP BY payload ->> 'payout_id', topic
), unequal AS (
  SELECT coalesce(d.payout, t.payout) AS payout, coalesce(d.host_id, t.host_id) AS host_id, (d.payout IS NOT NULL)::int AS expected,
         coalesce(t.found, 0) AS found, coalesce(d.topic, t.topic) AS topic
  FROM due AS d FULL JOIN told AS t ON t.payout = d.payout AND t.topic = d.topic
  WHERE coalesce(t.found, 0) <> (d.payout IS NOT NULL)::int AND (d.payout IS NOT NULL OR t.is_young)
)
SELECT DISTINCT ON (u.payout) u.host_id, coalesce(p.alliance_id, a.id), coalesce(p.id, u.payout::uuid), coalesce(p.reference, '-'),
       coalesce(p.currency, ''), u.expected, u.found
FROM unequal AS u LEFT JOIN settlements_payout AS p ON p.id::text = u.payout
LEFT JOIN LATERAL (SELECT id FROM partners_alliance WHERE host_id = u.host_id ORDER BY id LIMIT 1) AS a ON p.id IS NULL
ORDER BY u.payout, u.topic
"""  # noqa: S608  constants of this module
# Whole hours. Nothing new is sent for a host that is not active; what people carry to the bank waits for them.
_PAYOUT_STUCK: Final = f"""
WITH waiting AS (
  SELECT p.id, CASE WHEN p.state = 'reserved' THEN coalesce(p.look_at, b.sent_at)
                    WHEN p.state = 'accepted' THEN p.look_at
                    ELSE coalesce(p.look_at, p.lease_until, p.sent_at, p.prepared_at) END AS since
  FROM settlements_payout AS p JOIN settlements_payoutbatch AS b ON b.id = p.batch_id
  JOIN partners_organization AS o ON o.id = p.host_id AND (o.status = 'active' OR p.state <> 'reserved')
  WHERE p.state IN {_IN_TRANSIT}
  UNION ALL
  SELECT p.id, m.created_at FROM kernel_outboxdelivery AS d JOIN kernel_outboxmessage AS m ON m.id = d.message_id
  JOIN settlements_payout AS p ON p.id::text = m.payload ->> 'payout_id'
  WHERE d.state <> 'done' AND m.topic LIKE 'settlements.payouts.%%'
)
SELECT p.host_id, p.alliance_id, p.id, p.reference, p.currency, 0, w.hours
FROM (SELECT id, floor(extract(epoch FROM %(now)s - min(since)) / 3600)::bigint AS hours FROM waiting
      WHERE since < %(now)s - {_LONGEST_WAIT} GROUP BY id) AS w
JOIN settlements_payout AS p ON p.id = w.id
"""  # noqa: S608  constants of this module
# Only where every account that the host has statements of in this currency is told of until the bank must have booked it.
_BANK_LINE: Final = f"""
SELECT p.host_id, p.alliance_id, p.id, p.reference, p.currency, p.amount_minor, 0
FROM settlements_payout AS p CROSS JOIN LATERAL (SELECT (p.confirmed_at AT TIME ZONE 'UTC')::date AS paid_on) AS d
WHERE p.state = 'confirmed' AND p.confirmed_at > %(now)s - {_LINES_LOOKED_AT}
  AND NOT EXISTS (SELECT FROM settlements_bankmatch AS m WHERE m.payout_id = p.id AND m.kind = 'payout' AND m.state IN ('waiting', 'approved'))
  AND EXISTS (SELECT FROM settlements_bankstatement AS s WHERE s.organization_id = p.host_id AND s.currency = p.currency)
  AND NOT EXISTS (
    SELECT FROM settlements_bankstatement AS a WHERE a.organization_id = p.host_id AND a.currency = p.currency AND (
      NOT EXISTS (SELECT FROM settlements_bankstatement AS s WHERE s.organization_id = a.organization_id AND s.currency = a.currency
                  AND s.number = a.number AND s.starts_on <= d.paid_on AND s.ends_on >= d.paid_on)
      OR NOT EXISTS (SELECT FROM settlements_bankstatement AS s WHERE s.organization_id = a.organization_id AND s.currency = a.currency
                     AND s.number = a.number AND s.ends_on >= d.paid_on + {_BOOKED_WITHIN})))
"""  # noqa: S608  constants of this module
_BANK_MATCH: Final = """
SELECT p.host_id, p.alliance_id, p.id, p.reference, p.currency, p.amount_minor,
       CASE WHEN e.currency <> p.currency THEN 0 WHEN m.kind = 'payout' THEN -e.amount_minor - m.difference_minor
            ELSE e.amount_minor + m.difference_minor END
FROM settlements_bankmatch AS m JOIN settlements_bankentry AS e ON e.id = m.entry_id JOIN settlements_payout AS p ON p.id = m.payout_id
WHERE m.state = 'approved' AND (e.currency <> p.currency OR m.currency <> e.currency OR m.amount_minor <> e.amount_minor
   OR p.amount_minor <> CASE WHEN m.kind = 'payout' THEN -e.amount_minor - m.difference_minor ELSE e.amount_minor + m.difference_minor END)
"""
# What the lines of one payout sum to, against what it counts as: paid, or nothing. A return that a gateway told of is on a later statement.
_BANK_STATE: Final = f"""
WITH line AS (
  SELECT m.payout_id, greatest(sum(CASE WHEN m.kind = 'payout' THEN 1 ELSE -1 END), 0) AS paid FROM settlements_bankmatch AS m
  WHERE m.state = 'approved' AND m.payout_id IS NOT NULL GROUP BY m.payout_id
)
SELECT p.host_id, p.alliance_id, p.id, p.reference, p.currency, s.paid * p.amount_minor, l.paid * p.amount_minor
FROM line AS l JOIN settlements_payout AS p ON p.id = l.payout_id
CROSS JOIN LATERAL (SELECT CASE WHEN p.state = 'confirmed' THEN 1 ELSE 0 END AS paid) AS s
WHERE l.paid <> s.paid AND NOT (l.paid = 1 AND p.state = 'returned' AND NOT EXISTS (
  SELECT FROM settlements_bankstatement AS t WHERE t.organization_id = p.host_id AND t.currency = p.currency
    AND t.ends_on >= (p.returned_at AT TIME ZONE 'UTC')::date + {_BOOKED_WITHIN}))
"""  # noqa: S608  constants of this module
_BANK_LINE_TWICE: Final = """
SELECT e.organization_id, e.alliance_id, e.id, coalesce(nullif(e.end_to_end_id, ''), nullif(e.bank_reference, ''), left(e.key, 12)),
       e.currency, 1, m.matches
FROM (SELECT entry_id, count(*) AS matches FROM settlements_bankmatch WHERE state = 'approved' GROUP BY entry_id HAVING count(*) > 1) AS m
JOIN settlements_bankentry AS e ON e.id = m.entry_id
"""
_QUERIES: Final = {
    DiscrepancyKind.TRIAL_BALANCE: _TRIAL_BALANCE,
    DiscrepancyKind.STATEMENT_LEDGER: _STATEMENT_LEDGER,
    DiscrepancyKind.STATEMENT_OPENING: _STATEMENT_OPENING,
    DiscrepancyKind.STATEMENT_LINES: _STATEMENT_LINES,
    DiscrepancyKind.PAYOUT_TRANSIT: _PAYOUT_TRANSIT,
    DiscrepancyKind.PAYOUT_BANK: _PAYOUT_BANK,
    DiscrepancyKind.CHAIN_HEAD: _CHAIN_HEAD,
    DiscrepancyKind.PAYOUT_SENT: _PAYOUT_SENT,
    DiscrepancyKind.PAYOUT_MESSAGE: _PAYOUT_MESSAGE,
    DiscrepancyKind.PAYOUT_STUCK: _PAYOUT_STUCK,
    DiscrepancyKind.BANK_LINE: _BANK_LINE,
    DiscrepancyKind.BANK_MATCH: _BANK_MATCH,
    DiscrepancyKind.BANK_STATE: _BANK_STATE,
    DiscrepancyKind.BANK_LINE_TWICE: _BANK_LINE_TWICE,
}


@dataclass(frozen=True, slots=True)
class Unequal:
    """Two figures that differ, in minor units; of `COUNTED` kinds how many, of a head the numbers of seals, or hours."""

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
