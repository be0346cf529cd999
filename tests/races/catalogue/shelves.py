"""An owner, a file of a few hundred items, and what a database looks like after importing it."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db.models.functions import Now

from alliance.kernel.clock import utc_now
from alliance.kernel.jobs import JobState
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.jobs.running import run_job
from alliance.kernel.models import OutboxMessage
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.models import Item, ItemImport, ItemImportError
from partners.catalogue.services.start_item_import import start_item_import
from partners.catalogue.services.upload_item_file import upload_item_file
from tests.cast import Party, partner_organization
from tests.spreadsheets import csv_bytes

HEADER = ("code", "kind", "title_en", "price", "stock")
MAPPING = ItemMapping(
    columns={name: name for name in HEADER}, default_currency="EUR", new_status="published", archive_missing=True
)


def owner() -> Party:
    return partner_organization(name="Owner")


def file_of(items: int, *, price: int = 0) -> bytes:
    """Items with some bad rows, and a code that comes again."""
    rows = [(f"I{number:04}", "course", f"Item {number}", f"{number + price}.50", "3") for number in range(items)]
    for number in range(0, items, 40):
        rows.insert(number, (f"bad{number}", "boat", "Bad", "1.00", ""))
        rows.insert(number, ("I0003", "course", "Again", "1.00", ""))
    return csv_bytes(rows, header=HEADER)


def start(party: Party, content: bytes) -> UUID:
    """An uploaded file and its import, waiting for a worker."""
    now = utc_now()
    with organization_scope(party.id):
        file_id = upload_item_file(
            actor=party.system, name="items.csv", content=ContentFile(content, "items.csv"), now=now
        )
        return start_item_import(actor=party.system, file_id=file_id, mapping=MAPPING, now=now)


def work(party: Party, import_id: UUID) -> bool:
    """One worker's attempt, at once, whatever pause an earlier one left."""
    with organization_scope(party.id):
        ItemImport.objects.filter(pk=import_id, lease_until__isnull=False).update(
            lease_until=Now() - timedelta(seconds=1)
        )
    return run_job(registered_job("partners.itemimport"), import_id, organization_id=party.id)


def tally(party: Party, import_id: UUID) -> dict[str, object]:
    with organization_scope(party.id):
        row = ItemImport.objects.get(pk=import_id)
    assert row.state == JobState.SUCCEEDED, row.error_detail
    return row.tally


def end_state(party: Party) -> dict[str, object]:
    """Everything that an import leaves behind, without ids and clocks."""
    with organization_scope(party.id):
        codes = {str(pk): code for pk, code in Item.objects.values_list("pk", "code")}
        told: Counter[tuple[str, str]] = Counter()
        for payload in OutboxMessage.objects.filter(topic="partners.catalogue.ItemsChanged").values_list(
            "payload", flat=True
        ):
            told.update((payload["change"], codes[pk]) for pk in payload["item_ids"])
        return {
            "items": sorted(Item.objects.values_list("code", "status", "version", "price_minor", "content_sha256")),
            "told": sorted(told.items()),
            "errors": sorted(ItemImportError.objects.values_list("row_number", "column", "code")),
        }
