"""The organization's own settings."""

import pytest
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.tenancy import organization_scope
from partners.models import Organization
from tests.cast import Party, partner_organization, signed_in

PAGE = "portal:organization"
DATA = {"name": "North & Sons", "industry": "fitness", "country": "DE", "time_zone": "Europe/Berlin"}


@pytest.fixture
def north(db) -> Party:
    return partner_organization(name="North")


def test_works_and_repeating_records_nothing_more(north):
    client = signed_in(north.owner)
    for _ in range(2):
        assert "The settings are saved" in client.post(reverse(PAGE), DATA, follow=True).content.decode()
    with organization_scope(north.id):
        own = Organization.objects.get(pk=north.id)
        assert (own.name, own.time_zone, own.country) == ("North & Sons", "Europe/Berlin", "DE")
        assert AuditEvent.objects.filter(action="organization.changed").count() == 1


def test_an_industry_of_before_the_list_is_kept_until_another_is_chosen(north):
    with organization_scope(north.id):
        Organization.objects.filter(pk=north.id).update(industry="Fitness, mostly")
    client = signed_in(north.owner)
    assert "Fitness, mostly" in client.get(reverse(PAGE)).content.decode()
    assert client.post(reverse(PAGE), DATA | {"industry": "Fitness, mostly"}).status_code == 302
    assert client.post(reverse(PAGE), DATA).status_code == 302
    assert "Fitness, mostly" not in client.get(reverse(PAGE)).content.decode()


def test_the_number_is_shown(north):
    assert str(north.id) in signed_in(north.owner).get(reverse(PAGE)).content.decode()


@pytest.mark.parametrize(
    "changes", [{"name": ""}, {"time_zone": "Mars/Olympus"}, {"country": "XX"}, {"industry": "alchemy"}]
)
def test_bad_input(north, changes):
    assert signed_in(north.owner).post(reverse(PAGE), DATA | changes).status_code == 422


def test_who_may(north):
    for person in (north.viewer, north.manager):
        assert signed_in(person).get(reverse(PAGE)).status_code == 403
        assert signed_in(person).post(reverse(PAGE), DATA).status_code == 403
    assert signed_in(north.owner).delete(reverse(PAGE)).status_code == 405
