"""An alliance, a file of a few hundred orders, and what a database looks like after importing it."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.db.models import F
from django.db.models.functions import Now

from alliance.kernel.clock import utc_now
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.jobs.running import run_job
from alliance.kernel.models import OutboxMessage
from alliance.kernel.tenancy import organization_scope
from campaigns.domain.mapping import Mapping
from campaigns.models import Conversion, Order, OrderImport, OrderImportError, OrderLine
from campaigns.services.start_import import start_import
from campaigns.services.upload_order_file import upload_order_file
from tests.cast import AllianceOf, Party, alliance_of, host_organization, join, partner_organization
from tests.contract.campaigns.sheets import HEADER, csv_bytes

MAPPING = Mapping(
    order_id="Order",
    occurred_at="When",
    item="Item",
    description="Text",
    quantity="Qty",
    unit_price="Price",
    customer="Buyer",
    partner="Shop",
    time_format="%Y-%m-%d %H:%M:%S",
    time_zone="UTC",
    currency="EUR",
    refund_prefixes=("C",),
)


@dataclass(frozen=True)
class Shop:
    """A host with one alliance and one partner, without an agreement."""

    host: Party
    partner: Party
    alliance: AllianceOf


def shop() -> Shop:
    host, partner = host_organization(name="Host"), partner_organization(name="Partner")
    alliance = alliance_of(host)
    join(alliance, partner, code="north")
    return Shop(host, partner, alliance)


def file_of(orders: int) -> bytes:
    """Orders of one to three lines, refunds, rows with errors, and an order whose lines are scattered."""
    rows = []
    for number in range(orders):
        reference, sign = (f"C{number}", "-") if number % 7 == 6 else (str(number), "")
        rows += [
            (reference, "2026-02-03 10:00:00", "A", "Kit", f"{sign}{line + 1}", f"{number}.05", "", "north")
            for line in range(number % 3 + 1)
        ]
        if number % 50 == 49:
            rows.append((f"broken{number}", "soon", "A", "Kit", "1", "1.00", "", "north"))
            rows.append(("scattered", "2026-02-03 10:00:00", "A", "Kit", "1", "1.00", "", "north"))
    return csv_bytes(rows, header=HEADER)


def start(place: Shop, content: bytes) -> UUID:
    """An uploaded file and its import, waiting for a worker."""
    now = utc_now()
    with organization_scope(place.host.id):
        file = ContentFile(content, "orders.csv")
        file_id = upload_order_file(actor=place.host.system, name="orders.csv", content=file, now=now)
        return start_import(
            actor=place.host.system, file_id=file_id, alliance_id=place.alliance.id, mapping=MAPPING, now=now
        )


def work(place: Shop, import_id: UUID) -> bool:
    """One worker's attempt, at once, whatever pause an earlier one left."""
    with organization_scope(place.host.id):
        OrderImport.objects.filter(pk=import_id, lease_until__isnull=False).update(
            lease_until=Now() - timedelta(seconds=1), attempts=F("attempts")
        )
    return run_job(registered_job("campaigns.orderimport"), import_id, organization_id=place.host.id)


def end_state(place: Shop) -> dict[str, object]:
    """Everything that an import leaves behind, without ids and clocks."""
    with organization_scope(place.host.id):
        announced: Counter[str] = Counter()
        for payload in OutboxMessage.objects.filter(topic="campaigns.ConversionsRecorded").values_list(
            "payload", flat=True
        ):
            announced.update(payload["conversion_ids"])
        conversions = {str(pk): reference for pk, reference in Conversion.objects.values_list("pk", "reference")}
        return {
            "orders": sorted(
                Order.objects.values_list("reference", "kind", "amount_minor", "line_count", "content_sha256")
            ),
            "lines": sorted(OrderLine.objects.values_list("order__reference", "position", "amount_minor")),
            "conversions": sorted(Conversion.objects.values_list("reference", "kind", "amount_minor")),
            "announced": sorted((conversions[pk], times) for pk, times in announced.items()),
            "errors": sorted(OrderImportError.objects.values_list("row_number", "column", "code")),
        }
