"""The host says whether a partner's tax certificate counts."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.taxes.models import CertificateState, TaxCertificate


class CertificateDecidedError(DomainError):
    """It was decided before."""

    code = "certificate_decided"
    sentence = _("This certificate is decided already. The partner may submit another one.")


class NoteMissingError(InvalidInputError):
    """The partner must know what to change."""

    code = "note_missing"
    sentence = _("Say why: the partner reads it.")


def decide_certificate(*, actor: Actor, certificate_id: UUID, is_accepted: bool, note: str = "", now: datetime) -> None:
    """Accepted, it counts for payouts prepared from now on, on its days. What was withheld before stays withheld.

    Raises `CertificateDecidedError`, `NoteMissingError` where it is declined without a word, `NotFoundError`, and
    `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.TAX_MANAGE)
    with atomic():
        row = TaxCertificate.objects.select_for_update().filter(pk=certificate_id).first()
        if row is None:
            raise NotFoundError
        if row.host_id != actor.organization_id:
            raise NotPermittedError
        if not row.is_waiting:
            raise CertificateDecidedError
        if not is_accepted and not note.strip():
            raise NoteMissingError(field="note")
        row.state = CertificateState.ACCEPTED if is_accepted else CertificateState.DECLINED
        row.decided_by, row.decided_at, row.note = actor.label[:160], now, note.strip()[:300]
        row.save(update_fields=["state", "decided_by", "decided_at", "note"])
        said = {"number": row.number, "note": row.note}
        if is_accepted:
            record(actor, "tax.certificate_accepted", row, now=now, after=said)
        else:
            record(actor, "tax.certificate_declined", row, now=now, after=said)
