"""A new version of an organization's bank account, and when it takes effect."""

from datetime import datetime

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.ids import new_id
from partners.onboarding.bank_numbers import number_fingerprints, sealed_number
from partners.onboarding.domain.bank_details import BankDetails
from partners.onboarding.models import BankAccount, BankAccountDecision
from partners.onboarding.sentences import refuse_problems


def enter_bank_account(
    *, actor: Actor, details: BankDetails, effective_at: datetime, now: datetime, needs_confirmation: bool = False
) -> BankAccount:
    """The account's new row, in the caller's transaction, after permission has been checked. The present one again is kept.

    With `needs_confirmation` money goes there only after a second person has agreed. Neither the audit row nor anything else
    shows the number. Raises `AnswerInvalidError`.
    """
    given = details.normalized()
    refuse_problems(given.problems())
    fingerprints = number_fingerprints(given.number, country=given.country)
    last = BankAccount.objects.order_by("-id").first()
    if last is not None and _is_same(last, given, fingerprints) and not _is_declined(last):
        return last
    account_id = new_id()
    account = BankAccount.objects.create(
        id=account_id,
        organization_id=actor.organization_id,
        kind=given.kind.value,
        country=given.country,
        holder_name=given.holder_name,
        bank_name=given.bank_name,
        branch=given.branch,
        cnaps=given.cnaps,
        bic=given.bic,
        sealed_number=sealed_number(given.number, account_id=account_id),
        masked=given.masked,
        fingerprints=fingerprints,
        created_at=now,
        created_by=actor.label[:160],
        created_by_id=actor.user_id,
        effective_at=effective_at,
        needs_confirmation=needs_confirmation,
    )
    audit.record(
        actor,
        "bank_account.entered",
        account,
        now=now,
        before={"account": last.masked} if last else None,
        after={"account": given.masked, "holder": given.holder_name, "effective_at": effective_at},
    )
    return account


def _is_declined(account: BankAccount) -> bool:
    return BankAccountDecision.objects.filter(account=account, is_confirmed=False).exists()


def _is_same(account: BankAccount, details: BankDetails, fingerprints: list[str]) -> bool:
    kept = (account.kind, account.holder_name, account.bank_name, account.branch, account.cnaps, account.bic)
    given = (
        details.kind.value,
        details.holder_name,
        details.bank_name,
        details.branch,
        details.cnaps,
        details.bic,
    )
    return kept == given and bool(set(account.fingerprints) & set(fingerprints))
