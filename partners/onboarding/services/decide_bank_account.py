"""A second person looks at a changed bank account before any money goes there."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models.organizations import Organization
from partners.onboarding.models import BankAccount, BankAccountDecision


class EnteredByYouError(DomainError):
    """Four eyes: who enters an account does not confirm it."""

    code = "entered_by_you"
    status = 403
    sentence = _("You entered this account. Somebody else of your organization has to confirm it.")


class AccountDecidedError(DomainError):
    """There is nothing to decide any more."""

    code = "account_decided"
    sentence = _("This account needs no decision any more. Load the page anew.")


def decide_bank_account(*, actor: Actor, account_id: UUID, is_confirmed: bool, now: datetime) -> None:
    """Confirm a changed account, or decline it for good; money goes on to the account before.

    Who entered it does neither. Raises `EnteredByYouError`, `AccountDecidedError`, `NotFoundError`,
    `SecondFactorRequiredError`, `PersonRequiredError`, `NotPermittedError`.
    """
    actor.require(Permission.BANK_ACCOUNT_MANAGE)
    actor.require_person()
    with atomic():
        Organization.objects.select_for_update().get(pk=actor.organization_id)
        account = BankAccount.objects.filter(pk=account_id).first()
        if account is None:
            raise NotFoundError
        if not account.needs_confirmation or BankAccountDecision.objects.filter(account=account).exists():
            raise AccountDecidedError
        if actor.user_id is None or actor.user_id == account.created_by_id:
            raise EnteredByYouError
        BankAccountDecision.objects.create(
            organization_id=actor.organization_id,
            account=account,
            is_confirmed=is_confirmed,
            decided_at=now,
            decided_by_id=actor.user_id,
            decided_by=actor.label[:160],
        )
        after = {"account": account.masked}
        if is_confirmed:
            audit.record(actor, "bank_account.confirmed", account, now=now, after=after)
        else:
            audit.record(actor, "bank_account.declined", account, now=now, after=after)
