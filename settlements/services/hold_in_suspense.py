"""Put conversions that no terms explain into suspense, where the host sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import connections

from alliance.kernel.events import publish
from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import database_alias
from campaigns.selectors import ConversionFact
from settlements.events import ConversionsHeld
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.models import SuspenseReason
from settlements.services.post_journal import post_journals

_INSERT = """
INSERT INTO settlements_suspenseitem (id, organization_id, alliance_id, partner_id, conversion_id, reason, kind, reference,
    occurred_at, currency, amount_minor, held_at)
  SELECT u.id, %s, %s, u.partner, u.conversion, u.reason, u.kind, u.reference, u.occurred_at, u.currency, u.amount, %s
  FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::bigint[])
    AS u (id, partner, conversion, reason, kind, reference, occurred_at, currency, amount)
  WHERE NOT EXISTS (SELECT FROM settlements_accrual AS a WHERE a.conversion_id = u.conversion)
  ORDER BY u.conversion
  ON CONFLICT (conversion_id) DO NOTHING RETURNING conversion_id
"""


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A conversion and why no terms explain it."""

    fact: ConversionFact
    reason: SuspenseReason


def hold_in_suspense(*, book_id: UUID, unexplained: Sequence[Unexplained], now: datetime) -> set[UUID]:
    """Show each to the host and post its amount from clearing to suspense, once; the conversions held now.

    All of one alliance. The caller holds the alliance's accruals back meanwhile. An amount of 0 is shown and
    posts nothing.
    """
    if not unexplained:
        return set()
    held = _insert(unexplained, now)
    facts = [item.fact for item in unexplained if item.fact.id in held]
    accounts = open_accounts(
        book_id=book_id,
        specs=[
            spec
            for fact in facts
            for spec in (book_wide(fact, AccountKind.CLEARING), book_wide(fact, AccountKind.SUSPENSE))
        ],
    )
    drafts = [
        JournalDraft(
            key=f"suspense:{fact.id}",
            kind="suspense",
            agreement_id=None,
            effective_on=fact.occurred_at.astimezone(UTC).date(),
            occurred_at=fact.occurred_at,
            legs=(
                Leg(accounts[book_wide(fact, AccountKind.CLEARING)], fact.amount_minor),
                Leg(accounts[book_wide(fact, AccountKind.SUSPENSE)], -fact.amount_minor),
            ),
        )
        for fact in facts
        if fact.amount_minor
    ]
    post_journals(book_id=book_id, drafts=drafts)
    if facts:
        publish(
            ConversionsHeld(alliance_id=str(facts[0].alliance_id), conversion_ids=tuple(str(f.id) for f in facts)),
            now=now,
        )
    return held


def book_wide(fact: ConversionFact, kind: AccountKind) -> AccountSpec:
    """The host's account for what belongs to no agreement yet."""
    return AccountSpec(fact.host_id, None, fact.currency, kind)


def _insert(unexplained: Sequence[Unexplained], now: datetime) -> set[UUID]:
    facts = [item.fact for item in unexplained]
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            _INSERT,
            [
                facts[0].host_id,
                facts[0].alliance_id,
                now,
                [new_id() for _ in facts],
                [fact.partner_id for fact in facts],
                [fact.id for fact in facts],
                [str(item.reason) for item in unexplained],
                [fact.kind for fact in facts],
                [fact.reference for fact in facts],
                [fact.occurred_at for fact in facts],
                [fact.currency for fact in facts],
                [fact.amount_minor for fact in facts],
            ],
        )
        return {row[0] for row in cursor.fetchall()}
