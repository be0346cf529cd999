"""Second factors at rest and under attack; how people use them is played in the browser tests."""

import json
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from alliance.kernel.sealing import is_sealed
from tests.cast import PASSWORD, Party, member_of, partner_organization, person, signed_in

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def north(db, settings) -> Party:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow hashing is Django's to test
    return partner_organization(name="North")


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_secrets_are_sealed_at_rest_and_still_work(north):
    factor = TOTP.activate(north.owner, SECRET)
    codes = RecoveryCodes.activate(north.owner)
    kept = json.dumps(list(Authenticator.objects.filter(user=north.owner).values_list("data", flat=True)))
    assert SECRET not in kept
    assert is_sealed(factor.instance.data["secret"])
    assert is_sealed(codes.instance.data["seed"])
    assert factor.validate_code(_code(SECRET))
    assert codes.validate_code(codes.generate_codes()[0])


def test_a_secret_of_an_earlier_version_still_works(north):
    row = Authenticator.objects.create(user=north.owner, type="totp", data={"secret": SECRET})
    assert row.wrap().validate_code(_code(SECRET))


def test_who_sets_up_a_second_factor_has_given_it_in_this_session(committed, settings, mailoutbox):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = member_of(partner_organization(), "viewer", password=PASSWORD)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    asked = client.get(reverse("mfa_activate_totp"))["Location"]
    secret = client.post(asked, {"password": PASSWORD}, follow=True).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": _code(secret)})
    records = client.session["account_authentication_methods"]
    factor = Authenticator.objects.get(user=user, type="totp")
    assert [(r["method"], r["id"]) for r in records if r["method"] == "mfa"] == [("mfa", factor.pk)]
    assert "Authenticator App Activated" in mailoutbox[-1].subject


@pytest.mark.parametrize(
    "credential", ["", "nonsense", "{}", '{"id": "x"}', '{"response": {"userHandle": "MQ"}}', "[]", "1"]
)
def test_a_forged_passkey_opens_nothing(db, credential):
    client = Client(REMOTE_ADDR=f"2001:db8::{uuid4().hex[:4]}")  # a visitor of its own to the rate limit
    options = client.get(reverse("mfa_login_webauthn"), headers={"Accept": "application/json"}).json()
    assert options["request_options"]["publicKey"]["userVerification"] == "required"
    answer = client.post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert answer["Location"] == reverse("account_login")
    assert "_auth_user_id" not in client.session


def test_adding_a_passkey_takes_a_fresh_proof(north):
    user = member_of(north, "viewer", password=PASSWORD)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    client = signed_in(user)
    assert client.get(reverse("mfa_add_webauthn"))["Location"].startswith(reverse("account_reauthenticate"))
    assert client.post(reverse("mfa_add_webauthn"), {"credential": "{}"}).status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()


def test_a_forged_registration_adds_nothing(db):
    client = signed_in(person())
    client.get(reverse("mfa_add_webauthn"))
    answer = client.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": '{"id": "x", "response": {}}'})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_passkeys_of_others_are_out_of_reach(db):
    owner, other = person(), person()
    key = Authenticator.objects.create(user=owner, type="webauthn", data={"name": "Mine", "credential": {}})
    client = signed_in(other)
    for page in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(page, args=[key.pk])).status_code == 404
        assert client.post(reverse(page, args=[key.pk]), {"name": "Taken"}).status_code == 404
    key.refresh_from_db()
    assert key.data["name"] == "Mine"
