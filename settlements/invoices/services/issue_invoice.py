"""Issue a self-billing invoice, or credit note, for a partner's statement."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.events import InvoiceIssued
from settlements.invoices.eligibility import OBSTACLES, Invoiceable, Obstacle, invoiceable
from settlements.invoices.latest import latest_invoice
from settlements.invoices.models import Invoice, InvoiceOrigin, InvoiceState
from settlements.models import Statement


class InvoiceKeptBackError(DomainError):
    """Something is missing; `obstacle` says what."""

    code = "invoice_kept_back"
    sentence = _("No invoice can be issued for this statement.")

    def __init__(self, obstacle: Obstacle) -> None:
        self.obstacle = obstacle
        super().__init__(OBSTACLES[obstacle])


def issue_invoice(*, actor: Actor, statement_id: UUID, now: datetime) -> UUID:
    """The id of the statement's invoice, issued now if there is none. Its number follows the last one without a gap.

    In the place of one that was objected to comes a corrected one, with the tax settings of now. What goes back to an earlier
    statement is taxed as that one was. A credit note names the invoice to which it goes back, else the latest of the same partner
    under the agreement. The PDF follows. Raises
    `InvoiceKeptBackError`, `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.INVOICE_MANAGE)
    with atomic():
        statement = Statement.objects.select_related("period").filter(pk=statement_id).first()
        if statement is None:
            raise NotFoundError
        if statement.host_id != actor.organization_id or statement.organization_id == statement.host_id:
            raise NotPermittedError
        latest = latest_invoice(statement_id)
        if latest is not None and not latest.is_objected:
            return latest.id
        found = invoiceable(statement)
        if found.obstacle is not None:
            raise InvoiceKeptBackError(found.obstacle)
        try:
            with atomic():
                return _issue(actor, found, latest, now)
        except IntegrityError:  # somebody issued it at the same moment; the number that this one took is free again
            return Invoice.objects.exclude(state=InvoiceState.OBJECTED).get(statement_id=statement_id).id


def _issue(actor: Actor, found: Invoiceable, replaced: Invoice | None, now: datetime) -> UUID:
    if found.rule is None or found.supplier is None or found.receiver is None:
        raise TypeError("What has no obstacle is complete.")
    statement = found.statement
    issued_on = local_date(now, statement.time_zone)
    invoice = Invoice.objects.create(
        host_id=statement.host_id,
        organization_id=statement.organization_id,
        agreement_id=statement.agreement_id,
        statement=statement,
        origin=InvoiceOrigin.SELF_BILLING,
        year=issued_on.year,
        issued_on=issued_on,
        currency=found.amounts.currency,
        net_minor=found.amounts.net_minor,
        vat_minor=found.amounts.vat_minor,
        treatment=found.by_rate[0].treatment,
        rate=found.by_rate[0].rate,
        by_rate=[part.to_json() for part in found.by_rate],
        supplier=asdict(found.supplier),
        receiver=asdict(found.receiver),
        credits=_credited(found) if found.amounts.is_credit else None,
        replaces=replaced,
        state=InvoiceState.ISSUED,
        issued_by=actor.label[:160],
        issued_at=now,
    )
    invoice.refresh_from_db(fields=["number", "sequence"])
    said = {"number": invoice.number, "total_minor": invoice.total_minor, "currency": invoice.currency}
    record(actor, "invoice.issued", invoice, now=now, after=said)
    publish(InvoiceIssued(invoice_id=str(invoice.id), statement_id=str(statement.id)), now=now)
    return invoice.id


def _credited(found: Invoiceable) -> Invoice | None:
    """The latest invoice of those to which it goes back, else of all before."""
    statement, numbers = found.statement, [part.invoice_number for part in found.by_rate if part.invoice_number]
    rows = Invoice.objects.filter(
        agreement_id=statement.agreement_id, organization_id=statement.organization_id, net_minor__gt=0
    ).exclude(state=InvoiceState.OBJECTED)
    latest = rows.order_by("-issued_at", "-id")
    return latest.filter(number__in=numbers).first() or latest.first()
