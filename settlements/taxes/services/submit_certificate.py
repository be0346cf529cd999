"""Give a tax certificate to a host."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.files import FileKind, UploadRules, received_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.taxes.hosts import hosts_of
from settlements.taxes.models import CertificateKind, TaxCertificate


class CertificateDaysError(InvalidInputError):
    """It ends before it begins."""

    code = "certificate_days"
    sentence = _("The last day lies before the first one.")


class NoSuchHostError(InvalidInputError):
    """The certificate is for somebody who pays the organization."""

    code = "no_such_host"
    sentence = _("Choose a host of an alliance that you belong to.")


@dataclass(frozen=True, slots=True)
class NewCertificate:
    """What a certificate says."""

    host_id: UUID
    kind: CertificateKind
    number: str
    valid_from: date
    valid_until: date | None = None


def submit_certificate(
    *,
    actor: Actor,
    certificate: NewCertificate,
    content: File,  # type: ignore[type-arg]
    name: str,
    now: datetime,
) -> UUID:
    """Keep the certificate with its document; the host decides whether it counts. Its id.

    Raises `CertificateDaysError`, `NoSuchHostError`, what `received_file` raises, `NotPermittedError`.
    """
    actor.require(Permission.TAX_MANAGE)
    if certificate.valid_until is not None and certificate.valid_until < certificate.valid_from:
        raise CertificateDaysError(field="valid_until")
    with atomic():
        if certificate.host_id not in hosts_of(actor.organization_id):
            raise NoSuchHostError(field="host")
        rules = UploadRules(frozenset(FileKind), settings.UPLOAD_MAX_BYTES)
        with received_file(content, name=name, rules=rules, organization_id=actor.organization_id) as received:
            row = TaxCertificate.objects.create(
                organization_id=actor.organization_id,
                host_id=certificate.host_id,
                kind=certificate.kind,
                number=certificate.number.strip()[:60],
                valid_from=certificate.valid_from,
                valid_until=certificate.valid_until,
                submitted_by=actor.label[:160],
                submitted_at=now,
                **received.columns(),
            )
            said = {"number": row.number, "valid_from": row.valid_from.isoformat(), "sha256": received.sha256}
            record(actor, "tax.certificate_submitted", row, now=now, after=said)
    return row.id
