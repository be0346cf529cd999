"""The tables of partners, a module for each aggregate."""

from partners.agreements.models import (
    AgreementFile,
    Ending,
    EndingKindChoice,
    EndingSignature,
    EndingStatus,
    Reminder,
    Renewal,
    SignaturePurpose,
    SignedCopy,
)
from partners.keys.models import ApiKey
from partners.models.agreements import (
    Acceptance,
    Agreement,
    AgreementParty,
    AgreementStatus,
    AtEndChoice,
    TermsStatus,
    TermsVersion,
)
from partners.models.alliances import Alliance, AllianceMembership
from partners.models.organizations import (
    HostApplication,
    HostApplicationStatus,
    Invitation,
    Member,
    Organization,
    OrganizationKind,
    OrganizationStatusChange,
)
from partners.models.users import User
from partners.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
    WebhookSender,
)

from partners.access.models import AccessRules, Session, Viewing  # isort: skip  # they point to the tables above
from partners.drafts.models import AgreementDraft  # isort: skip
from partners.onboarding.models import (  # isort: skip
    ApplicationDocument,
    ApplicationIntent,
    ApplicationPage,
    ApplicationPageLogo,
    BankAccount,
    OperatorNote,
    PartnerApplication,
    ReviewNote,
    ReviewTick,
)

__all__ = [
    "Acceptance",
    "AccessRules",
    "Agreement",
    "AgreementDraft",
    "AgreementFile",
    "AgreementParty",
    "AgreementStatus",
    "Alliance",
    "AllianceMembership",
    "ApiKey",
    "ApplicationDocument",
    "ApplicationIntent",
    "ApplicationPage",
    "ApplicationPageLogo",
    "AtEndChoice",
    "BankAccount",
    "Ending",
    "EndingKindChoice",
    "EndingSignature",
    "EndingStatus",
    "HostApplication",
    "HostApplicationStatus",
    "Invitation",
    "Member",
    "OperatorNote",
    "Organization",
    "OrganizationKind",
    "OrganizationStatusChange",
    "PartnerApplication",
    "Reminder",
    "Renewal",
    "ReviewNote",
    "ReviewTick",
    "Session",
    "SignaturePurpose",
    "SignedCopy",
    "TermsStatus",
    "TermsVersion",
    "User",
    "Viewing",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookMessage",
    "WebhookSender",
]
