"""A book with two agreements, their accounts and periods, built by the real services."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.close_ledger_period import close_ledger_period
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.ledger.services.open_period import open_period
from settlements.services.post_journal import post_journal
from tests.cast import Party, alliance_of, host_organization, join, partner_organization, signed_agreement

NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
OCTOBER = date(2026, 10, 5)
NOVEMBER = date(2026, 11, 5)
_numbers = count(1)


@dataclass(frozen=True)
class BookOf:
    """A host's book. October is closed for both agreements, November is open."""

    host: Party
    north: Party
    south: Party
    alliance_id: UUID
    id: UUID
    agreement_id: UUID  # host and north, EUR
    other_agreement_id: UUID  # host and south, EUR
    october_id: UUID
    november_id: UUID
    accounts: dict[str, UUID] = field(default_factory=dict)

    def draft(self, *legs: tuple[str, int], **given) -> JournalDraft:
        """A November journal of the first agreement over the named accounts."""
        fields = {
            "key": f"journal-{next(_numbers)}",
            "kind": "sale",
            "agreement_id": self.agreement_id,
            "effective_on": NOVEMBER,
            "occurred_at": NOON,
        } | given
        return JournalDraft(legs=tuple(Leg(self.accounts[name], amount) for name, amount in legs), **fields)

    def sale(self, amount: int = 10_000, **given) -> JournalDraft:
        """A sale at 60/40."""
        share = amount * 2 // 5
        return self.draft(("clearing", amount), ("revenue", share - amount), ("pending", -share), **given)

    def post(self, draft: JournalDraft) -> UUID:
        """Post in the host's scope."""
        with organization_scope(self.host.id):
            return post_journal(book_id=self.id, draft=draft)


def _accounts(host: Party, north: Party, south: Party, agreement: UUID, other: UUID) -> dict[str, AccountSpec]:
    return {
        "clearing": AccountSpec(host.id, agreement, "EUR", AccountKind.CLEARING),
        "revenue": AccountSpec(host.id, agreement, "EUR", AccountKind.REVENUE),
        "pending": AccountSpec(north.id, agreement, "EUR", AccountKind.PENDING),
        "dollars": AccountSpec(north.id, agreement, "USD", AccountKind.PENDING),
        "dollar_clearing": AccountSpec(host.id, agreement, "USD", AccountKind.CLEARING),
        "other_clearing": AccountSpec(host.id, other, "EUR", AccountKind.CLEARING),
        "other_pending": AccountSpec(south.id, other, "EUR", AccountKind.PENDING),
        "book_clearing": AccountSpec(host.id, None, "EUR", AccountKind.CLEARING),
        "suspense": AccountSpec(host.id, None, "EUR", AccountKind.SUSPENSE),
    }


def a_book() -> BookOf:
    """A fresh alliance with its book."""
    host, north, south = host_organization(), partner_organization(name="North"), partner_organization(name="South")
    alliance = alliance_of(host)
    join(alliance, north)
    join(alliance, south)
    agreement = signed_agreement(alliance, [(host, "3/5"), (north, "2/5")]).id
    other = signed_agreement(alliance, [(host, "3/5"), (south, "2/5")]).id
    with organization_scope(host.id):
        book_id = open_book(alliance_id=alliance.id, host_id=host.id)
        specs = _accounts(host, north, south, agreement, other)
        ids = open_accounts(book_id=book_id, specs=specs.values())
        months = {}
        for which in (agreement, other):
            october = open_period(
                book_id=book_id, agreement_id=which, starts_on=date(2026, 10, 1), ends_on=date(2026, 11, 1)
            )
            november = open_period(
                book_id=book_id, agreement_id=which, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)
            )
            close_ledger_period(period_id=october)
            months[which] = (october, november)
    return BookOf(
        host, north, south, alliance.id, book_id, agreement, other, *months[agreement],
        accounts={name: ids[spec] for name, spec in specs.items()},
    )  # fmt: skip
