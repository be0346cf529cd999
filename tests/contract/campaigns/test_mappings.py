"""Saved mappings: kept, offered, changed, deleted; by whom."""

import pytest
from django.urls import resolve, reverse

from alliance.kernel.tenancy import organization_scope
from campaigns.models import ImportMapping, OrderImport
from tests.cast import full_cast, signed_in
from tests.contract.campaigns import sheets
from tests.contract.campaigns.sheets import csv_bytes, imported, mapping_values, uploaded

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.host.owner)


def saved(cast) -> dict[str, ImportMapping]:
    with organization_scope(cast.host.id):
        return {row.name: row for row in ImportMapping.objects.all()}


def values(cast, **changes):
    return mapping_values(cast, name="Till", **changes)


def created(cast, client):
    assert client.post(reverse("portal:import_mapping_new"), values(cast)).status_code == 302
    return saved(cast)["Till"].pk


def test_a_mapping_is_written_changed_and_deleted(cast, client):
    mapping_id = created(cast, client)
    assert "Till" in client.get(reverse("portal:import_mappings")).content.decode()
    address = reverse("portal:import_mapping", args=[mapping_id])
    assert 'value="Order"' in client.get(address).content.decode()
    assert client.post(address, values(cast, currency="CNY")).status_code == 302
    assert saved(cast)["Till"].spec["currency"] == "CNY"
    client.post(reverse("portal:import_mapping_delete", args=[mapping_id]))
    assert saved(cast) == {}
    assert client.post(reverse("portal:import_mapping_delete", args=[mapping_id])).status_code == 404


def test_it_is_saved_on_the_way_and_offered_for_the_next_file(cast, client):
    imported(client, cast, csv_bytes(sheets.EVERYTHING), save_as="Shop export", time_zone="Asia/Tokyo")
    assert set(saved(cast)) == {"Shop export"}
    file_id = uploaded(client, csv_bytes([sheets.SALE]))
    address = reverse("portal:import_file", args=[file_id])
    fitting = client.get(address).content.decode()
    assert '<option value="Asia/Tokyo" selected>' in fitting
    guessed = client.get(f"{address}?mapping=none").content.decode()
    assert '<option value="Asia/Tokyo" selected>' not in guessed


def test_a_name_is_given_once(cast, client):
    created(cast, client)
    response = client.post(reverse("portal:import_mapping_new"), values(cast))
    assert response.status_code == 422
    assert "Another mapping has this name." in response.content.decode()
    file_id = uploaded(client, csv_bytes(sheets.EVERYTHING))
    response = client.post(reverse("portal:import_file", args=[file_id]), mapping_values(cast, save_as="Till"))
    assert response.status_code == 422
    assert "Another mapping has this name." in response.content.decode()


def test_a_deleted_mapping_leaves_its_imports_whole(cast, client):
    import_id = imported(client, cast, csv_bytes(sheets.EVERYTHING), save_as="Once")
    client.post(reverse("portal:import_mapping_delete", args=[saved(cast)["Once"].pk]))
    with organization_scope(cast.host.id):
        assert OrderImport.objects.get(pk=import_id).mapping["order_id"] == "Order"
    assert client.get(reverse("portal:import", args=[import_id])).status_code == 200


@pytest.mark.parametrize(
    ("changes", "sentence"), [({"name": " "}, "This field is required."), ({"quantity": ""}, "This field is required.")]
)
def test_bad_input(cast, client, changes, sentence):
    response = client.post(reverse("portal:import_mapping_new"), values(cast) | changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_others_do_not_reach_it(cast, client):
    mapping_id = created(cast, client)
    viewer = signed_in(cast.host.viewer)
    assert viewer.get(reverse("portal:import_mappings")).status_code == 200
    assert viewer.get(reverse("portal:import_mapping", args=[mapping_id])).status_code == 403
    assert viewer.post(reverse("portal:import_mapping_delete", args=[mapping_id])).status_code == 403
    for outsider in (signed_in(cast.stranger.owner), signed_in(cast.north.owner)):
        assert outsider.get(reverse("portal:import_mapping", args=[mapping_id])).status_code == 404
        assert outsider.post(reverse("portal:import_mapping_delete", args=[mapping_id])).status_code == 404
        assert outsider.get(reverse("portal:import_mappings")).status_code == 404
    assert resolve(reverse("portal:import_mapping", args=[mapping_id])).kwargs["mapping_id"] == mapping_id
