"""Choosing an organization and a language; what people without an organization see."""

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Member
from tests.cast import full_cast, host_organization, member_of, partner_organization, person, signed_in

pytestmark = pytest.mark.django_db


def in_both():
    """A person who is owner here and viewer there."""
    here, there = host_organization(name="Lectern"), partner_organization(name="North")
    with organization_scope(there.id):
        Member.objects.create(organization_id=there.id, user=here.owner, role=Role.VIEWER)
    return here, there


def test_switch_shows_the_other_organization_from_then_on():
    here, there = in_both()
    client = signed_in(here.owner, organization=here)
    answer = client.post(reverse("portal:switch_organization"), {"organization_id": str(there.id)})
    assert answer.status_code == 302
    assert answer.url == reverse("portal:home")
    page = client.get(reverse("portal:agreements"))
    assert page.context["shell"].organization.name == "North"
    assert [m.organization.name for m in page.context["shell"].other_memberships] == ["Lectern"]


def test_switching_twice_is_harmless():
    here, there = in_both()
    client = signed_in(here.owner)
    for _ in range(2):
        assert client.post(reverse("portal:switch_organization"), {"organization_id": str(there.id)}).status_code == 302


@pytest.mark.parametrize("wanted", ["stranger", "", "not-an-id"])
def test_switch_to_a_foreign_organization_is_not_found(wanted):
    here, _ = in_both()
    stranger = partner_organization(name="Stranger")
    client = signed_in(here.owner)
    value = str(stranger.id) if wanted == "stranger" else wanted
    assert client.post(reverse("portal:switch_organization"), {"organization_id": value}).status_code == 404


def test_switch_takes_only_post():
    assert signed_in(host_organization().owner).get(reverse("portal:switch_organization")).status_code == 405


def test_switch_asks_strangers_to_sign_in():
    answer = Client().post(reverse("portal:switch_organization"), {"organization_id": "x"})
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


def test_person_without_organization_is_told_so():
    client = signed_in(person(email="lost@example.org"))
    answer = client.get("/")
    assert answer.url == reverse("portal:no_organization")
    page = client.get(answer.url)
    assert page.status_code == 200
    assert b"lost@example.org" in page.content


def test_member_does_not_get_the_page_for_people_without_organization():
    client = signed_in(host_organization().owner)
    assert client.get(reverse("portal:no_organization")).url == reverse("portal:home")


def test_anonymous_start_page_leads_to_sign_in():
    answer = Client().get("/")
    assert answer.status_code == 302
    assert answer.url == "/accounts/login/?next=/"


def test_language_switch_keeps_page_and_query():
    client = Client()
    answer = client.post(
        reverse("portal:set_language"), {"language": "zh-hans", "next": "/agreements/?state=signed&page=2"}
    )
    assert answer.url == "/agreements/?state=signed&page=2"
    assert client.get("/accounts/login/").headers["Content-Language"] == "zh-hans"


def test_language_switch_is_remembered_for_mails():
    user = host_organization().owner
    client = signed_in(user)
    for language in ("zh-hans", "zh-hans", "xx"):
        assert client.post(reverse("portal:set_language"), {"language": language}).status_code == 302
    user.refresh_from_db()
    assert user.language == "zh-hans"


def test_language_switch_takes_only_post():
    assert Client().get(reverse("portal:set_language")).status_code == 405


def test_language_switch_never_leaves_this_host():
    answer = Client().post(
        reverse("portal:set_language"), {"language": "zh-hans", "next": "https://elsewhere.example/"}
    )
    assert answer.url == "/"


@pytest.mark.parametrize(
    ("role", "sees", "sees_not"),
    [
        (Role.OWNER, {"portal:agreements", "portal:members", "portal:api_keys"}, set()),
        (Role.VIEWER, {"portal:agreements", "portal:members"}, {"portal:api_keys"}),
    ],
)
def test_sidebar_shows_what_the_role_reaches(role, sees, sees_not):
    party = partner_organization()
    user = party.owner if role is Role.OWNER else member_of(party, role)
    page = signed_in(user).get(reverse("portal:agreements"))
    urls = {link.url for group in page.context["shell"].navigation for link in group.links}
    assert {reverse(name) for name in sees} <= urls
    assert not {reverse(name) for name in sees_not} & urls


def test_sidebar_marks_the_present_place_once():
    page = signed_in(host_organization().owner).get(reverse("portal:agreements"))
    current = [link.url for group in page.context["shell"].navigation for link in group.links if link.is_current]
    assert current == [reverse("portal:agreements")]


def test_title_is_also_the_heading():
    page = signed_in(full_cast().host.owner).get(reverse("portal:agreements")).content.decode()
    title = page.split("<title>")[1].split(" · ")[0].strip()
    assert title
    assert f'<h1 class="page-title">{title}</h1>' in page
