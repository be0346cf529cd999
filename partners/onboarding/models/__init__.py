"""The tables of onboarding. They belong to the app `partners`."""

from partners.onboarding.models.applications import (
    ApplicationDocument,
    ApplicationIntent,
    DocumentKind,
    PartnerApplication,
    PartnerApplicationStatus,
)
from partners.onboarding.models.bank_accounts import BankAccount, BankAccountDecision, BankAccountKinds
from partners.onboarding.models.pages import ApplicationPage, ApplicationPageLogo, required_at_first
from partners.onboarding.models.review import OperatorNote, ReviewItem, ReviewNote, ReviewTick

__all__ = [
    "ApplicationDocument",
    "ApplicationIntent",
    "ApplicationPage",
    "ApplicationPageLogo",
    "BankAccount",
    "BankAccountDecision",
    "BankAccountKinds",
    "DocumentKind",
    "OperatorNote",
    "PartnerApplication",
    "PartnerApplicationStatus",
    "ReviewItem",
    "ReviewNote",
    "ReviewTick",
    "required_at_first",
]
