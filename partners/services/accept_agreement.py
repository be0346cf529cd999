"""A party signs a version of an agreement's terms; the last signature puts it in force."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.events import AgreementSigned
from partners.models import Acceptance, Agreement, AgreementParty, AgreementStatus, TermsStatus, TermsVersion
from partners.services.tell_host import tell_host


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, as typed, and in which language the person read the terms."""

    name: str
    language: str


class VersionChangedError(DomainError):
    """The signature is for another content than the version has."""

    code = "version_changed"
    sentence = _("These are not the terms that are proposed now. Read them again, then accept.")


class VersionClosedError(DomainError):
    """The version is withdrawn, or in force already."""

    code = "version_closed"
    sentence = _("This version no longer waits for signatures.")


class SignerNameMissingError(InvalidInputError):
    """A signature has a name."""

    code = "signer_name_missing"
    sentence = _("Type your full name to sign.")


class TermsOverlapError(DomainError):
    """Another accepted version of the agreement covers a part of the same time."""

    code = "terms_overlap"
    sentence = _(
        "An accepted version is already in force during a part of this time. Propose a version for another time."
    )


def accept_agreement(
    *, actor: Actor, version_id: UUID, document_sha256: str, signature: Signature, now: datetime
) -> bool:
    """Record the acceptance of the actor's organization; `True` when this was the last one and the version is in force.

    The signature binds to the exact content hash the person saw. When every party has accepted, the version counts, an
    open-ended predecessor ends where it begins, the agreement is signed and `AgreementSigned` is published to the host.
    Accepting again changes nothing. Raises `NotFoundError`, `NotPermittedError`, `VersionChangedError`,
    `VersionClosedError`, `SignerNameMissingError`, `TermsOverlapError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    with atomic():
        version = locked_version(version_id)
        _require_seat(actor, version)
        if version.document_sha256 != document_sha256:
            raise VersionChangedError
        if Acceptance.objects.filter(version=version, organization_id=actor.organization_id).exists():
            return version.status == TermsStatus.ACCEPTED
        if not version.is_open:
            raise VersionClosedError
        sign_version(actor=actor, version=version, signature=signature, now=now)
        if _missing_signatures(version):
            return False
        _put_in_force(actor, version, now)
    return True


def locked_version(version_id: UUID) -> TermsVersion:
    """The version, with its agreement locked against every other change; raises `NotFoundError`."""
    agreement_id = TermsVersion.objects.filter(pk=version_id).values_list("agreement_id", flat=True).first()
    if agreement_id is None:
        raise NotFoundError
    agreement = Agreement.objects.select_for_update().get(pk=agreement_id)
    version = TermsVersion.objects.get(pk=version_id)
    version.agreement = agreement
    return version


def sign_version(*, actor: Actor, version: TermsVersion, signature: Signature, now: datetime) -> None:
    """Write the acceptance row; for the proposer's own signature and for `accept_agreement`. The agreement is locked."""
    name = signature.name.strip()
    if not name:
        raise SignerNameMissingError(field="signer_name")
    acceptance = Acceptance.objects.create(
        agreement_id=version.agreement_id,
        version=version,
        organization_id=actor.organization_id,
        user_id=actor.user_id,
        signer_name=name,
        signer_role=str(actor.role or actor.kind),
        language=signature.language,
        ip_prefix=actor.ip_prefix,
        document_sha256=version.document_sha256,
        accepted_at=now,
    )
    after = {"version": version.number, "document_sha256": version.document_sha256, "signer_name": name}
    audit.record(actor, "agreement.accepted", acceptance, now=now, after=after)


def _require_seat(actor: Actor, version: TermsVersion) -> None:
    if not AgreementParty.objects.filter(
        agreement_id=version.agreement_id, organization_id=actor.organization_id
    ).exists():
        raise NotPermittedError(_("Only the parties of an agreement sign it."))


def _missing_signatures(version: TermsVersion) -> bool:
    seats = set(
        AgreementParty.objects.filter(agreement_id=version.agreement_id).values_list("organization_id", flat=True)
    )
    return bool(seats - set(version.acceptances.values_list("organization_id", flat=True)))


def _put_in_force(actor: Actor, version: TermsVersion, now: datetime) -> None:
    agreement = version.agreement
    accepted = TermsVersion.objects.filter(agreement=agreement, status=TermsStatus.ACCEPTED)
    accepted.filter(effective_to=None, effective_from__lt=version.effective_from).update(
        effective_to=version.effective_from
    )
    _accept(version, now)
    Agreement.objects.filter(pk=agreement.id).update(status=AgreementStatus.SIGNED)
    audit.record(actor, "agreement.signed", agreement, now=now, after={"version": version.number})
    signed = AgreementSigned(
        agreement_id=str(agreement.id),
        alliance_id=str(agreement.alliance_id),
        host_id=str(agreement.host_id),
        version_id=str(version.id),
        number=version.number,
        effective_from=version.effective_from.isoformat(),
        effective_to=version.effective_to.isoformat() if version.effective_to else "",
    )
    tell_host(signed, host_id=agreement.host_id, now=now)


def _accept(version: TermsVersion, now: datetime) -> None:
    try:
        with atomic():
            TermsVersion.objects.filter(pk=version.id).update(status=TermsStatus.ACCEPTED, accepted_at=now)
    except IntegrityError as error:
        if "accepted_terms_never_overlap" in str(error):
            raise TermsOverlapError from error
        raise
