"""Who hears that a file is ready: webhooks of whose it is; of what a schedule asked for the person who set that up."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from alliance.kernel.events import subscribe
from partners.mails import page_address
from partners.selectors import organization_names
from partners.telling import tell_person
from partners.webhooks.types import Hearing, Told, WebhookData, register_webhook_type
from settlements.events import ExportReady
from settlements.models import Export


class ExportReadyData(WebhookData):
    """One file. Download it by the API while it is kept.

    `subject` says what it is of, and one of the ids which one: a statement, the book of an alliance, a batch of payouts (the file
    for the bank); a part of the audit trail has none. `is_scheduled`: a schedule asked for it.
    """

    export_id: UUID
    subject: Literal["statement", "book", "payout_batch", "audit_trail"]
    statement_id: UUID | None
    alliance_id: UUID | None
    payout_batch_id: UUID | None
    is_scheduled: bool
    file_format: Annotated[str, Field(pattern="^[a-z0-9.-]+$")]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    size_bytes: int


def on_export_ready(event: ExportReady, /, *, organization_id: UUID, now: datetime) -> None:
    """Tell the person who set up its schedule by mail, with the page of the file; it expires there."""
    export = Export.objects.select_related("schedule", "statement", "batch", "alliance").get(pk=event.export_id)
    if export.schedule is None or export.schedule.created_by_id is None:
        return
    facts = {
        "organization": organization_names([organization_id]).get(organization_id, ""),
        "statement": _about(export),
        "file": export.file_name,
        "link": page_address("export", export.pk),
    }
    tell_person(user_id=export.schedule.created_by_id, template="export_ready", facts=facts, now=now)


def _about(export: Export) -> str:
    """The statement, the batch, or the alliance whose book it is, by its name."""
    if export.statement is not None:
        return export.statement.number
    if export.batch is not None:
        return export.batch.reference
    return export.alliance.name if export.alliance else export.file_name


def _subject(export: Export) -> Literal["statement", "book", "payout_batch", "audit_trail"]:
    if export.statement_id is not None:
        return "statement"
    if export.batch_id is not None:
        return "payout_batch"
    return "book" if export.alliance_id is not None else "audit_trail"


def tell_export_ready(event: ExportReady, hearing: Hearing) -> Iterator[Told]:
    """The organization whose file it is, and nobody else."""
    export = Export.objects.get(pk=event.export_id)
    if export.organization_id in hearing.listening:
        data = ExportReadyData(
            export_id=export.pk,
            subject=_subject(export),
            statement_id=export.statement_id,
            alliance_id=export.alliance_id,
            payout_batch_id=export.batch_id,
            is_scheduled=export.schedule_id is not None,
            file_format=export.file_format,
            sha256=export.sha256,
            size_bytes=export.size_bytes,
        )
        yield Told(export.organization_id, data)


def register() -> None:
    """Called when the app is ready."""
    subscribe(ExportReady, on_export_ready, name="settlements.mail_export_ready", queue="mail")
    register_webhook_type(
        "export.ready",
        event=ExportReady,
        data=ExportReadyData,
        tell=tell_export_ready,
        description=_(
            "A file that you or a schedule of yours asked for is ready: of a statement, a book, a batch or the audit trail."
        ),
        example={
            "export_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1e01",
            "subject": "statement",
            "statement_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1b05",
            "alliance_id": None,
            "payout_batch_id": None,
            "is_scheduled": True,
            "file_format": "xlsx",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "size_bytes": 48213,
        },
    )
