"""What invoices follow: closed periods, and their own issue."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from settlements.events import InvoiceIssued, PeriodClosed
from settlements.invoices.services.issue_invoices_of_period import issue_invoices_of_period
from settlements.invoices.services.make_invoice_file import make_invoice_file


def on_period_closed(event: PeriodClosed, /, *, organization_id: UUID, now: datetime) -> None:
    """Issue what the terms have the host issue."""
    actor = system_actor(organization_id, label="close of a period")
    issue_invoices_of_period(actor=actor, period_id=UUID(event.period_id), now=now)


def on_invoice_issued(event: InvoiceIssued, /, *, organization_id: UUID, now: datetime) -> None:
    """Make its PDF."""
    make_invoice_file(actor=system_actor(organization_id), invoice_id=UUID(event.invoice_id), now=now)


def register() -> None:
    """Called once when the app is ready."""
    subscribe(PeriodClosed, on_period_closed, name="settlements.issue_invoices", queue="money")
    subscribe(InvoiceIssued, on_invoice_issued, name="settlements.make_invoice_file", queue="reports")
