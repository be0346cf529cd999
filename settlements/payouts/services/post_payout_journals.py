"""Move a payout's money in the ledger: set aside, gone, or back. A step of the services that decide so."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.payouts.models import Payout, PayoutPart
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.post_journal import post_journals


class Movement(StrEnum):
    """What happens to the money."""

    RESERVED = "reserved"  # available -> in transit, and what is withheld -> tax
    CONFIRMED = "confirmed"  # in transit -> bank
    RETURNED = "returned"  # in transit and tax -> available
    CAME_BACK = "came_back"  # bank and tax -> available: the bank returned what it had paid


_KINDS: Final = {
    Movement.RESERVED: "payout_reserved",
    Movement.CONFIRMED: "payout_confirmed",
    Movement.RETURNED: "payout_returned",
    Movement.CAME_BACK: "payout_returned",
}
Moves = list[tuple[AccountSpec, int]]


def post_payout_journals(payout: Payout, movement: Movement, *, now: datetime) -> list[UUID]:
    """One journal for each agreement that the payout draws on, in its present period; their ids.

    Keys are `payout:<id>:<agreement>:<movement>`, so that nothing moves twice whoever repeats it. Raises
    `PeriodsKeepClosingError` (try again).
    """
    parts = list(PayoutPart.objects.filter(payout=payout).order_by("agreement_id"))
    book_id = open_book(alliance_id=payout.alliance_id, host_id=payout.host_id)
    present = hold_present_periods(
        book_id=book_id,
        host_id=payout.host_id,
        alliance_id=payout.alliance_id,
        agreement_ids=[part.agreement_id for part in parts],
        now=now,
    )
    moves = {part.agreement_id: _moves(payout, part, movement) for part in parts}
    opened = open_accounts(book_id=book_id, specs=[spec for legs in moves.values() for spec, _ in legs])
    drafts = [
        JournalDraft(
            key=f"payout:{payout.id}:{agreement_id}:{movement.value}",
            kind=_KINDS[movement],
            agreement_id=agreement_id,
            effective_on=present[agreement_id].effective_on,
            occurred_at=now,
            legs=tuple(Leg(opened[spec], amount) for spec, amount in legs),
        )
        for agreement_id, legs in moves.items()
    ]
    return list(post_journals(book_id=book_id, drafts=drafts).values())


def _moves(payout: Payout, part: PayoutPart, movement: Movement) -> Moves:
    def of(organization_id: UUID, kind: AccountKind) -> AccountSpec:
        return AccountSpec(organization_id, part.agreement_id, part.currency, kind)

    legs = _LEGS[movement](part, lambda kind: of(payout.organization_id, kind), lambda kind: of(payout.host_id, kind))
    return [(spec, amount) for spec, amount in legs if amount]


_Of = Callable[[AccountKind], AccountSpec]


def _reserved(part: PayoutPart, partner: _Of, host: _Of) -> Moves:
    return [
        (partner(AccountKind.AVAILABLE), part.gross_minor),
        (host(AccountKind.TAX), -part.withheld_minor),
        (partner(AccountKind.IN_TRANSIT), -part.net_minor),
    ]


def _confirmed(part: PayoutPart, partner: _Of, host: _Of) -> Moves:
    return [(partner(AccountKind.IN_TRANSIT), part.net_minor), (host(AccountKind.BANK), -part.net_minor)]


def _returned(part: PayoutPart, partner: _Of, host: _Of) -> Moves:
    return [(spec, -amount) for spec, amount in _reserved(part, partner, host)]


def _came_back(part: PayoutPart, partner: _Of, host: _Of) -> Moves:
    return [
        (host(AccountKind.BANK), part.net_minor),
        (host(AccountKind.TAX), part.withheld_minor),
        (partner(AccountKind.AVAILABLE), -part.gross_minor),
    ]


_LEGS: Final = {
    Movement.RESERVED: _reserved,
    Movement.CONFIRMED: _confirmed,
    Movement.RETURNED: _returned,
    Movement.CAME_BACK: _came_back,
}
