"""The supplier accepts a self-billing invoice, or objects to it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.invoices.models import Invoice, InvoiceState


class InvoiceAnsweredError(DomainError):
    """It was answered before, or needs no answer."""

    code = "invoice_answered"
    sentence = _("This invoice needs no answer any more.")


class ObjectionUnexplainedError(InvalidInputError):
    """The host must know what is wrong."""

    code = "objection_unexplained"
    sentence = _("Say what is wrong with the invoice.")


def answer_invoice(*, actor: Actor, invoice_id: UUID, is_accepted: bool, reason: str = "", now: datetime) -> None:
    """Keep the supplier's answer, once. An objection is the host's to settle: by a restatement, which the next invoice bears.

    Raises `InvoiceAnsweredError`, `ObjectionUnexplainedError`, `NotFoundError`, and `NotPermittedError` for anybody but
    the supplier.
    """
    actor.require(Permission.INVOICE_MANAGE)
    with atomic():
        invoice = Invoice.objects.select_for_update().filter(pk=invoice_id).first()
        if invoice is None:
            raise NotFoundError
        if invoice.organization_id != actor.organization_id:
            raise NotPermittedError
        if not invoice.is_waiting:
            raise InvoiceAnsweredError
        if not is_accepted and not reason.strip():
            raise ObjectionUnexplainedError(field="reason")
        invoice.state = InvoiceState.ACCEPTED if is_accepted else InvoiceState.OBJECTED
        invoice.reason, invoice.answered_by, invoice.answered_at = reason.strip()[:300], actor.label[:160], now
        invoice.save(update_fields=["state", "reason", "answered_by", "answered_at"])
        said = {"number": invoice.number, "reason": invoice.reason}
        if is_accepted:
            record(actor, "invoice.accepted", invoice, now=now, after=said)
        else:
            record(actor, "invoice.objected", invoice, now=now, after=said)
