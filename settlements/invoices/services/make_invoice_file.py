"""Make the PDF of a self-billing invoice, once, and keep it with its hash."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files.kinds import FileKind
from alliance.kernel.files.receiving import FOLDER, safe_name
from alliance.kernel.tenancy import atomic
from settlements.invoices.models import Invoice, InvoiceFile, InvoiceOrigin


def make_invoice_file(*, actor: Actor, invoice_id: UUID, now: datetime) -> UUID:
    """The id of the invoice's file, made now if there is none. In the host's scope. The same invoice gives the same bytes.

    Raises `NotFoundError` for what is no self-billing invoice.
    """
    from settlements.invoices.writing import invoice_bytes  # loads fpdf2 and its fonts: not for every process

    with atomic():
        rows = Invoice.objects.select_for_update(of=("self",)).select_related(
            "statement", "agreement", "credits", "replaces"
        )
        invoice = rows.filter(pk=invoice_id, origin=InvoiceOrigin.SELF_BILLING).first()
        if invoice is None:
            raise NotFoundError
        existing = InvoiceFile.objects.filter(invoice=invoice).values_list("pk", flat=True).first()
        if existing is not None:
            return existing
        return _keep(actor, invoice, invoice_bytes(invoice), now)


def _keep(actor: Actor, invoice: Invoice, body: bytes, now: datetime) -> UUID:
    stored_as = str(default_storage.save(f"{FOLDER}/{invoice.host_id}/{secrets.token_hex(24)}", ContentFile(body)))
    try:
        with atomic():
            file = InvoiceFile.objects.create(
                invoice=invoice,
                organization_id=invoice.organization_id,
                host_id=invoice.host_id,
                file_name=safe_name(f"{invoice.number}.pdf", FileKind.PDF),
                file_kind=FileKind.PDF,
                size_bytes=len(body),
                sha256=hashlib.sha256(body).hexdigest(),
                stored_as=stored_as,
                created_at=now,
            )
            record(actor, "invoice.file_made", invoice, now=now, after={"sha256": file.sha256})
    except BaseException:
        default_storage.delete(stored_as)
        raise
    return file.id
