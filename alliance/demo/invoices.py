"""The demo's invoices: a partner's own for its latest statement, and what another says to those issued for it."""

from datetime import datetime
from typing import Final

from django.core.files.base import ContentFile
from fpdf import FPDF

from alliance.demo.world import AUTO, FITNESS, actor_of
from alliance.kernel.clock import local_date
from alliance.kernel.tenancy import organization_scope
from settlements.invoices.eligibility import amounts_of
from settlements.invoices.services.answer_invoice import answer_invoice
from settlements.invoices.services.submit_invoice import OwnInvoice, submit_invoice
from settlements.models import Invoice, Statement

NUMBER: Final = "AUT-2026-001"


def ensure_invoices(*, now: datetime) -> None:
    """One invoice of the car partner that matches its statement; the fitness partner accepts the first one issued for it.

    Those issued by self-billing come with the closes. Repeating it adds and answers none.
    """
    with organization_scope(AUTO.id):
        statements = Statement.objects.filter(organization_id=AUTO.id).exclude(current_minor=0)
        statement = statements.order_by("-starts_on").first()
        if statement is not None and not Invoice.objects.filter(organization_id=AUTO.id).exists():
            _submit(statement, now)
    with organization_scope(FITNESS.id):
        issued = Invoice.objects.filter(organization_id=FITNESS.id).order_by("sequence").first()
        if issued is not None and issued.is_waiting:
            answer_invoice(actor=actor_of(FITNESS), invoice_id=issued.id, is_accepted=True, now=now)


def _submit(statement: Statement, now: datetime) -> None:
    submit_invoice(
        actor=actor_of(AUTO),
        statement_id=statement.id,
        invoice=OwnInvoice(NUMBER, local_date(now, statement.time_zone), amounts_of(statement)),
        content=ContentFile(_document(f"Invoice {NUMBER} for statement {statement.number} (demo)")),
        name="invoice.pdf",
        now=now,
    )


def _document(text: str) -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=16)
    document.multi_cell(w=0, text=text)
    return bytes(document.output())
