"""What stands on the parties' accounts of an agreement. A step of closing."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from settlements.ledger.domain import AccountKind
from settlements.ledger.selectors import accounts, balances
from settlements.models import Period


class PartyBalances:
    """Balances of one agreement's accounts in one currency, credits positive, now and as of a period's end."""

    def __init__(self, period: Period, currency: str) -> None:
        found = {
            account.id: (account.organization_id, account.kind)
            for account in accounts(agreement_id=period.agreement_id)
            if account.currency == currency and account.kind in {AccountKind.AVAILABLE, AccountKind.RECEIVABLE}
        }
        self._now = _by_owner(found, None)
        self._then = _by_owner(found, period.ends_on)
        self._found, self._starts_on = found, period.starts_on
        self.parties = sorted({party for party, _ in found.values()})

    def available(self, party_id: UUID) -> int:
        """What is available now; less than nothing when more was taken back."""
        return self._now[party_id, AccountKind.AVAILABLE]

    def spendable(self, party_id: UUID) -> int:
        """What was available by the period's end and has not gone elsewhere since."""
        return max(0, min(self.available(party_id), self._then[party_id, AccountKind.AVAILABLE]))

    def at_the_end(self, party_id: UUID) -> int:
        """What was available by the period's end, less than nothing included, and has not gone elsewhere since."""
        then = self._then[party_id, AccountKind.AVAILABLE]
        return self.spendable(party_id) if then > 0 else then

    def owed_before(self, party_id: UUID) -> int:
        """What the party owed when the period began; less than nothing when something was available to it. Asks anew."""
        before = _by_owner(self._found, self._starts_on)
        return -before[party_id, AccountKind.AVAILABLE] - before[party_id, AccountKind.RECEIVABLE]

    def receivable(self, party_id: UUID) -> int:
        """What the party owes."""
        return -self._now[party_id, AccountKind.RECEIVABLE]


def find_balances(period: Period, *, currency: str | None = None) -> PartyBalances:
    """What is available to the parties, and what they owe: now, and by the period's end. In the period's currency, or another."""
    return PartyBalances(period, currency or period.currency)


def _by_owner(
    found: Mapping[UUID, tuple[UUID, AccountKind]], before: date | None
) -> defaultdict[tuple[UUID, AccountKind], int]:
    amounts: defaultdict[tuple[UUID, AccountKind], int] = defaultdict(int)
    for account_id, amount in (balances(account_ids=list(found), before=before) if found else {}).items():
        amounts[found[account_id]] -= amount
    return amounts
