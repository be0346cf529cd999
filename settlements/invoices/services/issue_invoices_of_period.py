"""Issue the self-billing invoices of a closed period, as far as nothing keeps them back."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from settlements.invoices.services.issue_invoice import InvoiceKeptBackError, issue_invoice
from settlements.models import Statement


def issue_invoices_of_period(*, actor: Actor, period_id: UUID, now: datetime) -> list[UUID]:
    """Their ids, in the order of the parties. Repeating it issues nothing again.

    What is kept back can be issued by hand later, and so can the corrected one of what was objected to.
    """
    actor.require(Permission.INVOICE_MANAGE)
    statements = Statement.objects.filter(period_id=period_id, host_id=actor.organization_id, invoices__isnull=True)
    issued = []
    for statement_id in (
        statements.exclude(organization_id=actor.organization_id).order_by("number").values_list("pk", flat=True)
    ):
        try:
            issued.append(issue_invoice(actor=actor, statement_id=statement_id, now=now))
        except InvoiceKeptBackError:
            continue
    return issued
