"""An organization that signs its members in itself and not otherwise; owners keep a way for the day it fails."""

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.invitation_tokens import invitation_token
from partners.models import AccessRules, Invitation, Member
from partners.services.invite_member import Invitee, invite_member
from tests.api import MemberCaller, api_key, problem
from tests.cast import PASSWORD, member_of, partner_organization, second_factor_of, signed_in
from tests.contract.partners.single_sign_on.companies import come_back, is_in
from tests.outbox import deliver_all

RULE = "portal:single_sign_on_rule"


@pytest.fixture(autouse=True)
def _quick_hashing(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _by_password(user, client=None):
    here = {"REMOTE_ADDR": f"2001:db8::{user.pk.hex[-4:]}"}
    return (client or Client()).post(reverse("account_login"), {"login": user.email, "password": PASSWORD}, **here)


def _require(company, *, required="yes", second_factor=True, role=Role.OWNER):
    client = signed_in(company.party.user(role), second_factor=second_factor)
    return client.post(reverse(RULE), {"required": required}, follow=True)


def _is_required(company) -> bool:
    with organization_scope(company.party.id):
        return AccessRules.objects.filter(requires_single_sign_on=True).exists()


def test_it_is_required_once_somebody_came_in_this_way(company, mailoutbox):
    assert "Sign in through the identity provider once" in _require(company).content.decode()
    assert not _is_required(company)
    come_back(company, Client(), company.member().email)
    assert "members come in through your identity provider" in _require(company).content.decode()
    assert _is_required(company)
    deliver_all()
    with organization_scope(company.party.id):
        assert {mail.to[0] for mail in mailoutbox} == set(Member.objects.values_list("user__email", flat=True))
        actions = list(AuditEvent.objects.filter(action__contains="single_sign_on").values_list("action", flat=True))
    assert actions == ["organization.single_sign_on_required"]


def test_who_requires_it_must_be_able_to_come_in_without(company):
    come_back(company, Client(), company.member().email)
    assert _require(company, second_factor=False).status_code == 403
    assert _require(company, role=Role.MANAGER).status_code == 403
    assert not _is_required(company)


def test_before_that_the_page_names_who_would_be_shut_out(company):
    come_back(company, Client(), company.member().email)
    guest = member_of(company.party, Role.ANALYST)
    owner = signed_in(company.party.owner, second_factor=True)  # of another domain too, and able to come in
    page = owner.get(reverse("portal:single_sign_on"))
    assert page.context["outside"] == [guest.email]
    assert guest.email in page.content.decode()


def test_it_can_be_lifted(company):
    company.require()
    assert "Members may sign in otherwise again" in _require(company, required="no").content.decode()
    assert not _is_required(company)


def test_a_password_opens_nothing_for_its_members(company):
    user = company.member(password=PASSWORD)
    assert _by_password(user)["Location"] == reverse("portal:home")
    company.require()
    client = Client()
    answer = _by_password(user, client)
    assert answer["Location"] == reverse("portal:company_sign_in")
    assert "_auth_user_id" not in client.session
    assert "its own identity provider" in client.get(answer["Location"]).content.decode()
    come_back(company, client, user.email)
    assert is_in(client)


def test_sessions_under_way_are_led_there_at_once(company):
    user = company.member()
    client = signed_in(user)
    assert is_in(client)
    company.require()
    assert client.get(reverse("portal:members"))["Location"] == reverse("portal:access")
    page = client.get(reverse("portal:access")).content.decode()
    assert "its own identity provider" in page
    assert f'value="{user.email}"' in page
    come_back(company, client, user.email)  # the same session, vouched for now
    assert is_in(client)


def test_the_api_refuses_their_sessions_and_not_the_organizations_keys(company):
    company.require()
    problem(MemberCaller(company.party).get("/api/v1/organization"), 403, "single_sign_on_required")
    secret, _ = api_key(company.party)
    assert Client().get("/api/v1/organization", headers={"Authorization": f"Bearer {secret}"}).status_code == 200


def test_an_owner_with_a_second_factor_comes_in_when_the_provider_fails(company):
    owner = company.member(Role.OWNER, password=PASSWORD)
    company.require()
    company.configure(issuer="http://127.0.0.1:9")
    assert _by_password(owner)["Location"] == reverse("portal:company_sign_in")  # not without one
    second_factor_of(owner)
    assert _by_password(owner)["Location"].startswith(reverse("mfa_authenticate"))
    client = signed_in(owner, second_factor=True)
    assert is_in(client)
    assert (
        "Members may sign in otherwise" in client.post(reverse(RULE), {"required": "no"}, follow=True).content.decode()
    )


@pytest.mark.parametrize("role", [Role.MANAGER, Role.FINANCE, Role.VIEWER])
def test_nobody_else_does(company, role):
    user = company.member(role, password=PASSWORD)
    second_factor_of(user)
    company.require()
    assert _by_password(user)["Location"] == reverse("portal:company_sign_in")
    assert not is_in(signed_in(user, second_factor=True))


def test_a_member_with_an_address_elsewhere_keeps_their_login_and_stays_outside(company):
    guest = member_of(company.party, Role.ANALYST, password=PASSWORD)
    guest.emailaddress_set.create(email=guest.email, verified=True, primary=True)
    south = partner_organization(name="South")
    with organization_scope(south.id):
        Member.objects.create(organization_id=south.id, user=guest, role=Role.VIEWER)
    company.require()
    client = Client()
    assert _by_password(guest, client)["Location"] == reverse("portal:home")
    client.post(reverse("portal:switch_organization"), {"organization_id": str(south.id)})
    assert is_in(client)
    client.post(reverse("portal:switch_organization"), {"organization_id": str(company.party.id)})
    assert not is_in(client)


def test_people_of_the_domain_who_are_no_members_keep_their_password(company, another_company):
    company.require()
    other = another_company()
    email = company.address()
    stranger = member_of(other.party, Role.VIEWER, email=email, password=PASSWORD)
    stranger.emailaddress_set.create(email=email, verified=True, primary=True)
    assert _by_password(stranger)["Location"] == reverse("portal:home")


def test_an_invited_person_is_led_to_the_provider(company):
    company.require()
    email = company.address()
    company.provider.person(email)
    with organization_scope(company.party.id):
        invitation_id = invite_member(actor=company.party.actor(), invitee=Invitee(email, Role.FINANCE), now=utc_now())
    client = Client()
    page = client.get(reverse("portal:join", args=[invitation_token(invitation_id)])).content.decode()
    assert "signs its people in itself" in page
    assert reverse("portal:company_sign_in") in page
    come_back(company, client, email)
    assert company.roles(email) == ["finance"]
    assert is_in(client)


def test_nobody_is_invited_who_could_not_come_in(company):
    company.require()
    client = signed_in(company.party.owner, second_factor=True)
    data = {"email": "guest@elsewhere.example", "role": "viewer", "language": "en"}
    refused = client.post(reverse("portal:member_invite"), data)
    assert refused.status_code == 422
    assert "in none of your verified domains" in refused.content.decode()
    assert client.post(reverse("portal:member_invite"), data | {"email": company.address()}).status_code == 302
    with organization_scope(company.party.id):
        assert Invitation.objects.count() == 1


def test_it_works_together_with_the_rule_for_second_factors(company):
    user, client = company.member(), Client()
    company.require()
    with organization_scope(company.party.id):
        AccessRules.objects.update(requires_second_factor=True)
    come_back(company, client, user.email)
    assert client.get(reverse("portal:access")).context["refusal"].code == "second_factor_required"
    assert client.get(reverse("mfa_index")).status_code == 200


def test_what_members_depend_on_is_not_taken_away(company):
    company.require()
    owner = signed_in(company.party.owner, second_factor=True)
    for name, data, sentence in (
        ("portal:single_sign_on_switch", {}, "Members must sign in this way"),
        ("portal:domain_remove", {}, "its last verified domain"),
    ):
        arguments = [_domain_id(company)] if name == "portal:domain_remove" else []
        assert sentence in owner.post(reverse(name, args=arguments), data, follow=True).content.decode()
    settings = {"issuer": company.provider.issuer, "client_id": "another", "client_secret": "x"}
    refused = owner.post(reverse("portal:identity_provider"), settings)
    assert "Stop requiring it" in refused.content.decode()
    assert _is_required(company)


def _domain_id(company):
    from partners.models import MailDomain

    with organization_scope(company.party.id):
        return MailDomain.objects.get().pk
