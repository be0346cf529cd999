"""A party signs a version of an agreement's terms; the last signature puts it in force."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named
from partners.agreements.seats import locked_version, require_seat, seats_of
from partners.agreements.services.sign_version import Signature, SignerNameMissingError, sign_version
from partners.agreements.services.tell_parties import tell_parties
from partners.events import AgreementSigned, VersionSigned
from partners.models import Acceptance, Agreement, AgreementStatus, TermsStatus, TermsVersion

__all__ = [
    "Signature",
    "SignerNameMissingError",
    "TermsOverlapError",
    "VersionBeyondEndError",
    "VersionChangedError",
    "VersionClosedError",
    "accept_agreement",
    "sign_version",
]


class VersionChangedError(DomainError):
    """The signature is for another content than the version has."""

    code = "version_changed"
    sentence = _("These are not the terms that are proposed now. Read them again, then accept.")


class VersionClosedError(DomainError):
    """The version is withdrawn, answered by another one, or in force already."""

    code = "version_closed"
    sentence = _("This version no longer waits for signatures.")


class TermsOverlapError(DomainError):
    """Another accepted version of the agreement covers a part of the same time."""

    code = "terms_overlap"
    sentence = _(
        "An accepted version is already in force during a part of this time. Propose a version for another time."
    )


class VersionBeyondEndError(DomainError):
    """The agreement ends before the version would begin."""

    code = "version_beyond_end"
    sentence = _("The agreement ends before this version would begin. It can't be accepted any more.")


def accept_agreement(
    *, actor: Actor, version_id: UUID, document_sha256: str, signature: Signature, now: datetime
) -> bool:
    """Record the acceptance of the actor's organization; `True` when this was the last one and the version is in force.

    The signature binds to the exact content hash the person saw. When every party has accepted, the version counts, an
    open-ended predecessor ends where it begins, and so does the one with an end of its own that the document names; the
    agreement is signed and `AgreementSigned` is published to every party. Accepting again changes nothing. Raises
    `NotFoundError`, `NotPermittedError`, `PersonRequiredError`, `VersionChangedError`, `VersionClosedError`, `SignerNameMissingError`,
    `TermsOverlapError`, `VersionBeyondEndError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    actor.require_person()
    with atomic():
        version = locked_version(version_id)
        require_seat(actor, version.agreement)
        if version.document_sha256 != document_sha256:
            raise VersionChangedError
        if Acceptance.objects.filter(version=version, organization_id=actor.organization_id).exists():
            return version.is_accepted
        if not version.is_open:
            raise VersionClosedError
        if version.agreement.is_over_by(version.effective_from):
            raise VersionBeyondEndError
        sign_version(actor=actor, version=version, signature=signature, now=now)
        if _missing_signatures(version):
            signed = VersionSigned(organization_id=str(actor.organization_id), **named(version))
            tell_parties(signed, agreement=version.agreement, now=now)
            return False
        _put_in_force(actor, version, now)
    return True


def _missing_signatures(version: TermsVersion) -> bool:
    return bool(
        set(seats_of(version.agreement_id)) - set(version.acceptances.values_list("organization_id", flat=True))
    )


def _put_in_force(actor: Actor, version: TermsVersion, now: datetime) -> None:
    agreement = version.agreement
    _cut_predecessor(version)
    _accept(version, now)
    Agreement.objects.filter(pk=agreement.id).update(status=AgreementStatus.SIGNED)
    audit.record(actor, "agreement.signed", agreement, now=now, after={"version": version.number})
    signed = AgreementSigned(
        effective_from=version.effective_from.isoformat(),
        effective_to=version.effective_to.isoformat() if version.effective_to else "",
        **named(version),
    )
    tell_parties(signed, agreement=agreement, now=now)


def _cut_predecessor(version: TermsVersion) -> None:
    """End the version in force where this one begins, if it is open-ended or named by what everybody signed."""
    may_be_cut = Q(effective_to=None)
    if (named := version.document["takes_over_from"]) is not None:
        may_be_cut |= Q(number=named, effective_to__gt=version.effective_from)
    accepted = TermsVersion.objects.filter(agreement=version.agreement, status=TermsStatus.ACCEPTED)
    accepted.filter(may_be_cut, effective_from__lt=version.effective_from).update(effective_to=version.effective_from)


def _accept(version: TermsVersion, now: datetime) -> None:
    try:
        with atomic():
            TermsVersion.objects.filter(pk=version.id).update(status=TermsStatus.ACCEPTED, accepted_at=now)
    except IntegrityError as error:
        if "accepted_terms_never_overlap" in str(error):
            raise TermsOverlapError from error
        raise
