"""The invoice of a statement that stands at the end of its corrections."""

from uuid import UUID

from settlements.invoices.models import Invoice


def latest_invoice(statement_id: UUID) -> Invoice | None:
    """The one that nothing replaces, whatever was said to it; in the scope of either side."""
    return Invoice.objects.filter(statement_id=statement_id, replaced_by__isnull=True).first()
