"""Files that can't be imported are refused with a sentence beside the field, and nothing is kept of them."""

import gzip

import pytest
from django.core.files.storage import default_storage
from django.urls import resolve, reverse

from alliance.kernel.tenancy import organization_scope
from campaigns.models import ImportPreview, OrderFile, OrderImport
from tests.cast import alliance_of, full_cast, host_organization, signed_in
from tests.contract.campaigns import sheets
from tests.contract.campaigns.sheets import csv_bytes, mapping_values, previewed, upload, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.host.owner)


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("orders.csv", b"", "The file is empty."),
        ("orders.csv", b" \n", "The file is empty."),
        ("orders.csv", b"a,b\n1,\x00\n", "zero bytes"),
        ("orders.csv", b"a,b\n\xff\xff,1\n", "neither UTF-8 nor GB18030"),
        ("orders.csv.gz", b"a,b\n1,2\n", "not compressed that way"),
        ("orders.csv.gz", gzip.compress(b"a,b\n" * 999, mtime=0)[:-9], "damaged or cut off"),
        ("orders.xlsx", b"a,b\n1,2\n", "not an XLSX workbook"),
        ("orders.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .xls"),
    ],
)
def test_a_broken_file_is_refused_with_its_reason(cast, client, name, content, sentence):
    response = upload(client, content, name)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    with organization_scope(cast.host.id):
        assert not OrderFile.objects.exists()


def test_a_file_too_large_is_refused(cast, client, settings):
    settings.IMPORT_MAX_BYTES = 10
    response = upload(client, csv_bytes(sheets.EVERYTHING))
    assert response.status_code == 422
    page = response.content.decode()
    assert "too large" in page
    assert "Choose a file." not in page
    settings.IMPORT_MAX_BYTES = 10_000
    assert upload(client, csv_bytes(sheets.EVERYTHING)).status_code == 302


def test_no_file_is_refused(client):
    response = client.post(reverse("portal:import_new"), {})
    assert response.status_code == 422
    assert "Choose a file." in response.content.decode()


def test_a_hostile_file_name_is_only_a_name(cast, client):
    file_id = uploaded(client, csv_bytes(sheets.EVERYTHING), "../../etc/<script>.csv")
    with organization_scope(cast.host.id):
        row = OrderFile.objects.get(pk=file_id)
    assert row.stored_as == f"imports/{cast.host.id}/{file_id}"
    assert default_storage.exists(row.stored_as)
    page = client.get(reverse("portal:import_file", args=[file_id])).content.decode()
    assert "<script>.csv" not in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (csv_bytes([]), "a header but no rows"),
        (csv_bytes([sheets.SALE]) + b'1,"open', "a quotation mark is missing or too many. (3)"),
    ],
)
def test_what_only_reading_to_the_end_shows_is_said_by_the_preview(cast, client, content, sentence):
    preview_id = previewed(client, cast, content)
    page = client.get(reverse("portal:import_preview", args=[preview_id])).content.decode()
    assert sentence in page
    assert "Choose another file" in page
    response = client.post(reverse("portal:import_confirm", args=[preview_id]), follow=True)
    assert "has not finished" in response.content.decode()


def test_nothing_is_imported_when_the_file_breaks_after_the_preview(cast, client):
    preview_id = previewed(client, cast, csv_bytes(sheets.EVERYTHING))
    with organization_scope(cast.host.id):
        stored_as = ImportPreview.objects.get(pk=preview_id).order_file.stored_as
    default_storage.delete(stored_as)
    response = client.post(reverse("portal:import_confirm", args=[preview_id]))
    sheets.run_all_jobs()
    page = client.get(response.url).content.decode()
    assert "no longer there" in page
    with organization_scope(cast.host.id):
        assert OrderImport.objects.get().problem == "file_gone"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"order_id": ""}, "Choose the column."),
        ({"order_id": "Nowhere"}, "Select a valid choice"),
        ({"refund_prefixes": "C", "adjustment_prefixes": "C"}, "same prefix"),
        ({"refund_prefixes": "C" * 9}, "one to eight characters"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"currency": "XAU"}, "Select a valid choice"),
        ({"alliance": "0193a000-0000-7000-8000-000000000000"}, "Select a valid choice"),
    ],
)
def test_a_mapping_that_can_not_be_is_refused(cast, client, changes, sentence):
    file_id = uploaded(client, csv_bytes(sheets.EVERYTHING))
    response = client.post(reverse("portal:import_file", args=[file_id]), mapping_values(cast, **changes))
    assert response.status_code == 422
    assert sentence in response.content.decode()
    with organization_scope(cast.host.id):
        assert not ImportPreview.objects.exists()


def test_another_hosts_alliance_is_no_choice(cast, client):
    other = alliance_of(host_organization(name="Other"))
    file_id = uploaded(client, csv_bytes(sheets.EVERYTHING))
    values = mapping_values(cast, alliance=str(other.id))
    assert client.post(reverse("portal:import_file", args=[file_id]), values).status_code == 422


def test_a_host_without_an_alliance_is_told_the_next_step(db):
    client = signed_in(host_organization(name="Lonely").owner)
    page = client.get(reverse("portal:import_new")).content.decode()
    assert reverse("portal:alliances") in page
    assert upload(client, csv_bytes(sheets.EVERYTHING)).status_code == 404


def test_the_mapping_of_a_preview_can_be_changed(cast, client):
    preview_id = previewed(client, cast, csv_bytes(sheets.EVERYTHING), currency="CNY")
    page = client.get(reverse("portal:import_preview", args=[preview_id])).content.decode()
    with organization_scope(cast.host.id):
        file_id = ImportPreview.objects.get(pk=preview_id).order_file_id
    link = f"{reverse('portal:import_file', args=[file_id])}?preview={preview_id}"
    assert link in page
    assert '<option value="CNY" selected>' in client.get(link).content.decode()
    assert resolve(link.split("?", maxsplit=1)[0]).kwargs["file_id"] == file_id
