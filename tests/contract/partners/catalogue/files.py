"""Item files for tests, and the way from a file to items through the portal."""

import gzip
import json
from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from tests import spreadsheets
from tests.jobs import run_all_jobs

HEADER = (
    "SKU",
    "Type",
    "标题",
    "Title",
    "Category",
    "Tags",
    "Price",
    "Currency",
    "Images",
    "Stock",
    "attribute:colour",
)
KIT = ("KIT-1", "physical good", "弹力带", "Bands", "fitness.equipment", "健身, bands", "35.60", "CNY", "", "12", "red")
COURSE = ("C-1", "课程", "力量训练", "", "力量训练", "", "199", "CNY", "https://example.org/a.png", "", "")
FREE = ("C-2", "course", "", "Free lesson", "", "", "", "", "", "0", "")
EVERYTHING = (KIT, COURSE, FREE)
csv_bytes = partial(spreadsheets.csv_bytes, header=HEADER)
xlsx_bytes = partial(spreadsheets.xlsx_bytes, header=HEADER)


def jsonl_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    lines = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in rows]
    return "\n".join(lines).encode()


def gz(content: bytes) -> bytes:
    return gzip.compress(content)


MAPPED = {
    "code": "SKU",
    "kind": "Type",
    "title_zh": "标题",
    "title_en": "Title",
    "category": "Category",
    "tags": "Tags",
    "price": "Price",
    "currency": "Currency",
    "image_urls": "Images",
    "stock": "Stock",
    "decimal_mark": ".",
    "time_zone": "Asia/Shanghai",
    "new_status": "published",
    "visibility": "alliances",
}


def upload(client: Client, content: bytes, name: str = "items.csv"):
    return client.post(reverse("portal:item_import_new"), {"file": SimpleUploadedFile(name, content)})


def uploaded(client: Client, content: bytes, name: str = "items.csv") -> UUID:
    response = upload(client, content, name)
    assert response.status_code == 302, response.content.decode()
    return resolve(response.url).kwargs["item_file_id"]


def previewed(client: Client, content: bytes, name: str = "items.csv", **changes: str) -> UUID:
    file_id = uploaded(client, content, name)
    values: Mapping[str, str] = MAPPED | changes
    response = client.post(reverse("portal:item_file", args=[file_id]), values)
    assert response.status_code == 302, response.content.decode()
    run_all_jobs()
    return resolve(response.url).kwargs["item_preview_id"]


def imported(client: Client, content: bytes, name: str = "items.csv", **changes: str) -> UUID:
    """Upload, map, preview, confirm, run; the import's id."""
    preview_id = previewed(client, content, name, **changes)
    response = client.post(reverse("portal:item_preview_confirm", args=[preview_id]))
    assert response.status_code == 302
    run_all_jobs()
    return resolve(response.url).kwargs["item_import_id"]
