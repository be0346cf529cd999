"""The tables of partners, a module for each aggregate."""

from partners.models.agreements import Acceptance, Agreement, AgreementParty, TermsVersion
from partners.models.alliances import Alliance, AllianceMembership
from partners.models.keys import ApiKey
from partners.models.organizations import Invitation, Member, Organization
from partners.models.users import User

__all__ = [
    "Acceptance",
    "Agreement",
    "AgreementParty",
    "Alliance",
    "AllianceMembership",
    "ApiKey",
    "Invitation",
    "Member",
    "Organization",
    "TermsVersion",
    "User",
]
