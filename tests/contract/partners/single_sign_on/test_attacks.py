"""What a provider, another organization, or somebody on the way might try. Every one of these ends outside."""

import re
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.models import User
from partners.single_sign_on import flow
from partners.single_sign_on.domain import VouchedPerson, provider_id_for
from partners.single_sign_on.providers import ProviderClient, Tokens, keys_of, metadata_of
from partners.single_sign_on.tokens import IdTokenRefusedError, vouched_person
from tests.cast import PASSWORD
from tests.contract.partners.single_sign_on.companies import SECRET, ask, come_back, company_of, is_in, question
from tests.identity_provider.running import Provider

TRY_AGAIN = "This sign-in did not work"


def refused(client: Client, answer: str) -> str:
    """The page that says no; nobody is signed in after it."""
    response = client.get(answer)
    page = response.content.decode()
    assert response.status_code == 403, page
    assert TRY_AGAIN in page
    assert "_auth_user_id" not in client.session
    assert not is_in(client)
    return page


def with_query(answer: str, **changes: str) -> str:
    parts = urlsplit(answer)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changes
    return f"{parts.path}?{urlencode({name: value for name, value in query.items() if value})}"


# --- The way between browser, us and the provider -----------------------------------------------------------------


@pytest.mark.parametrize("state", ["forged", "", "x" * 43])
def test_a_forged_state(company, state):
    user, client = company.member(), Client()
    answer = company.provider.answer_to(question(client, user.email), user.email)
    assert "not begun in this browser" in refused(client, with_query(answer, state=state))
    assert "not begun in this browser" in refused(client, answer)  # the right one comes too late


def test_an_answer_that_nobody_asked_for(company):
    user = company.member()
    answer = company.provider.answer_to(question(Client(), user.email), user.email)
    assert "not begun in this browser" in refused(Client(), answer)


def test_an_answer_brought_twice(company):
    user, client = company.member(), Client()
    answer = company.provider.answer_to(question(client, user.email), user.email)
    assert client.get(answer).status_code == 302
    other = Client()
    question(other, user.email)
    refused(other, answer)
    assert client.get(answer).status_code == 403  # the same browser again


def test_an_answer_that_comes_too_late(company):
    user, client = company.member(), Client()
    answer = company.provider.answer_to(question(client, user.email), user.email)
    session = client.session
    session["single_sign_on"] = {**session["single_sign_on"], "began": int(time.time()) - 601}
    session.save()
    assert "too long ago" in refused(client, answer)


def test_a_code_that_was_used_or_never_given(company):
    user, first, second = company.member(), Client(), Client()
    answer = company.provider.answer_to(question(first, user.email), user.email)
    assert first.get(answer).status_code == 302
    state = parse_qs(urlsplit(question(second, user.email)).query)["state"][0]
    assert "no longer accepts this sign-in" in refused(second, with_query(answer, state=state))
    state = parse_qs(urlsplit(question(second, user.email)).query)["state"][0]
    refused(second, with_query(answer, state=state, code="nonsense"))


def test_a_stolen_code_is_of_no_use_without_its_verifier(company):
    """The thief has a browser and a state of their own, and somebody else's fresh code."""
    user, thief = company.member(), Client()
    stolen = company.provider.answer_to(question(Client(), user.email), user.email)
    state = parse_qs(urlsplit(question(thief, user.email)).query)["state"][0]
    assert "no longer accepts this sign-in" in refused(thief, with_query(stolen, state=state))


def test_an_answer_that_names_another_issuer(company):
    user, client = company.member(), Client()
    answer = company.provider.answer_to(question(client, user.email), user.email)
    assert "another identity provider" in refused(client, with_query(answer, iss="https://evil.example"))


def test_an_answer_to_one_organization_brought_to_another(company, another_company):
    """Mix-up: the browser was sent to one provider and comes back to the address of another."""
    user, other, client = company.member(), another_company(), Client()
    answer = company.provider.answer_to(question(client, user.email), user.email)
    elsewhere = reverse("portal:company_sign_in_answer", args=[provider_id_for(other.party.id)])
    assert "not begun in this browser" in refused(client, answer.replace(urlsplit(answer).path, elsewhere))


def test_a_provider_that_says_no(company):
    user, client = company.member(), Client()
    state = parse_qs(urlsplit(question(client, user.email)).query)["state"][0]
    address = reverse("portal:company_sign_in_answer", args=[provider_id_for(company.party.id)])
    told = urlencode({"error": "access_denied", "error_description": "<script>alert(1)</script>", "state": state})
    assert "<script>alert" not in refused(client, f"{address}?{told}")


def test_a_way_that_was_closed_meanwhile(company):
    user, client = company.member(), Client()
    answer = company.provider.answer_to(question(client, user.email), user.email)
    company.configure(enabled_at=None)
    assert "no longer signs its people in" in refused(client, answer)


# --- What the token says ------------------------------------------------------------------------------------------

NOW = int(time.time())
LIES = {
    "another nonce": {"nonce": "replayed"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another-client"},
    "another party among several audiences": {"aud": ["{client_id}", "another-client"], "azp": "another-client"},
    "several audiences and no party": {"aud": ["{client_id}", "another-client"]},
    "another issuer": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "too old": {"exp": NOW - 3600, "iat": NOW - 7200},
    "no end": {"exp": None},
    "from the future": {"iat": NOW + 3600},
    "nobody": {"sub": None},
    "an empty name": {"sub": ""},
    "a name that is none": {"sub": 7},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_token_that_is_not_for_us_now(company, lie):
    user, client = company.member(), Client()
    told = {n: [p.format(client_id=company.client_id) for p in v] if isinstance(v, list) else v for n, v in lie.items()}
    company.provider.lie(user.email, **told)
    answer = company.provider.answer_to(question(client, user.email), user.email)
    assert "did not pass our checks" in refused(client, answer)


@pytest.mark.parametrize("said", [False, "true", 1], ids=str)
def test_an_address_that_is_not_verified(company, said):
    user, client = company.member(), Client()
    company.provider.lie(user.email, email_verified=said, xms_edov=None if said == "true" else False)
    answer = company.provider.answer_to(question(client, user.email), user.email)
    assert "does not confirm your e-mail address" in refused(client, answer)


@pytest.mark.parametrize(("said", "comes_in"), [(True, True), ("1", True), (1, True), ("0", False), ("yes", False)])
def test_microsoft_says_it_in_a_claim_of_its_own(company, said, comes_in):
    user, client = company.member(), Client()
    company.provider.lie(user.email, email_verified=None, xms_edov=said)
    client.get(company.provider.answer_to(question(client, user.email), user.email))
    assert is_in(client) is comes_in


def test_a_person_whose_address_the_provider_itself_has_not_verified(company):
    email, client = company.address(), Client()
    company.provider.person(email, verified=False)
    answer = company.provider.answer_to(question(client, email), email)
    assert "does not confirm your e-mail address" in refused(client, answer)
    assert not User.objects.filter(email=email).exists()


@pytest.mark.parametrize(
    "address", ["boss@elsewhere.example", "boss@sub.{domain}", "boss@{domain}.evil.example", "boss"]
)
def test_an_address_outside_the_verified_domains(company, address):
    user, client = company.member(), Client()
    company.provider.lie(user.email, email=address.format(domain=company.domain))
    answer = company.provider.answer_to(question(client, user.email), user.email)
    assert "not in a domain that this organization has verified" in refused(client, answer)


def test_another_organizations_owner_is_never_reached(company, another_company):
    """A provider that vouches for an address in somebody else's verified domain."""
    other = another_company()
    victim = other.member("owner")
    user, client = company.member(), Client()
    company.provider.lie(user.email, email=victim.email, sub="whatever")
    refused(client, company.provider.answer_to(question(client, user.email), user.email))


def test_an_address_that_was_given_to_somebody_else(company):
    """The old member left, the address was handed on: another person at the provider, the same address."""
    user = company.member("finance")
    come_back(company, Client(), user.email)
    company.provider.lie(user.email, sub="the successor")
    client = Client()
    assert "names you differently" in refused(
        client, company.provider.answer_to(question(client, user.email), user.email)
    )


def test_a_login_that_somebody_made_before_without_proving_the_address(company, settings):
    """Its password was chosen by whoever made it; the person whose address it is gets the login without that password."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    email, client = company.address(), Client()
    planted = User.objects.create_user(email, PASSWORD)
    planted.emailaddress_set.create(email=email, verified=False, primary=True)
    company.provider.person(email)
    come_back(company, client, email)
    assert is_in(client)
    planted.refresh_from_db()
    assert not planted.has_usable_password()


def test_userinfo_speaks_of_the_person_when_the_token_does_not(company):
    user, client = company.member(), Client()
    company.provider.lie(user.email, email=None, email_verified=None)
    come_back(company, client, user.email)
    assert is_in(client)


def test_userinfo_that_speaks_of_somebody_else(company):
    user, client = company.member(), Client()
    company.provider.lie(user.email, email=None, email_verified=None, sub="somebody else")
    assert "did not pass our checks" in refused(
        client, company.provider.answer_to(question(client, user.email), user.email)
    )


def test_a_client_secret_by_basic_authentication(provider: Provider, db, reachable, monkeypatch):
    company = company_of(provider, secret="plain-secret")
    monkeypatch.setattr(flow, "metadata_of", lambda issuer: replace(metadata_of(issuer), posts_secret=False))
    user, client = company.member(), Client()
    come_back(company, client, user.email)
    assert is_in(client)
    wrong = company_of(provider, secret="plain-secret", kept="another")
    refused(client := Client(), provider.answer_to(question(client, email := wrong.member().email), email))


# --- Who signed it ------------------------------------------------------------------------------------------------


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _forgeries(provider: Provider) -> dict[str, str]:
    """Tokens whose every claim is right."""
    now = int(time.time())
    claims = {
        "iss": provider.issuer,
        "aud": "client",
        "sub": "1",
        "nonce": "n",
        "exp": now + 300,
        "iat": now,
        "email": "boss@company.example",
        "email_verified": True,
    }
    [published] = keys_of(metadata_of(provider.issuer)).keys
    public = published.key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    named = {"kid": published.key_id}
    other = _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return {
        "nobody": jwt.encode(claims, None, algorithm="none", headers=named),
        "the client's secret": jwt.encode(claims, SECRET * 2, algorithm="HS256", headers=named),
        "the public key as a secret": _hmac_with(claims, public, named),
        "another key under the published name": jwt.encode(claims, other, algorithm="RS256", headers=named),
        "another key under its own name": jwt.encode(claims, other, algorithm="RS256", headers={"kid": "mine"}),
        "another key under no name": jwt.encode(claims, other, algorithm="RS256"),
        "nonsense": "a.b.c",
        "nothing": "",
    }


def _hmac_with(claims: dict[str, object], secret: bytes, headers: dict[str, object]) -> str:
    """PyJWT refuses to do this, so it is done by hand."""
    import hashlib
    import hmac
    import json
    from base64 import urlsafe_b64encode

    def part(value: object) -> bytes:
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    signed = part({"alg": "HS256", "typ": "JWT", **headers}) + b"." + part(claims)
    signature = urlsafe_b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).rstrip(b"=")
    return (signed + b"." + signature).decode()


def test_tokens_that_the_provider_did_not_sign(reachable, provider):
    metadata = metadata_of(provider.issuer)
    client = ProviderClient(provider.issuer, "client", SECRET)
    for name, forged in _forgeries(provider).items():
        with pytest.raises(IdTokenRefusedError):
            raise AssertionError(f"{name}: {vouched_person(Tokens(forged, ''), metadata, client, nonce='n')}")


def test_the_same_claims_signed_by_the_provider_pass(reachable, provider, tmp_path_factory):
    """The control: it is the signature that the forgeries lack."""
    key = next(tmp_path_factory.getbasetemp().glob("provider*/key.pem"))
    metadata = metadata_of(provider.issuer)
    [published] = keys_of(metadata).keys
    claims = jwt.decode(_forgeries(provider)["another key under no name"], options={"verify_signature": False})
    token = jwt.encode(claims, key.read_bytes(), algorithm="RS256", headers={"kid": published.key_id})
    client = ProviderClient(provider.issuer, "client", SECRET)
    person = vouched_person(Tokens(token, ""), metadata, client, nonce="n")
    assert person == VouchedPerson("1", "boss@company.example", "")


# --- Who is there -------------------------------------------------------------------------------------------------


def test_nobody_learns_who_has_a_login(company):
    """The same answer by the same steps for an address that is known and one that is not."""
    known, unknown = company.member().email, company.address()
    metadata_of(company.provider.issuer)  # what both would wait for
    answers, queries = [], []
    for email in (known, unknown):
        with CaptureQueriesContext(connections["default"]) as asked:
            page = ask(Client(), email)
        answers.append((page.status_code, page.content.decode().count("data-goes-on"), len(page.content) // 64))
        queries.append([re.split(r"'|_x\d", query["sql"])[0] for query in asked])
    assert answers[0] == answers[1]
    assert queries[0] == queries[1]
    assert not [sql for sql in queries[0] if "partners_user" in sql or "account_emailaddress" in sql]
