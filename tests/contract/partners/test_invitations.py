"""From the invitation to the membership, through mail and sign-up."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Invitation, Member, User
from tests.cast import PASSWORD, Party, member_of, partner_organization, person, signed_in
from tests.outbox import deliver_all


@pytest.fixture
def north(db, settings) -> Party:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow hashing is Django's to test
    return partner_organization(name="North")


def _invite(party: Party, email: str, *, role: Role = Role.FINANCE, language: str = "en", by=None):
    data = {"email": email, "role": role.value, "language": language}
    return signed_in(by or party.owner).post(reverse("portal:member_invite"), data)


def _link(mailoutbox) -> str:
    deliver_all()
    return "/join/" + mailoutbox[-1].body.split("/join/")[1].split()[0]


def _roles(party: Party, email: str) -> list[str]:
    with organization_scope(party.id):
        return list(Member.objects.filter(user__email=email).values_list("role", flat=True))


def _open(party: Party) -> list[Invitation]:
    with organization_scope(party.id):
        return list(Invitation.objects.filter(accepted_at=None, revoked_at=None))


def test_a_newcomer_signs_up_and_is_a_member(north, mailoutbox, client):
    assert _invite(north, "New@North.example").status_code == 302
    link = _link(mailoutbox)
    assert "North" in client.get(link).content.decode()
    page = client.get(reverse("account_signup")).content.decode()
    assert "new@north.example" in page
    data = {"full_name": "Nina New", "email": "other@north.example", "password1": PASSWORD, "password2": PASSWORD}
    response = client.post(reverse("account_signup"), data, follow=True)
    assert response.status_code == 200
    assert "You are now a member of North" in response.content.decode()
    assert _roles(north, "new@north.example") == ["finance"]
    user = User.objects.get(email="new@north.example")  # the invited address, whatever was posted
    assert user.full_name == "Nina New"
    assert user.emailaddress_set.get().verified
    assert client.get(link).status_code == 410


def test_somebody_with_a_login_signs_in_and_is_a_member(north, mailoutbox, client):
    known = person(email="known@elsewhere.example", password=PASSWORD)
    known.emailaddress_set.create(email=known.email, verified=True, primary=True)
    _invite(north, known.email)
    assert reverse("account_login") in client.get(_link(mailoutbox)).content.decode()
    client.post(reverse("account_login"), {"login": known.email, "password": PASSWORD})
    assert _roles(north, known.email) == ["finance"]
    assert client.session["organization_id"] == str(north.id)


def test_who_is_signed_in_already_joins_with_one_click(north, mailoutbox):
    south = partner_organization(name="South")
    _invite(north, south.owner.email)
    client, link = signed_in(south.owner), _link(mailoutbox)
    assert "Join now" in client.get(link).content.decode()
    assert _roles(north, south.owner.email) == []
    assert client.post(link)["Location"] == reverse("portal:home")
    assert _roles(north, south.owner.email) == ["finance"]


def test_the_link_is_for_its_address_only(north, mailoutbox):
    _invite(north, "wanted@north.example")
    link, other = _link(mailoutbox), partner_organization().owner
    client = signed_in(other)
    assert "Sign out" in client.get(link).content.decode()
    assert client.post(link, follow=True).status_code == 200
    assert _roles(north, other.email) == []


def test_signing_up_needs_an_invitation(db, client):
    data = {"full_name": "X", "email": "x@example.org", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("account_signup"), data)
    assert not User.objects.filter(email="x@example.org").exists()


def test_a_forged_or_unknown_link_is_not_found(db, client):
    assert client.get(reverse("portal:join", args=["0" * 32 + ".x"])).status_code == 404
    assert client.post(reverse("portal:join", args=["nonsense"])).status_code == 404
    assert client.put(reverse("portal:join", args=["nonsense"])).status_code == 405


def test_a_link_that_was_taken_back_or_is_too_old_is_gone(north, mailoutbox, client):
    _invite(north, "late@north.example")
    link, [invitation] = _link(mailoutbox), _open(north)
    with organization_scope(north.id):
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=utc_now() - timedelta(minutes=1))
    assert client.get(link).status_code == 410
    signed_in(north.owner).post(reverse("portal:invitation_resend", args=[invitation.pk]))
    assert client.get(link).status_code == 200
    said = signed_in(north.owner).post(reverse("portal:invitation_revoke", args=[invitation.pk]), follow=True)
    assert "is taken back" in said.content.decode()
    assert client.get(link).status_code == 410
    assert signed_in(north.owner).post(reverse("portal:invitation_revoke", args=[invitation.pk])).status_code == 302


def test_the_mail_is_in_the_language_of_the_invited(north, mailoutbox):
    _invite(north, "zh@north.example", language="zh-hans")
    _link(mailoutbox)
    with translation.override("zh-hans"):
        assert mailoutbox[-1].body.startswith(translation.gettext("Hello,"))
        assert str(Role.FINANCE.label) in mailoutbox[-1].body


def test_inviting_again_renews_and_sends_again(north, mailoutbox):
    _invite(north, "twice@north.example", role=Role.VIEWER)
    _invite(north, "TWICE@north.example", role=Role.ANALYST)
    deliver_all()
    assert len(mailoutbox) == 2
    assert [i.role for i in _open(north)] == ["analyst"]


def test_bad_input(north):
    assert _invite(north, "nonsense").status_code == 422
    assert "already a member" in _invite(north, north.owner.email).content.decode()
    manager = member_of(north, Role.MANAGER)
    assert _invite(north, "boss@north.example", role=Role.OWNER, by=manager).status_code == 422
    assert _open(north) == []


def test_nobody_grants_above_the_own_role_even_by_resending(north):
    _invite(north, "boss@north.example", role=Role.OWNER)
    manager = signed_in(member_of(north, Role.MANAGER))
    [invitation] = _open(north)
    assert manager.post(reverse("portal:invitation_resend", args=[invitation.pk])).status_code == 403
    assert manager.post(reverse("portal:invitation_revoke", args=[invitation.pk])).status_code == 403
    assert _invite(north, "boss@north.example", role=Role.VIEWER, by=north.manager).status_code == 403


def test_who_may(north):
    _invite(north, "a@north.example")
    [invitation] = _open(north)
    stranger = signed_in(partner_organization().owner)
    for name in ("portal:invitation_resend", "portal:invitation_revoke"):
        address = reverse(name, args=[invitation.pk])
        assert stranger.post(address).status_code == 404
        assert signed_in(north.viewer).post(address).status_code == 403
        assert signed_in(north.owner).get(address).status_code == 405
    assert _invite(north, "b@north.example", by=north.viewer).status_code == 403
    assert "a@north.example" not in signed_in(north.viewer).get(reverse("portal:members")).content.decode()


def test_an_organization_may_have_only_one_open_link_per_address(north, mailoutbox):
    _invite(north, "one@north.example")
    first = _link(mailoutbox)
    _invite(north, "one@north.example")
    assert _link(mailoutbox) == first
    assert Client().get(first).status_code == 200
