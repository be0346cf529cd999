"""The tables of partners, a module for each aggregate."""

from partners.agreements.models import (
    Ending,
    EndingKindChoice,
    EndingSignature,
    EndingStatus,
    Renewal,
    SignaturePurpose,
)
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
from partners.models.keys import ApiKey
from partners.models.organizations import (
    Application,
    ApplicationStatus,
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

__all__ = [
    "Acceptance",
    "AccessRules",
    "Agreement",
    "AgreementDraft",
    "AgreementParty",
    "AgreementStatus",
    "Alliance",
    "AllianceMembership",
    "ApiKey",
    "Application",
    "ApplicationStatus",
    "AtEndChoice",
    "Ending",
    "EndingKindChoice",
    "EndingSignature",
    "EndingStatus",
    "Invitation",
    "Member",
    "Organization",
    "OrganizationKind",
    "OrganizationStatusChange",
    "Renewal",
    "Session",
    "SignaturePurpose",
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
