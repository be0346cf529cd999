"""Rows that were not taken come back as a file: whole, with reasons, harmless in a spreadsheet, ready to be mended."""

import csv
import io

import pytest
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from campaigns.models import Order, OrderImportError
from tests.cast import full_cast, signed_in
from tests.contract.campaigns.sheets import HEADER, SALE, csv_bytes, imported

pytestmark = pytest.mark.django_db
DANGEROUS = ("3001", "2026-02-03 10:00:00", "=cmd()", "@risk", "many", "x", "-b1", "north")
SHORT = ("3002", "2026-02-03 10:00:00")
COMPANION = ("3001", "2026-02-03 10:00:00", "A", "ok", "-1", "1.00", "b1", "north")


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.host.owner)


def error_rows(client, import_id) -> list[list[str]]:
    response = client.get(reverse("portal:import_errors", args=[import_id]))
    assert response.status_code == 200
    content = b"".join(response.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response["Content-Disposition"]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_every_refused_row_is_there_once_and_nothing_can_run(cast, client):
    import_id = imported(client, cast, csv_bytes([SALE, DANGEROUS, COMPANION, SHORT]))
    header, *rows = error_rows(client, import_id)
    why = ("Price; Qty", "This is not a number; This is not a number")
    assert header == [*HEADER, "Row", "Column", "Reason"]
    assert rows == [
        ["3001", "2026-02-03 10:00:00", "'=cmd()", "'@risk", "many", "x", "'-b1", "north", "3", *why],
        [*COMPANION, "4", "", "Another line of the same order has an error"],
        [*SHORT, *[""] * 6, "5", "", "The row has more or fewer cells than the header"],
    ]


def test_the_mended_file_brings_in_the_rest(cast, client):
    import_id = imported(client, cast, csv_bytes([SALE, DANGEROUS, COMPANION]))
    header, *rows = error_rows(client, import_id)
    rows[0][4], rows[0][5] = "2", "3.00"
    imported(client, cast, csv_bytes(rows, header=header))
    with organization_scope(cast.host.id):
        assert Order.objects.get(reference="3001").amount_minor == 500


def test_an_import_without_errors_gives_an_empty_list(cast, client):
    import_id = imported(client, cast, csv_bytes([SALE]))
    assert len(error_rows(client, import_id)) == 1
    page = client.get(reverse("portal:import", args=[import_id])).content.decode()
    assert "Download the rows with errors" not in page


def test_the_page_lists_the_errors_by_pages(cast, client):
    rows = [(f"{n}", "soon", "", "", "1", "1", "", "north") for n in range(60)]
    import_id = imported(client, cast, csv_bytes(rows))
    page = client.get(reverse("portal:import", args=[import_id]) + "?page=2").content.decode()
    assert "The time does not have the format of the mapping" in page
    assert "60 rows" in page
    with organization_scope(cast.host.id):
        assert OrderImportError.objects.count() == 60


def test_who_may_have_it(cast, client):
    import_id = imported(client, cast, csv_bytes([DANGEROUS]))
    address = reverse("portal:import_errors", args=[import_id])
    assert len(error_rows(signed_in(cast.host.viewer), import_id)) == 2
    assert signed_in(cast.north.owner).get(address).status_code == 404
    assert client.post(address).status_code == 405
