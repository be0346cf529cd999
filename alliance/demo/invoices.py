"""The demo's invoice: a partner's own, for its latest statement."""

from datetime import datetime
from typing import Final

from django.core.files.base import ContentFile
from fpdf import FPDF

from alliance.demo.world import FITNESS, actor_of
from alliance.kernel.clock import local_date
from alliance.kernel.tenancy import organization_scope
from settlements.invoices.eligibility import amounts_of
from settlements.invoices.services.submit_invoice import OwnInvoice, submit_invoice
from settlements.models import Invoice, Statement

NUMBER: Final = "FIT-2026-001"


def ensure_invoice(*, now: datetime) -> None:
    """One invoice that matches its statement; repeating it adds none."""
    with organization_scope(FITNESS.id):
        statements = Statement.objects.filter(organization_id=FITNESS.id).exclude(current_minor=0)
        statement = statements.order_by("-starts_on").first()
        if statement is None or Invoice.objects.filter(organization_id=FITNESS.id).exists():
            return
        invoice = OwnInvoice(NUMBER, local_date(now, statement.time_zone), amounts_of(statement))
        submit_invoice(
            actor=actor_of(FITNESS),
            statement_id=statement.id,
            invoice=invoice,
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
