"""An invoice is accepted, or objected to: by its supplier if it was issued for it, by the host if the supplier wrote it."""

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
    """Keep the answer of the side that did not write the invoice, once. What was objected to is replaced by a corrected one.

    What is wrong with the amounts is settled by a restatement, which the next invoice bears; all else by issuing it, or bringing
    it, anew. Raises `InvoiceAnsweredError`, `ObjectionUnexplainedError`, `NotFoundError`, and `NotPermittedError` for anybody but
    that side.
    """
    actor.require(Permission.INVOICE_MANAGE)
    with atomic():
        invoice = Invoice.objects.select_for_update().filter(pk=invoice_id).first()
        if invoice is None:
            raise NotFoundError
        if invoice.answered_from != actor.organization_id:
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
