"""Keep what a party owes apart from what it is owed. A step of closing."""

from settlements.domain.closing import owed_back
from settlements.ledger.domain import AccountKind
from settlements.models import Period
from settlements.services.find_balances import PartyBalances
from settlements.services.move_money import move_money


def settle_debts(*, period: Period, balances: PartyBalances, currency: str | None = None) -> None:
    """What is below nothing on a party's available account becomes owed; what is owed is paid out of what there is."""
    moves = [
        (
            party,
            AccountKind.RECEIVABLE,
            AccountKind.AVAILABLE,
            owed_back(balances.available(party), balances.spendable(party), balances.receivable(party)),
        )
        for party in balances.parties
        if party != period.host_id
    ]
    move_money(period=period, key="receivable", moves=moves, currency=currency)
