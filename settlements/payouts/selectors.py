"""What pages and other parts may ask of payouts, inside the scope they have open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from partners.selectors import hosted_alliances
from settlements.ledger.domain import AccountKind
from settlements.ledger.models import Entry
from settlements.ledger.selectors import accounts, find_book
from settlements.payouts.models import BatchState, Payout, PayoutBatch, PayoutState


@dataclass(frozen=True, slots=True)
class Pot:
    """One alliance's balances in one currency, out of which a batch pays."""

    alliance_id: UUID
    alliance_name: str
    currency: str

    @property
    def value(self) -> str:
        """How forms name it."""
        return f"{self.alliance_id}:{self.currency}"

    @property
    def label(self) -> str:
        """How people name it."""
        return f"{self.alliance_name} · {self.currency}"


def payable_pots() -> list[Pot]:
    """The alliances and currencies in which the scope's organization, their host, has partners with balances."""
    pots = []
    for alliance in hosted_alliances():
        book = find_book(alliance_id=alliance.id)
        if book is None:
            continue
        currencies = {
            account.currency
            for account in accounts(book_id=book.id)
            if account.kind is AccountKind.AVAILABLE and account.organization_id != book.host_id
        }
        pots += [Pot(alliance.id, alliance.name, currency) for currency in sorted(currencies)]
    return pots


def first_payments(payouts: Sequence[Payout]) -> set[UUID]:
    """Those of these payouts whose account was never paid to before by this host: worth a second look."""
    accounts_paid = set(
        Payout.objects.filter(
            account_sha256__in={payout.account_sha256 for payout in payouts}, state=PayoutState.CONFIRMED
        ).values_list("account_sha256", flat=True)
    )
    return {payout.id for payout in payouts if payout.account_sha256 not in accounts_paid}


@dataclass(frozen=True, slots=True)
class Payment:
    """What happened to a payout on a day of its agreement's period; `kind` is that of the journal."""

    payout: Payout
    kind: str
    effective_on: date
    amount_minor: int


def payments_between(*, agreement_id: UUID, organization_id: UUID, begin: date, end: date) -> list[Payment]:
    """What was paid to a party under an agreement from `begin` to before `end`, and what came back of it, in order."""
    moved = Entry.objects.filter(
        journal__kind__in=["payout_confirmed", "payout_returned"],
        journal__agreement_id=agreement_id,
        account__organization_id=organization_id,
        account__kind__in=[AccountKind.AVAILABLE, AccountKind.IN_TRANSIT],
        effective_on__gte=begin,
        effective_on__lt=end,
    )
    rows = moved.order_by("journal_id").values_list("journal__key", "journal__kind", "effective_on", "amount_minor")
    found = {(key, kind): (on, abs(amount)) for key, kind, on, amount in rows}
    payouts = Payout.objects.in_bulk({UUID(key.split(":")[1]) for key, _ in found}) if found else {}
    return [
        Payment(payouts[UUID(key.split(":")[1])], kind, on, amount)
        for (key, kind), (on, amount) in found.items()
        if UUID(key.split(":")[1]) in payouts
    ]


def batches_waiting() -> int:
    """How many batches of the scope's organization wait for approval."""
    return PayoutBatch.objects.filter(state=BatchState.PREPARED).count()
