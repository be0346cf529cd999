"""The organization will be paid to another bank account."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models.organizations import Organization
from partners.onboarding.domain.bank_details import BankDetails
from partners.onboarding.models import BankAccount
from partners.onboarding.services.enter_bank_account import enter_bank_account
from partners.telling import tell_members


def change_bank_account(*, actor: Actor, details: BankDetails, now: datetime) -> UUID:
    """Enter another account; returns its id. The first takes effect at once.

    A later one after the days of `BANK_ACCOUNT_COOLING_DAYS`, and once a second person has confirmed it
    (`decide_bank_account`). Everybody who may manage the account is mailed of a later one, so that a change nobody wanted is seen before money moves.
    The present account again changes nothing. Raises `AnswerInvalidError`, `SecondFactorRequiredError`,
    `NotPermittedError`.
    """
    actor.require(Permission.BANK_ACCOUNT_MANAGE)
    with atomic():
        organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
        last = BankAccount.objects.order_by("-id").first()
        effective_at = now if last is None else now + timedelta(days=settings.BANK_ACCOUNT_COOLING_DAYS)
        account = enter_bank_account(
            actor=actor,
            details=details,
            effective_at=effective_at,
            now=now,
            needs_confirmation=last is not None,
        )
        if last is not None and account.pk != last.pk:
            facts = {
                "organization": organization.name,
                "person": actor.label,
                "account": account.masked,
                "effective_on": account.effective_at.date().isoformat(),
            }
            tell_members(
                template="bank_account_changed", permission=Permission.BANK_ACCOUNT_MANAGE, facts=facts, now=now
            )
    return account.pk
