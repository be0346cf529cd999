"""How events and mails name an agreement, a version, an ending."""

from typing import TypedDict

from partners.models import Agreement, Ending, TermsVersion


class NamedAgreement(TypedDict):
    """The fields of `AgreementEvent`."""

    agreement_id: str
    alliance_id: str
    host_id: str


class NamedVersion(NamedAgreement):
    """The fields of `VersionEvent`."""

    version_id: str
    number: int


class NamedEnding(NamedAgreement):
    """The fields of `EndingEvent`."""

    ending_id: str
    kind: str
    ends_at: str
    declared_by_id: str


def _of_agreement(agreement: Agreement) -> NamedAgreement:
    return {
        "agreement_id": str(agreement.id),
        "alliance_id": str(agreement.alliance_id),
        "host_id": str(agreement.host_id),
    }


def named(version: TermsVersion) -> NamedVersion:
    """A version and its agreement."""
    return {**_of_agreement(version.agreement), "version_id": str(version.id), "number": version.number}


def named_ending(ending: Ending) -> NamedEnding:
    """An ending and its agreement."""
    return {
        **_of_agreement(ending.agreement),
        "ending_id": str(ending.id),
        "kind": ending.kind,
        "ends_at": ending.ends_at.isoformat(),
        "declared_by_id": str(ending.declared_by_id or ""),
    }
