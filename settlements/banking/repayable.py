"""What partners owe and may pay back through the bank. Read in the host's scope."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Sum

from partners.onboarding.payees import payee_accounts
from partners.selectors import agreements_of, organization_names
from settlements.banking.domain.matching import ExpectedRepayment
from settlements.banking.models import BankMatch, MatchKinds, MatchState
from settlements.ledger.domain import AccountKind
from settlements.ledger.selectors import accounts, balances, find_book


@dataclass(frozen=True, slots=True)
class RepayableDebt:
    """What one partner owes under one agreement, less what waits for approval as paid back."""

    agreement_id: UUID
    agreement_name: str
    organization_id: UUID
    organization_name: str
    currency: str
    amount_minor: int

    @property
    def value(self) -> str:
        """How forms and suggestions name it."""
        return f"{self.agreement_id}:{self.organization_id}"


def repayable_debts(*, alliance_id: UUID, currency: str | None = None) -> list[RepayableDebt]:
    """Debts that the closes of an alliance carry, the largest first; of one currency if named.

    What has gone below nothing in a period that is still open becomes a debt with its close.
    """
    book = find_book(alliance_id=alliance_id)
    owed_on = [
        account
        for account in (accounts(book_id=book.id) if book else ())
        if account.kind is AccountKind.RECEIVABLE and account.agreement_id and currency in {None, account.currency}
    ]
    amounts = balances(account_ids=[account.id for account in owed_on]) if owed_on else {}
    owing = [account for account in owed_on if amounts.get(account.id, 0) > 0]
    if not owing:
        return []
    waiting, names = _waiting(alliance_id), organization_names({account.organization_id for account in owing})
    agreements = {agreement.id: agreement.name for agreement in agreements_of(alliance_id=alliance_id)}
    found = [
        RepayableDebt(
            agreement_id=account.agreement_id,
            agreement_name=agreements[account.agreement_id],
            organization_id=account.organization_id,
            organization_name=names.get(account.organization_id, ""),
            currency=account.currency,
            amount_minor=amounts[account.id]
            - waiting.get((account.agreement_id, account.organization_id, account.currency), 0),
        )
        for account in owing
        if account.agreement_id is not None
    ]
    return sorted((debt for debt in found if debt.amount_minor > 0), key=lambda debt: (-debt.amount_minor, debt.value))


def repayable_debt(*, alliance_id: UUID, currency: str, agreement_id: UUID, debtor_id: UUID) -> RepayableDebt | None:
    """One of them, if anything is owed."""
    wanted = (agreement_id, debtor_id)
    debts = repayable_debts(alliance_id=alliance_id, currency=currency)
    return next((debt for debt in debts if (debt.agreement_id, debt.organization_id) == wanted), None)


def expected_repayments(*, alliance_id: UUID, now: datetime) -> list[ExpectedRepayment]:
    """The debts as matching sees them: from which account, under which name they would be paid back."""
    debts = repayable_debts(alliance_id=alliance_id)
    payers = payee_accounts({debt.organization_id for debt in debts}, at=now) if debts else {}
    return [
        ExpectedRepayment(
            id=debt.value,
            currency=debt.currency,
            amount_minor=debt.amount_minor,
            name=payers[debt.organization_id].holder_name if debt.organization_id in payers else debt.organization_name,
            accounts=frozenset(payers[debt.organization_id].fingerprints if debt.organization_id in payers else ()),
        )
        for debt in debts
    ]


def _waiting(alliance_id: UUID) -> dict[tuple[UUID, UUID, str], int]:
    rows = BankMatch.objects.filter(alliance_id=alliance_id, kind=MatchKinds.REPAYMENT, state=MatchState.WAITING)
    sums = rows.order_by().values("agreement_id", "debtor_id", "currency").annotate(sum=Sum("amount_minor"))
    return {(row["agreement_id"], row["debtor_id"], row["currency"]): int(row["sum"]) for row in sums}
