"""Every page of partners opens for somebody who may see it, in both languages, and tells others so."""

import pytest
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import AllianceMembership, Member
from tests.cast import Cast, full_cast, proposed_agreement, signed_in


def _addresses(cast: Cast) -> list[str]:
    waiting = proposed_agreement(cast.alliance, [(cast.host, "1/3"), (cast.south, "2/3")], name="Waiting")
    with organization_scope(cast.host.id):
        membership = AllianceMembership.objects.get(organization_id=cast.north.id)
        viewer = Member.objects.get(role=Role.VIEWER)
    return [
        reverse("portal:alliances"),
        reverse("portal:alliance_open"),
        reverse("portal:alliance", args=[cast.alliance.id]),
        reverse("portal:partner_found", args=[cast.alliance.id]),
        reverse("portal:partner_add", args=[cast.alliance.id]),
        reverse("portal:partner_code", args=[membership.id]),
        reverse("portal:agreement_propose", args=[cast.alliance.id]),
        reverse("portal:agreements"),
        reverse("portal:agreements") + "?q=wait&status=proposed&sort=-name",
        reverse("portal:agreement", args=[cast.agreement.id]),
        reverse("portal:agreement", args=[waiting.id]),
        reverse("portal:version_propose", args=[cast.agreement.id]),
        reverse("portal:version_accept", args=[waiting.id, waiting.version_id]),
        reverse("portal:members"),
        reverse("portal:member_invite"),
        reverse("portal:member_role", args=[viewer.id]),
        reverse("portal:api_keys"),
        reverse("portal:api_key_create"),
        reverse("portal:organization"),
        reverse("portal:apply"),
        reverse("portal:applied"),
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens(db, language):
    cast = full_cast()
    client = signed_in(cast.host.owner)
    client.cookies["django_language"] = language
    for address in _addresses(cast):
        response = client.get(address)
        assert response.status_code == 200, address
        assert f'<html lang="{language}">' in response.content.decode(), address


def test_empty_organizations_are_told_the_next_step(db):
    from tests.cast import host_organization, partner_organization

    host, partner = signed_in(host_organization().owner), signed_in(partner_organization().owner)
    assert reverse("portal:alliance_open") in host.get(reverse("portal:alliances")).content.decode()
    assert "by its number" in partner.get(reverse("portal:alliances")).content.decode()
    assert reverse("portal:alliances") in host.get(reverse("portal:agreements")).content.decode()
    assert reverse("portal:api_key_create") in host.get(reverse("portal:api_keys")).content.decode()
    assert "Nobody is invited" in host.get(reverse("portal:members")).content.decode()
