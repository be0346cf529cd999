"""The applicant saves the bank account with its application."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic
from partners.models.organizations import Organization
from partners.onboarding.domain.bank_details import BankDetails
from partners.onboarding.domain.lifecycle import Side
from partners.onboarding.models import BankAccount
from partners.onboarding.services.enter_bank_account import enter_bank_account
from partners.onboarding.services.move_application import ApplicationElsewhereError, locked_application


class BankAccountInUseError(DomainError):
    """An account that money goes to is changed on its own page, by those who may."""

    code = "bank_account_in_use"
    sentence = _(
        "Your organization is paid to a bank account already. Change it under Bank account; it goes with every application."
    )


def save_bank_account(*, actor: Actor, application_id: UUID, details: BankDetails, now: datetime) -> None:
    """Enter the account and put it into the application. It takes effect at once: nothing is paid to an applicant yet.

    Saving the same again changes nothing. Raises `NotFoundError`, `ApplicationElsewhereError`, `AnswerInvalidError`,
    `BankAccountInUseError` for an active organization that has one, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.APPLICANT)
        if not application.is_editable:
            raise ApplicationElsewhereError
        organization = Organization.objects.get(pk=actor.organization_id)
        if organization.status != OrganizationStatus.APPLYING and BankAccount.objects.exists():
            raise BankAccountInUseError
        account = enter_bank_account(actor=actor, details=details, effective_at=now, now=now)
        if application.bank_account_id == account.pk:
            return
        application.bank_account, application.bank_details, application.saved_at = account, account.shown(), now
        application.save(update_fields=["bank_account", "bank_details", "saved_at"])
