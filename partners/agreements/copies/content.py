"""What a signed copy says, gathered from the version that was signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from uuid import UUID

from django.conf import settings

from alliance.kernel.files.serving import open_stored
from partners.domain.document import texts_of
from partners.domain.evidence import AcceptanceRecord, Evidence
from partners.models import Acceptance, TermsVersion
from partners.sentences import Section, sections_of


@dataclass(frozen=True, slots=True)
class Reading:
    """The version as read in one language: its terms as sentences, and the legal text in Markdown, if there is one."""

    language: str
    sections: tuple[Section, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """The attached file, as it was signed."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True)
class CopyContent:
    """Everything that the copy says. The same content always gives the same bytes."""

    evidence: Evidence
    readings: tuple[Reading, ...]
    attachment: Attachment | None
    time_zone: str


def copy_content(version: TermsVersion) -> CopyContent:
    """The content of an accepted version's copy; raises `FileGoneError` when the attached file is lost."""
    names = {UUID(str(party["organization_id"])): str(party["name"]) for party in _parties(version)}
    texts = texts_of(version.document)
    readings = (
        Reading(code, sections_of(version, names, language=code), texts.get(code, ""))
        for code, _name in settings.LANGUAGES
    )
    return CopyContent(evidence_of(version), tuple(readings), _attachment(version), version.agreement.time_zone)


def evidence_of(version: TermsVersion) -> Evidence:
    """The document as it is kept, and its acceptances in the order of the parties."""
    signed = {acceptance.organization_id: acceptance for acceptance in version.acceptances.all()}
    records = (
        _record(signed[UUID(str(party["organization_id"]))], party)
        for party in _parties(version)
        if UUID(str(party["organization_id"])) in signed
    )
    accepted_at = version.accepted_at.astimezone(UTC).isoformat() if version.accepted_at else ""
    return Evidence(version.document, version.document_sha256, tuple(records), accepted_at)


def _parties(version: TermsVersion) -> list[Mapping[str, object]]:
    """The parties that the document names; documents of schema 1 name them in the terms alone."""
    return list(version.document.get("parties") or []) or [
        {"organization_id": str(party), "name": str(party)} for party in version.parsed().parties
    ]


def _record(acceptance: Acceptance, party: Mapping[str, object]) -> AcceptanceRecord:
    return AcceptanceRecord(
        organization_id=str(acceptance.organization_id),
        organization_name=str(party["name"]),
        signer_name=acceptance.signer_name,
        signer_title=acceptance.signer_title,
        signer_role=acceptance.signer_role,
        language=acceptance.language,
        ip_prefix=acceptance.ip_prefix,
        browser=acceptance.browser,
        second_factor=acceptance.second_factor,
        document_sha256=acceptance.document_sha256,
        accepted_at=acceptance.accepted_at.astimezone(UTC).isoformat(),
    )


def _attachment(version: TermsVersion) -> Attachment | None:
    if version.attached is None:
        return None
    with open_stored(version.attached) as stored:
        return Attachment(version.attached.file_name, stored.read())
