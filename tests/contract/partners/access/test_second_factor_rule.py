"""An organization that asks every member for a second factor: closed to those without, at both doors."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import AccessRules, Member
from tests.api import MemberCaller, api_key, problem
from tests.cast import Party, partner_organization, second_factor_of, signed_in
from tests.outbox import deliver_all

RULE = "portal:security_second_factor"


@pytest.fixture
def north(db) -> Party:
    return partner_organization(name="North")


@pytest.fixture
def strict(north) -> Party:
    with organization_scope(north.id):
        AccessRules.objects.create(organization_id=north.id, requires_second_factor=True)
    return north


def _ask(party: Party, role: Role = Role.OWNER, *, required: str = "yes", second_factor: bool = True):
    client = signed_in(party.user(role), second_factor=second_factor)
    return client.post(reverse(RULE), {"required": required}, follow=True)


def _is_required(party: Party) -> bool:
    with organization_scope(party.id):
        return AccessRules.objects.filter(requires_second_factor=True).exists()


def _events(party: Party) -> list[str]:
    with organization_scope(party.id):
        return list(AuditEvent.objects.filter(action__contains="second_factor").values_list("action", flat=True))


def test_an_owner_asks_for_it_and_stops_asking(north):
    assert "every member needs a second factor" in _ask(north).content.decode()
    assert _is_required(north)
    _ask(north)  # again: nothing more happens
    _ask(north, required="no")
    assert not _is_required(north)
    assert sorted(_events(north)) == ["organization.second_factor_optional", "organization.second_factor_required"]


def test_who_asks_gives_an_example(north):
    refused = _ask(north, second_factor=False)
    assert refused.status_code == 403
    assert "Set up a second factor" in refused.content.decode()
    assert not _is_required(north)
    second_factor_of(north.owner)  # set up, but not given in this session
    assert "Give my second factor now" in _ask(north, second_factor=False).content.decode()


def test_who_may(north):
    assert _ask(north, Role.MANAGER).status_code == 403
    assert signed_in(north.owner).get(reverse(RULE)).status_code == 405
    assert Client().post(reverse(RULE))["Location"].startswith(reverse("account_login"))
    assert not _is_required(north)


def test_members_without_one_are_told_by_mail_in_their_language(north, mailoutbox):
    zh, given = north.viewer, north.finance
    type(zh).objects.filter(pk=zh.pk).update(language="zh-hans")
    second_factor_of(given)
    _ask(north)
    deliver_all()
    assert [mail.to for mail in mailoutbox] == [[zh.email]]
    assert "North" in mailoutbox[0].subject
    assert reverse("portal:access") in mailoutbox[0].body


@pytest.mark.parametrize(
    "page", ["portal:home", "portal:members", "portal:audit", "portal:security", "portal:api_keys"]
)
def test_no_page_opens_without_one(strict, page):
    client = signed_in(strict.owner)
    assert client.get(reverse(page))["Location"] == reverse("portal:access")
    told = client.get(reverse("portal:access")).content.decode()
    assert "asks every member for a second factor" in told
    assert reverse("mfa_index") in told


def test_no_form_passes_and_nothing_is_written(strict):
    client = signed_in(strict.owner)
    assert client.post(reverse("portal:organization"), {"name": "Taken"})["Location"] == reverse("portal:access")
    assert client.post(reverse(RULE), {"required": "no"})["Location"] == reverse("portal:access")
    assert _is_required(strict)


def test_the_api_refuses_the_session_and_not_the_key(strict):
    refused = problem(MemberCaller(strict).get("/api/v1/organization"), 403, "second_factor_required")
    assert "Two-factor authentication" in refused["detail"]
    problem(MemberCaller(strict).post("/api/v1/agreements", {}), 403, "second_factor_required")
    secret, _ = api_key(strict)
    assert Client().get("/api/v1/organization", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_it_opens_to_who_gave_one(strict):
    client = signed_in(strict.owner, second_factor=True)
    assert client.get(reverse("portal:members")).status_code == 200
    assert json.loads(client.get("/api/v1/organization").content)["name"] == "North"
    assert client.get(reverse("portal:access"))["Location"] == reverse("portal:home")


def test_having_one_is_not_enough_it_must_be_given_in_this_session(strict):
    second_factor_of(strict.owner)
    client = signed_in(strict.owner)
    assert client.get(reverse("portal:members"))["Location"] == reverse("portal:access")
    page = client.get(reverse("portal:access")).content.decode()
    assert reverse("mfa_reauthenticate") in page


def test_one_that_was_taken_away_counts_no_more(strict):
    client = signed_in(strict.owner, second_factor=True)
    Authenticator.objects.filter(user=strict.owner).delete()
    assert client.get(reverse("portal:members"))["Location"] == reverse("portal:access")


def test_another_persons_proof_in_the_session_counts_for_nothing(strict):
    client = signed_in(strict.owner, second_factor=True)
    session = client.session
    session["account_authentication_methods_user"] = str(strict.viewer.pk)
    session.save()
    assert client.get(reverse("portal:members"))["Location"] == reverse("portal:access")


def test_the_account_pages_and_other_organizations_stay_open(strict):
    south = partner_organization(name="South")
    with organization_scope(south.id):
        Member.objects.create(organization_id=south.id, user=strict.owner, role=Role.VIEWER)
    client = signed_in(strict.owner, organization=strict)
    assert client.get(reverse("mfa_index")).status_code == 200
    assert "South" in client.get(reverse("portal:access")).content.decode()
    client.post(reverse("portal:switch_organization"), {"organization_id": str(south.id)})
    assert client.get(reverse("portal:members")).status_code == 200
    client.post(reverse("portal:switch_organization"), {"organization_id": str(strict.id)})
    assert client.get(reverse("portal:members"))["Location"] == reverse("portal:access")


def test_a_stranger_is_not_concerned(strict):
    assert signed_in(partner_organization().owner).get(reverse("portal:members")).status_code == 200


def test_a_fragment_leads_the_whole_page_there(strict):
    answer = signed_in(strict.owner).get(reverse("portal:members"), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == reverse("portal:access")
