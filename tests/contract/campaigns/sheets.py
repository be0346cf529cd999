"""Order files for tests, and the way from a file to orders through the portal."""

import gzip
from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import resolve, reverse

from tests import spreadsheets
from tests.cast import Cast
from tests.jobs import run_all_jobs

HEADER = ("Order", "When", "Item", "Text", "Qty", "Price", "Buyer", "Shop")
SALE = ("1001", "2026-02-03 10:00:00", "A-1", "Course", "2", "10.005", "b1", "north")
SECOND_LINE = ("1001", "2026-02-03 10:01:00", "A-2", "Kit", "1", "5.00", "b1", "north")
REFUND = ("C1001", "2026-02-05 09:00:00", "A-2", "Kit", "-1", "5.00", "b1", "north")
ADJUSTMENT = ("A7", "2026-02-06 09:00:00", "B", "Bad debt", "1", "-3.00", "", "north")
ZERO = ("1002", "2026-02-07 09:00:00", "A-1", "Gift", "1", "0.00", "", "south")
UNKNOWN = ("1003", "2026-02-08 09:00:00", "A-1", "Course", "1", "7.00", "", "nobody")
EVERYTHING = (SALE, SECOND_LINE, REFUND, ADJUSTMENT, ZERO, UNKNOWN)


csv_bytes = partial(spreadsheets.csv_bytes, header=HEADER)
xlsx_bytes = partial(spreadsheets.xlsx_bytes, header=HEADER)


def gz_bytes(rows: Sequence[Sequence[str]]) -> bytes:
    return gzip.compress(csv_bytes(rows))


def mapping_values(cast: Cast, **changes: str) -> dict[str, str]:
    return {
        "alliance": str(cast.alliance.id),
        "order_id": "Order",
        "occurred_at": "When",
        "item": "Item",
        "description": "Text",
        "quantity": "Qty",
        "unit_price": "Price",
        "customer": "Buyer",
        "partner": "Shop",
        "time_format": "%Y-%m-%d %H:%M:%S",
        "time_zone": "Asia/Shanghai",
        "currency": "EUR",
        "decimal_mark": ".",
        "refund_prefixes": "C",
        "adjustment_prefixes": "A",
        "save_as": "",
    } | changes


def upload(client: Client, content: bytes, name: str = "orders.csv"):
    return client.post(reverse("portal:import_new"), {"file": SimpleUploadedFile(name, content)})


def uploaded(client: Client, content: bytes, name: str = "orders.csv") -> UUID:
    response = upload(client, content, name)
    assert response.status_code == 302, response.content.decode()
    return resolve(response.url).kwargs["file_id"]


def previewed(client: Client, cast: Cast, content: bytes, name: str = "orders.csv", **changes: str) -> UUID:
    file_id = uploaded(client, content, name)
    response = client.post(reverse("portal:import_file", args=[file_id]), mapping_values(cast, **changes))
    assert response.status_code == 302, response.content.decode()
    run_all_jobs()
    return resolve(response.url).kwargs["preview_id"]


def imported(client: Client, cast: Cast, content: bytes, name: str = "orders.csv", **changes: str) -> UUID:
    """Upload, map, preview, confirm, run; the import's id."""
    preview_id = previewed(client, cast, content, name, **changes)
    response = client.post(reverse("portal:import_confirm", args=[preview_id]))
    assert response.status_code == 302
    run_all_jobs()
    return resolve(response.url).kwargs["import_id"]
