"""Signing in, resetting a password, two factors, and how often one may try."""

import re
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from partners.models import User
from tests.cast import PASSWORD, Party, member_of, partner_organization, signed_in


@pytest.fixture
def north(db, settings) -> Party:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow hashing is Django's to test
    return partner_organization(name="North")


def _user(party: Party, **fields: str) -> User:
    user = member_of(party, "viewer", password=PASSWORD)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    User.objects.filter(pk=user.pk).update(**fields)
    return user


def _sign_in(user: User, password: str = PASSWORD, *, client: Client | None = None, **extra: str):
    extra.setdefault("REMOTE_ADDR", f"2001:db8::{uuid4().hex[:4]}")
    data = {"login": user.email, "password": password}
    return (client or Client()).post(reverse("account_login"), data, **extra)


def test_by_address_in_any_case(north):
    user = _user(north)
    user.email = user.email.upper()
    assert _sign_in(user)["Location"] == reverse("portal:home")


def test_signing_in_remembers_the_language_for_mails(north):
    user, client = _user(north), Client()
    client.cookies["django_language"] = "zh-hans"
    _sign_in(user, client=client)
    user.refresh_from_db()
    assert user.language == "zh-hans"


def test_a_wrong_password_and_an_unknown_address_read_the_same(north):
    sentences = []
    for user in (_user(north), User(email="nobody@example.org")):
        page = _sign_in(user, "wrong password").content.decode()
        sentences.append(re.findall(r"The email address[^<]*", page))
    assert sentences[0] == sentences[1] != []


def test_an_address_that_is_not_verified_does_not_open(north):
    user = member_of(north, "viewer", password=PASSWORD)
    user.emailaddress_set.create(email=user.email, verified=False, primary=True)
    assert _sign_in(user)["Location"] == reverse("account_email_verification_sent")


def test_the_reset_mail_is_in_the_persons_language(north, mailoutbox):
    for language in ("en", "zh-hans"):
        user = _user(north, language=language)
        Client().post(reverse("account_reset_password"), {"email": user.email})
        [mail] = [mail for mail in mailoutbox if mail.to == [user.email]]
        assert bool(re.search("[\u4e00-\u9fff]", mail.subject + mail.body)) is (language == "zh-hans")
        assert "/accounts/password/reset/key/" in mail.body


def test_resetting_ends_every_session(north, mailoutbox):
    user = _user(north)
    theirs = signed_in(user)
    Client().post(reverse("account_reset_password"), {"email": user.email})
    link = re.search(r"/accounts/password/reset/key/\S+", mailoutbox[-1].body)[0]
    client = Client()
    form = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(form, {"password1": "another long secret", "password2": "another long secret"})
    assert _sign_in(user, "another long secret")["Location"] == reverse("portal:home")
    assert theirs.get(reverse("portal:members"))["Location"].startswith(reverse("account_login"))


def test_too_many_wrong_passwords_are_slowed_down_by_address(north, settings):
    settings.TRUSTED_PROXY_COUNT = 1
    user, here = _user(north), f"2001:db8:1::{uuid4().hex[:4]}"
    forged = [
        _sign_in(user, "wrong", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, {here}")
        for n in range(7)
    ]
    assert any("Too many failed login attempts" in response.content.decode() for response in forged)
    # what the client wrote itself into the header did not help; who comes from elsewhere has tries of their own
    other = _user(north)
    assert _sign_in(other, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9").status_code == 302


def _code(secret: str) -> str:
    return f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06d}"


def test_two_factors_and_recovery_codes(north):
    user, client = _user(north), Client()
    _sign_in(user, client=client)
    asked = client.get(reverse("mfa_activate_totp"))["Location"]  # the password once more
    page = client.post(asked, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    assert client.post(reverse("mfa_activate_totp"), {"code": _code(secret)}).status_code == 302
    codes = re.findall(r"\b[0-9a-f]{8}\b", client.get(reverse("mfa_view_recovery_codes")).content.decode())
    assert len(codes) == 10

    half = Client()
    assert _sign_in(user, client=half)["Location"].startswith(reverse("mfa_authenticate"))
    assert half.get(reverse("portal:members"))["Location"].startswith(reverse("account_login"))
    assert half.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert half.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    assert half.get(reverse("portal:members")).status_code == 200

    again = Client()
    _sign_in(user, client=again)
    assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200  # used up
