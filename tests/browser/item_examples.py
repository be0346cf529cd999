"""Examples of the catalogue's pages that the demo has none of: a file with errors, its preview, an import."""

import io
from datetime import datetime
from uuid import UUID

from django.core.files import File

from alliance.demo.world import HOST, actor_of
from alliance.kernel.inline import work_off
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.domain.wanted_rule import WantedRule
from partners.catalogue.models import Item
from partners.catalogue.services.add_display_rule import add_display_rule
from partners.catalogue.services.add_item_picture import add_item_picture
from partners.catalogue.services.preview_items import preview_items
from partners.catalogue.services.start_item_import import start_item_import
from partners.catalogue.services.upload_item_file import upload_item_file
from tests.documents import jpeg_bytes
from tests.items import feed_with_file
from tests.spreadsheets import csv_bytes

HEADER = ("code", "kind", "title_en", "price", "category")
ROWS = (
    ("COURSE-101", "course", "Strength training for desk workers", "199.00", "fitness.strength"),
    ("COURSE-900", "course", "A new course", "88.00", "education.growth"),
    ("BOAT-1", "boat", "No such kind", "1.00", ""),
    ("COURSE-901", "course", "No such price", "many", ""),
)
MAPPING = ItemMapping(columns={name: name for name in HEADER}, default_currency="CNY", new_status="draft")


def item_examples(now: datetime) -> dict[str, str]:
    """An example for each parameter, made through the services in the host's scope."""
    host = actor_of(HOST)
    with organization_scope(HOST.id):
        file_id = upload_item_file(
            actor=host, name="items.csv", content=File(io.BytesIO(csv_bytes(ROWS, header=HEADER))), now=now
        )
        preview_id = preview_items(actor=host, file_id=file_id, mapping=MAPPING, now=now)
        import_id = start_item_import(actor=host, file_id=file_id, mapping=MAPPING, now=now)
        first = Item.objects.order_by("pk").values_list("pk", flat=True)[0]
        content = File(io.BytesIO(jpeg_bytes((640, 480))))
        sha256 = add_item_picture(actor=host, item_id=first, content=content, name="photo.jpg", now=now)
        rule = WantedRule(effect=Effect.PRICE_FLOOR, category="fitness", floor_minor=9900, currency="CNY")
        rule_id = add_display_rule(actor=host, wanted=rule, now=now)
    work_off(HOST.id)
    feed_id = feed_with_file(host)
    found: dict[str, UUID] = {
        "item_file_id": file_id,
        "item_preview_id": preview_id,
        "item_import_id": import_id,
        "item_feed_id": feed_id,
        "display_rule_id": rule_id,
    }
    return {name: str(value) for name, value in found.items()} | {"kind": "csv", "sha256": sha256}
