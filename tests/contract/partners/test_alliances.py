"""Alliances: the host opens them and brings partners in."""

import pytest
from django.urls import reverse

from alliance.kernel.models import OutboxMessage
from alliance.kernel.tenancy import organization_scope
from partners.models import Alliance, AllianceMembership, Organization
from partners.selectors import find_invitation, partner_codes
from tests.cast import Cast, full_cast, host_organization, partner_organization, signed_in
from tests.outbox import deliver_all


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


def _found(cast: Cast, **changes):
    address = reverse("portal:partner_found", args=[cast.alliance.id])
    return address, {
        "name": "East Homes",
        "partner_code": "EAST",
        "country": "DE",
        "time_zone": "Europe/Berlin",
        "email": "",
    } | changes


def _add(cast: Cast, organization, **changes):
    address = reverse("portal:partner_add", args=[cast.alliance.id])
    return address, {"organization_id": str(organization.id), "partner_code": "W"} | changes


def test_a_host_opens_an_alliance(db):
    host = host_organization()
    response = signed_in(host.owner).post(reverse("portal:alliance_open"), {"name": "Spring"}, follow=True)
    assert "The alliance is open" in response.content.decode()
    with organization_scope(host.id):
        alliance = Alliance.objects.get(name="Spring")
        assert [m.organization_id for m in AllianceMembership.objects.filter(alliance=alliance)] == [host.id]


def test_only_hosts_open_alliances(cast):
    client = signed_in(cast.north.owner)
    assert client.get(reverse("portal:alliance_open")).status_code == 403
    assert client.post(reverse("portal:alliance_open"), {"name": "Mine"}).status_code == 403
    assert signed_in(cast.host.viewer).post(reverse("portal:alliance_open"), {"name": "Mine"}).status_code == 403


def test_an_alliance_has_a_name(db):
    response = signed_in(host_organization().owner).post(reverse("portal:alliance_open"), {"name": ""})
    assert response.status_code == 422


def test_a_new_company_is_founded_and_its_owner_invited(cast, mailoutbox):
    address, data = _found(cast, email="Eve@East.example")
    response = signed_in(cast.host.manager).post(address, data, follow=True)
    assert "East Homes is in the alliance" in response.content.decode()
    with organization_scope(cast.host.id):
        east = Organization.objects.get(name="East Homes")
        assert partner_codes(alliance_id=cast.alliance.id)["EAST"] == east.id
    deliver_all()
    [mail] = mailoutbox
    assert mail.to == ["eve@east.example"]
    token = mail.body.split("/join/")[1].split("/")[0]
    import hashlib

    found = find_invitation(hashlib.sha256(token.encode()).hexdigest())
    assert (found.organization_id, found.role) == (east.id, "owner")


def test_the_owner_is_invited_later_and_again_until_somebody_is_in(cast, mailoutbox):
    address, data = _found(cast)
    client = signed_in(cast.host.owner)
    client.post(address, data)
    with organization_scope(cast.host.id):
        east = Organization.objects.get(name="East Homes")
    page = reverse("portal:partner_owner", args=[east.id])
    assert client.get(page).status_code == 200
    for _ in range(2):
        assert client.post(page, {"email": "eve@east.example", "language": "zh-hans"}).status_code == 302
    deliver_all()
    assert [mail.to for mail in mailoutbox] == [["eve@east.example"]] * 2
    assert signed_in(cast.stranger.owner).get(page).status_code == 404
    assert client.get(reverse("portal:partner_owner", args=[cast.north.id])).status_code == 404


def test_an_existing_organization_joins_by_its_number(cast):
    west = partner_organization(name="West")
    address, data = _add(cast, west)
    assert signed_in(cast.host.owner).post(address, data).status_code == 302
    with organization_scope(cast.host.id):
        assert OutboxMessage.objects.filter(
            topic="partners.PartnerJoined", payload__organization_id=str(west.id)
        ).exists()
    page = reverse("portal:alliance", args=[cast.alliance.id])
    seen = signed_in(west.viewer).get(page).content.decode()
    assert "Lectern" in seen
    assert "North Fitness" not in seen  # partners see the host and themselves
    assert "North Fitness" in signed_in(cast.host.viewer).get(page).content.decode()


def test_adding_again_changes_nothing(cast):
    west = partner_organization(name="West")
    address, data = _add(cast, west)
    client = signed_in(cast.host.owner)
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    with organization_scope(cast.host.id):
        assert AllianceMembership.objects.filter(organization_id=west.id).count() == 1


def test_bad_input(cast):
    client = signed_in(cast.host.owner)
    stranger_host = host_organization(name="Other host")
    assert client.post(*_add(cast, stranger_host)).status_code == 422
    assert "already in the alliance" in client.post(*_add(cast, cast.north)).content.decode()
    taken = client.post(*_add(cast, partner_organization(), partner_code="north"))
    assert "Another partner of this alliance has this code" in taken.content.decode()
    address, _data = _add(cast, cast.north)
    assert client.post(address, {"organization_id": "42"}).status_code == 422
    assert client.post(*_found(cast, name="")).status_code == 422
    assert client.post(*_found(cast, partner_code="south")).status_code == 422
    assert client.post(*_found(cast, email="nonsense")).status_code == 422
    with organization_scope(cast.host.id):
        assert not Organization.objects.filter(name="East Homes").exists()


def test_who_may(cast):
    for address, data in (_found(cast), _add(cast, partner_organization())):
        assert signed_in(cast.stranger.owner).post(address, data).status_code == 404
        assert signed_in(cast.north.owner).post(address, data).status_code == 403
        assert signed_in(cast.host.viewer).post(address, data).status_code == 403
        assert signed_in(cast.host.owner).delete(address).status_code == 405
    assert signed_in(cast.stranger.owner).get(reverse("portal:alliance", args=[cast.alliance.id])).status_code == 404


def test_the_code_of_a_partner_changes(cast):
    with organization_scope(cast.host.id):
        membership = AllianceMembership.objects.get(organization_id=cast.north.id)
    page = reverse("portal:partner_code", args=[membership.id])
    assert signed_in(cast.host.owner).post(page, {"partner_code": "N-1"}).status_code == 302
    with organization_scope(cast.host.id):
        assert partner_codes(alliance_id=cast.alliance.id) == {"N-1": cast.north.id, "south": cast.south.id}
    assert signed_in(cast.host.owner).post(page, {"partner_code": "south"}).status_code == 422
    assert signed_in(cast.north.owner).post(page, {"partner_code": "mine"}).status_code == 403
    assert signed_in(cast.stranger.owner).post(page, {"partner_code": "mine"}).status_code == 404
