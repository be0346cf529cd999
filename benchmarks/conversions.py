"""What the measurements of accruals, closes and exports need: an alliance with agreements, and conversions at any size."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

import psycopg

from alliance.kernel.tenancy import organization_scope
from settlements.domain.placing import AgreementPeriod
from settlements.domain.spans import Span
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.services.open_periods import open_periods
from settlements.services.post_journal import post_journal
from tests.cast import (
    AgreementOf,
    AllianceOf,
    Party,
    alliance_of,
    host_organization,
    join,
    partner_organization,
    signed_agreement,
)
from tests.orders import OrderOf, recorded

WHEN = datetime(2026, 1, 15, 12, tzinfo=UTC)
AFTER = datetime(2026, 3, 1, tzinfo=UTC)
PARTNERS = 5
BATCH = 500


@dataclass(frozen=True)
class Market:
    """A host and its partners, each with a signed 60/40 agreement, its book open."""

    agreements: tuple[AgreementOf, ...]
    book_id: UUID

    @property
    def alliance(self) -> AllianceOf:
        return self.agreements[0].alliance

    @property
    def host(self) -> Party:
        return self.alliance.host


def a_market(partners: int = PARTNERS) -> Market:
    """Fresh organizations."""
    host = host_organization()
    alliance = alliance_of(host)
    agreements = []
    for number in range(partners):
        partner = partner_organization(name=f"Partner {number}")
        join(alliance, partner, code=f"p{number}")
        agreements.append(signed_agreement(alliance, [(host, Fraction(3, 5)), (partner, Fraction(2, 5))]))
    with organization_scope(host.id):
        book_id = open_book(alliance_id=alliance.id, host_id=host.id)
    return Market(tuple(agreements), book_id)


def batches_of_conversions(market: Market, count: int) -> Iterator[Sequence[UUID]]:
    """`count` conversions through the real service, not accrued yet, by the `BATCH`."""
    partners = len(market.agreements)
    for start in range(0, count, BATCH):
        orders = [OrderOf(100 + 7 * n % 9973, f"p{n % partners}", WHEN) for n in range(start, start + BATCH)]
        yield recorded(market.alliance, orders, now=WHEN)


def admin_connection() -> psycopg.Connection:
    """A superuser's connection to the measured database, that checks no foreign keys: for filling tables quickly."""
    from django.db import connections

    from alliance.embedded.database_url import with_database

    name = str(connections["default"].settings_dict["NAME"])
    connection = psycopg.connect(with_database(os.environ["DATABASE_ADMIN_URL"], name), autocommit=True)
    connection.execute("SET session_replication_role = replica")
    return connection


_FILL = (
    """
    INSERT INTO campaigns_conversion (id, parties, alliance_id, host_id, partner_id, agreement_id, order_id, kind, reference,
        occurred_at, currency, amount_minor, partner_code, match_issue, created_at)
      SELECT gen_random_uuid(), ARRAY[%(host)s, %(partner)s], %(alliance)s, %(host)s, %(partner)s, %(agreement)s,
             gen_random_uuid(), 'sale', 'order-' || n, %(when)s + n * interval '1 millisecond', 'EUR', 100 + 7 * n %% 9973,
             'p', '', now()
      FROM generate_series(%(first)s::bigint, %(last)s) AS n
    """,
    """
    WITH fresh AS (
      INSERT INTO settlements_accrual (id, host_id, alliance_id, agreement_id, period_id, conversion_id, terms_version_id, section,
          kind, reference, occurred_at, effective_on, currency, base_minor, unassigned_minor, explanation, accrued_at, accrued_xid, parties)
        SELECT settlements_new_id(), c.host_id, c.alliance_id, c.agreement_id, %(period)s, c.id, %(version)s, 'current', c.kind,
               c.reference, c.occurred_at, (c.occurred_at AT TIME ZONE 'UTC')::date, c.currency, c.amount_minor, 0, '{}', now(),
               pg_current_xact_id(), ARRAY[%(host)s::uuid, %(partner)s]
        FROM campaigns_conversion AS c
        WHERE c.agreement_id = %(agreement)s AND c.reference IN (SELECT 'order-' || n FROM generate_series(%(first)s::bigint, %(last)s) AS n)
        RETURNING id, host_id, effective_on, currency, base_minor
    )
    INSERT INTO settlements_accrualshare (id, accrual_id, organization_id, host_id, effective_on, currency, share_minor, parties)
      SELECT settlements_new_id(), f.id, o.organization, f.host_id, f.effective_on, f.currency,
             CASE WHEN o.is_host THEN f.base_minor - f.base_minor * 2 / 5 ELSE f.base_minor * 2 / 5 END,
             ARRAY[o.organization, f.host_id]
      FROM fresh AS f CROSS JOIN (VALUES (%(host)s::uuid, true), (%(partner)s::uuid, false)) AS o (organization, is_host)
    """,
)
_SUMS = """
SELECT s.organization_id, sum(s.share_minor)::bigint FROM settlements_accrual AS a
JOIN settlements_accrualshare AS s ON s.accrual_id = a.id WHERE a.period_id = %s GROUP BY 1
"""
_STEP = 50_000


def filled_conversions(market: Market, first: int, count: int) -> Iterator[list[UUID]]:
    """As `batches_of_conversions`, by plain SQL under all guards: what is recorded costs more than what is measured here.

    Their references and times go by number, from `first` on; the agreements take turns.
    """
    with admin_connection() as connection:
        for start in range(first, first + count, BATCH):
            ids = []
            for place, agreement in enumerate(market.agreements):
                share = BATCH // len(market.agreements)
                values = {
                    "host": market.host.id,
                    "partner": agreement.parties[1].id,
                    "alliance": market.alliance.id,
                    "agreement": agreement.id,
                    "when": WHEN,
                    "first": start + place * share,
                    "last": start + (place + 1) * share - 1,
                }
                ids += connection.execute(f"{_FILL[0]} RETURNING id".encode(), values).fetchall()
            yield [row[0] for row in ids]
        connection.execute("ANALYZE campaigns_conversion")


def fill_month(market: Market, agreement: AgreementOf, count: int) -> UUID:
    """`count` accruals with their shares in the agreement's January, by plain SQL under all guards; the period's id.

    One journal books all of them together, so that the statements say what the ledger owes; accruing books each by itself.
    """
    period = AgreementPeriod(agreement.id, Span.holding(WHEN.date(), "UTC"), "EUR")
    with organization_scope(market.host.id):
        periods = open_periods(
            book_id=market.book_id, host_id=market.host.id, alliance_id=market.alliance.id, wanted=[period]
        )
    values = {
        "host": market.host.id,
        "partner": agreement.parties[1].id,
        "alliance": market.alliance.id,
        "agreement": agreement.id,
        "version": agreement.version_id,
        "period": periods[period],
        "when": WHEN,
    }
    with admin_connection() as connection:
        for first in range(0, count, _STEP):
            for statement in _FILL:
                connection.execute(statement, {**values, "first": first, "last": min(first + _STEP, count) - 1})
        connection.execute("ANALYZE campaigns_conversion, settlements_accrual, settlements_accrualshare")
        sums = dict(connection.execute(_SUMS, [periods[period]]).fetchall())
    _book(market, agreement, periods[period], sums)
    return periods[period]


def _book(market: Market, agreement: AgreementOf, period_id: UUID, sums: Mapping[UUID, int]) -> None:
    """The shares of a month in one journal, on the accounts that accruals use."""
    host, partner = (party.id for party in agreement.parties)
    specs = [
        AccountSpec(host, agreement.id, "EUR", AccountKind.CLEARING),
        AccountSpec(host, agreement.id, "EUR", AccountKind.REVENUE),
        AccountSpec(partner, agreement.id, "EUR", AccountKind.PENDING),
    ]
    amounts = [sum(sums.values()), -sums[host], -sums[partner]]
    with organization_scope(host):
        accounts = open_accounts(book_id=market.book_id, specs=specs)
        draft = JournalDraft(
            key=f"month:{period_id}",
            kind="accrual",
            agreement_id=agreement.id,
            effective_on=WHEN.date(),
            occurred_at=WHEN,
            legs=tuple(Leg(accounts[spec], amount) for spec, amount in zip(specs, amounts, strict=True)),
        )
        post_journal(book_id=market.book_id, draft=draft)
