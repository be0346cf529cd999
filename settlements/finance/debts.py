"""What partners owe under their agreements, by age."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Sum

from alliance.kernel.clock import local_date
from partners.selectors import agreements_of
from settlements.domain.aging import DebtLot, by_age, debt_lots
from settlements.ledger.domain import AccountKind, LedgerAccount
from settlements.ledger.selectors import accounts, balances
from settlements.models import Entry

_OWED_ON = frozenset({AccountKind.AVAILABLE, AccountKind.RECEIVABLE})
_Seat = tuple[UUID, UUID, str]


@dataclass(frozen=True, slots=True)
class Debt:
    """What one party owes under one agreement: in all, and by age (0–30, 31–60, 61–90, more than 90 days).

    Days count on the agreement's clock, from the day on which its balance went below nothing. `account_id` is the
    account on which it stands.
    """

    organization_id: UUID
    agreement_id: UUID
    agreement_name: str
    currency: str
    amount_minor: int
    since: date
    today: date
    by_age_minor: tuple[int, ...]
    account_id: UUID


def debts(*, now: datetime) -> list[Debt]:
    """Every debt that the scope sees: one's own, and as a host those of one's partners; the oldest first.

    A number of queries that does not grow with them.
    """
    owing = _owing()
    if not owing:
        return []
    lots = _lots(owing)
    named = {agreement.id: agreement for agreement in agreements_of()}
    found = []
    for seat, (account, _debit) in owing.items():
        organization_id, agreement_id, currency = seat
        agreement = named[agreement_id]
        today = local_date(now, agreement.time_zone)
        found.append(
            Debt(
                organization_id=organization_id,
                agreement_id=agreement_id,
                agreement_name=agreement.name,
                currency=currency,
                amount_minor=sum(lot.amount_minor for lot in lots[seat]),
                since=lots[seat][0].since,
                today=today,
                by_age_minor=by_age(lots[seat], today),
                account_id=account.id,
            )
        )
    return sorted(found, key=lambda debt: (debt.since, debt.agreement_name, debt.organization_id))


def _owing() -> dict[_Seat, tuple[LedgerAccount, list[LedgerAccount]]]:
    """Who is below nothing: the account that holds most of it, and all of the party's under the agreement."""
    candidates = [account for account in accounts() if account.kind in _OWED_ON and account.agreement_id]
    amounts = balances(account_ids=[account.id for account in candidates]) if candidates else {}
    seats: defaultdict[_Seat, list[LedgerAccount]] = defaultdict(list)
    for account in candidates:
        assert account.agreement_id is not None
        seats[account.organization_id, account.agreement_id, account.currency].append(account)
    return {
        seat: (max(held, key=lambda account: amounts.get(account.id, 0)), held)
        for seat, held in seats.items()
        if sum(amounts.get(account.id, 0) for account in held) > 0
    }


def _lots(owing: dict[_Seat, tuple[LedgerAccount, list[LedgerAccount]]]) -> dict[_Seat, tuple[DebtLot, ...]]:
    whose = {account.id: seat for seat, (_most, held) in owing.items() for account in held}
    rows = (
        Entry.objects.filter(account_id__in=list(whose))
        .values_list("account_id", "effective_on")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    )
    changes: dict[_Seat, defaultdict[date, int]] = {seat: defaultdict(int) for seat in owing}
    for account_id, day, total in rows:
        changes[whose[account_id]][day] -= int(total)
    return {seat: debt_lots(sorted(days.items())) for seat, days in changes.items()}


def total_by_currency(found: Iterable[Debt]) -> dict[str, tuple[int, tuple[int, ...]]]:
    """For each currency what is owed in all, and by age."""
    sums: dict[str, tuple[int, tuple[int, ...]]] = {}
    for debt in found:
        total, ages = sums.get(debt.currency, (0, (0,) * len(debt.by_age_minor)))
        added = tuple(a + b for a, b in zip(ages, debt.by_age_minor, strict=True))
        sums[debt.currency] = (total + debt.amount_minor, added)
    return dict(sorted(sums.items()))
