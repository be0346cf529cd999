"""An approved batch of payouts as transfers for the bank. Read in the host's scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError, NotFoundError
from partners.onboarding.bank_numbers import opened_number
from partners.onboarding.payees import payee_with_number
from partners.onboarding.selectors import account_in_effect
from partners.selectors import organization_time_zone
from settlements.banking.domain.transfers import Transfer, TransferAccount, TransferList
from settlements.payouts.models import BatchState, Payout, PayoutBatch, PayoutState

_IBAN = "iban"
FILEABLE: Final = (BatchState.APPROVED, BatchState.SENT, BatchState.FINISHED)


class BatchNotApprovedError(DomainError):
    """Nobody takes to the bank what is not approved."""

    code = "batch_not_approved"
    sentence = _("A bank file is made of an approved batch only.")


class OwnAccountMissingError(DomainError):
    """Payments go from somewhere."""

    code = "own_account_missing"
    sentence = _("Enter your own bank account first: the payments go from there.")


@dataclass(frozen=True, slots=True)
class FileableBatch:
    """A batch that a file can be made of, and when it was approved."""

    batch: PayoutBatch
    approved_at: datetime


def fileable_batch(batch_id: UUID) -> FileableBatch:
    """The approved batch. Raises `BatchNotApprovedError`, `NotFoundError`."""
    batch = PayoutBatch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotFoundError
    if batch.state not in FILEABLE or batch.approved_at is None:
        raise BatchNotApprovedError
    return FileableBatch(batch, batch.approved_at)


def transfers_of(found: FileableBatch) -> TransferList:
    """What was approved, from the host's own account, as of the approval: the same whenever it is read.

    Raises `OwnAccountMissingError`, `SealBrokenError`.
    """
    batch, at = found.batch, found.approved_at
    payer = _own_account(at)
    payouts = Payout.objects.filter(batch=batch).exclude(state=PayoutState.CANCELLED).order_by("reference")
    transfers = tuple(_transfer(payout) for payout in payouts)
    is_all_iban = payer.is_iban and all(transfer.payee.is_iban for transfer in transfers)
    return TransferList(
        message_id=batch.reference,
        created_at=at,
        execute_on=local_date(at, organization_time_zone(organization_id=batch.organization_id)),
        payer=payer,
        currency=batch.currency,
        is_sepa=batch.currency == "EUR" and is_all_iban,
        transfers=transfers,
    )


def _own_account(at: datetime) -> TransferAccount:
    account = account_in_effect(at)
    if account is None:
        raise OwnAccountMissingError
    return TransferAccount(
        account.holder_name,
        opened_number(account),
        is_iban=account.kind == _IBAN,
        bic=account.bic,
        bank_name=_bank_name(account.bank_name, account.branch),
        cnaps=account.cnaps,
    )


def _transfer(payout: Payout) -> Transfer:
    account, number = payee_with_number(payout.account_id)
    payee = TransferAccount(
        account.holder_name,
        number,
        is_iban=account.kind == _IBAN,
        bic=account.bic,
        bank_name=_bank_name(account.bank_name, account.branch),
        cnaps=account.cnaps,
    )
    return Transfer(payout.reference, payee, payout.currency, payout.amount_minor, payout.reference)


def _bank_name(bank: str, branch: str) -> str:
    """The bank with its branch, once: many write the bank's name into the branch's."""
    return branch if branch.startswith(bank) else f"{bank}{branch}"
