"""Signing in through one's organization, against a real provider in another process."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Invitation, Member, ProviderIdentity, User
from partners.services.invite_member import Invitee, invite_member
from tests.cast import PASSWORD, member_of, partner_organization, second_factor_of, signed_in
from tests.contract.partners.single_sign_on.companies import ask, come_back, is_in, question


def _invite(company, email: str, role: Role) -> None:
    with organization_scope(company.party.id):
        invite_member(actor=company.party.actor(), invitee=Invitee(email, role), now=utc_now())


def test_a_member_comes_in_and_stays_known_by_the_providers_name(company):
    user, client = company.member(Role.FINANCE), Client()
    answer = come_back(company, client, user.email)
    assert answer["Location"] == reverse("portal:home")
    assert is_in(client)
    assert company.roles(user.email) == ["finance"]
    with organization_scope(company.party.id):
        assert ProviderIdentity.objects.get().member.user_id == user.pk
    again = Client()
    come_back(company, again, user.email)
    assert is_in(again)
    with organization_scope(company.party.id):
        assert ProviderIdentity.objects.count() == 1


def test_the_question_carries_state_nonce_and_a_challenge_and_is_asked_at_the_right_place(company):
    user = company.member()
    asked = urlsplit(question(Client(), user.email))
    told = parse_qs(asked.query)
    assert f"{asked.scheme}://{asked.netloc}" == company.provider.issuer
    assert told["response_type"] == ["code"]
    assert told["code_challenge_method"] == ["S256"]
    assert told["client_id"] == [company.client_id]
    assert told["login_hint"] == [user.email]
    assert {len(told[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}
    other = parse_qs(urlsplit(question(Client(), user.email)).query)
    assert all(told[name] != other[name] for name in ("state", "nonce", "code_challenge"))


def test_the_page_names_the_organization_and_goes_on_without_a_form(company):
    page = ask(Client(), company.member().email).content.decode()
    assert "North Fitness signs its people in itself" in page
    assert "data-goes-on" in page


def test_one_who_is_new_becomes_a_viewer_with_a_login_of_no_password(company):
    email, client = company.address(), Client()
    company.provider.person(email, name="Nina New")
    come_back(company, client, email)
    assert is_in(client)
    assert company.roles(email) == ["viewer"]
    user = User.objects.get(email=email)
    assert (user.full_name, user.has_usable_password()) == ("Nina New", False)
    assert user.emailaddress_set.get().verified
    with organization_scope(company.party.id):
        event = AuditEvent.objects.get(action="member.joined")
        assert event.after == {"role": "viewer", "by": "single_sign_on"}


def test_one_who_was_invited_gets_the_invited_role(company):
    email, client = company.address(), Client()
    company.provider.person(email)
    _invite(company, email, Role.FINANCE)
    come_back(company, client, email)
    assert company.roles(email) == ["finance"]
    with organization_scope(company.party.id):
        assert Invitation.objects.get().accepted_at is not None


def test_where_nobody_comes_in_uninvited_they_stay_outside_and_no_login_is_made(company):
    company.configure(creates_members=False)
    email, client = company.address(), Client()
    company.provider.person(email)
    refused = come_back(company, client, email)
    assert refused.status_code == 403
    assert "not a member of this organization" in refused.content.decode()
    assert not User.objects.filter(email=email).exists()
    assert not is_in(client)
    _invite(company, email, Role.ANALYST)
    come_back(company, client, email)
    assert company.roles(email) == ["analyst"]


def test_the_address_may_change_within_the_domains_and_the_person_stays(company):
    user = company.member(Role.MANAGER)
    come_back(company, Client(), user.email)
    married = company.address()
    company.provider.lie(user.email, email=married)
    client = Client()
    come_back(company, client, user.email)
    assert is_in(client)
    assert company.roles(user.email) == ["manager"]
    assert not User.objects.filter(email=married).exists()


def test_who_wanted_a_page_is_led_there_and_never_to_another_site(company):
    user = company.member()
    assert come_back(company, Client(), user.email, leads_to="/members/")["Location"] == "/members/"
    for evil in ("https://evil.example/", "//evil.example/", "\\\\evil.example", "javascript:alert(1)"):
        assert come_back(company, Client(), user.email, leads_to=evil)["Location"] == reverse("portal:home")


def test_a_second_factor_is_still_asked_for(company):
    user, client = company.member(), Client()
    second_factor_of(user)
    assert come_back(company, client, user.email)["Location"].startswith(reverse("mfa_authenticate"))
    assert not is_in(client)


def test_the_sign_in_opens_the_vouching_organization_and_no_other(company):
    user, client = company.member(), Client()
    south = partner_organization(name="South")
    with organization_scope(south.id):
        Member.objects.create(organization_id=south.id, user=user, role=Role.OWNER)
    come_back(company, client, user.email)
    assert json.loads(client.get("/api/v1/organization").content)["name"] == "North Fitness"
    client.post(reverse("portal:switch_organization"), {"organization_id": str(south.id)})
    assert client.get(reverse("portal:members"))["Location"] == reverse("portal:access")
    assert "opens only that one" in client.get(reverse("portal:access")).content.decode()
    assert client.get("/api/v1/organization").json()["code"] == "own_sign_in_required"
    client.post(reverse("portal:switch_organization"), {"organization_id": str(company.party.id)})
    assert is_in(client)


def test_nor_does_it_join_another_organization_or_change_addresses_and_password(company):
    user, client = company.member(), Client()
    south = partner_organization(name="South")
    with organization_scope(south.id):
        invitation_id = invite_member(actor=south.actor(), invitee=Invitee(user.email, Role.OWNER), now=utc_now())
    come_back(company, client, user.email)
    from partners.invitation_tokens import invitation_token

    client.post(reverse("portal:join", args=[invitation_token(invitation_id)]))
    with organization_scope(south.id):
        assert not Member.objects.filter(user=user).exists()
    assert client.get(reverse("account_email")).status_code == 403
    assert client.post(reverse("account_email"), {"action_add": "", "email": "x@evil.example"}).status_code == 403
    data = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(reverse("account_set_password"), data)["Location"] == reverse("account_reset_password")
    user.refresh_from_db()
    assert not user.has_usable_password()


def test_who_proves_themselves_beside_it_reaches_all_of_theirs(company, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = company.member(password=PASSWORD)
    south = partner_organization(name="South")
    with organization_scope(south.id):
        Member.objects.create(organization_id=south.id, user=user, role=Role.OWNER)
    client = signed_in(user, organization=south)
    assert is_in(client)
    come_back(company, client, user.email)  # and the organization's word on top
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": "/"})
    client.post(reverse("portal:switch_organization"), {"organization_id": str(south.id)})
    assert is_in(client)


def test_a_browser_that_is_signed_in_as_somebody_else_stays_that_person(company):
    user, other = company.member(), member_of(company.party, Role.ANALYST)
    client = signed_in(other)
    refused = come_back(company, client, user.email)
    assert refused.status_code == 403
    assert "signed in as somebody else" in refused.content.decode()
    assert client.session["_auth_user_id"] == str(other.pk)


def test_a_closed_login_stays_closed(company):
    user = company.member()
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert come_back(company, Client(), user.email).status_code == 403


@pytest.mark.parametrize("email", ["a@nobody.example", "a@sub.{domain}", "a@{domain}.evil.example"])
def test_other_domains_are_nobodys(company, email):
    answer = ask(Client(), email.format(domain=company.domain))
    assert answer.status_code == 422
    assert "No organization signs in with this address here" in answer.content.decode()


@pytest.mark.parametrize("email", ["", "nonsense", "a@", "@b.example"])
def test_bad_input_is_said_beside_the_field(db, email):
    assert ask(Client(), email).status_code == 422


def test_an_unverified_domain_or_a_closed_way_leads_nowhere(company):
    email = company.member().email
    company.configure(enabled_at=None)
    assert ask(Client(), email).status_code == 422


def test_wrong_methods(company):
    assert Client().put(reverse("portal:company_sign_in")).status_code == 405
    assert Client().post(reverse("portal:company_sign_in_answer", args=[company.party.id])).status_code == 405


def test_too_many_tries_are_slowed_down(company):
    here = {"REMOTE_ADDR": "2001:db8:77::1"}
    address = reverse("portal:company_sign_in")
    answers = [Client().post(address, {"email": "a@nobody.example"}, **here).status_code for _ in range(21)]
    assert answers == [422] * 20 + [429]


def test_the_provider_that_does_not_answer_is_said_so(company):
    email = company.member().email
    company.configure(issuer="http://127.0.0.1:9")
    failed = ask(Client(), email)
    assert failed.status_code == 502
    assert "does not answer" in failed.content.decode()
