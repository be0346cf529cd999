"""An owner shows which domains are the organization's, and names its identity provider."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.sealing import is_sealed
from alliance.kernel.tenancy import organization_scope
from partners.models import IdentityProvider, MailDomain, ProviderIdentity
from partners.single_sign_on import verification
from partners.single_sign_on.selectors import find_sign_in_domain
from partners.single_sign_on.verification import check_by_file, proof_of
from tests.cast import Party, partner_organization, signed_in
from tests.contract.kernel.outgoing.servers import answering, authority, serving
from tests.contract.partners.single_sign_on.companies import come_back

PAGE = "portal:single_sign_on"
shown: dict[str, str] = {}


def found_where_shown(domain: str, proof: str) -> bool:
    """A checker for tests: the proof is there where the test has put it."""
    return shown.get(domain) == proof


@pytest.fixture
def north(db, settings) -> Party:
    settings.DOMAIN_CHECKER = f"{__name__}.found_where_shown"
    shown.clear()
    return partner_organization(name="North")


def _add(party: Party, name: str, role: Role = Role.OWNER):
    return signed_in(party.user(role)).post(reverse("portal:domain_add"), {"name": name}, follow=True)


def _domains(party: Party) -> dict[str, bool]:
    with organization_scope(party.id):
        return {domain.name: domain.is_verified for domain in MailDomain.objects.all()}


def _domain(party: Party, name: str) -> MailDomain:
    with organization_scope(party.id):
        return MailDomain.objects.get(name=name)


def _verify(party: Party, name: str, *, by: Party | None = None, is_shown: bool = True) -> str:
    domain = _domain(party, name)
    if is_shown:
        shown[name] = proof_of(domain.token)
    address = reverse("portal:domain_verify", args=[domain.pk])
    return signed_in((by or party).owner).post(address, follow=True).content.decode()


def _actions(party: Party) -> list[str]:
    with organization_scope(party.id):
        return list(AuditEvent.objects.filter(action__startswith="single_sign_on").values_list("action", flat=True))


# --- Domains ------------------------------------------------------------------------------------------------------


def test_a_domain_is_added_shown_and_verified(north):
    page = _add(north, " North.Example. ").content.decode()
    assert "https://north.example/.well-known/partner-alliance-verification.txt" in page
    assert proof_of(_domain(north, "north.example").token) in page
    assert "not found there yet" in _verify(north, "north.example", is_shown=False)
    assert "The domain is verified." in _verify(north, "north.example")
    _verify(north, "north.example")  # again: nothing more happens
    assert _domains(north) == {"north.example": True}
    assert sorted(_actions(north)) == ["single_sign_on.domain_added", "single_sign_on.domain_verified"]


def test_adding_it_again_keeps_the_proof(north):
    _add(north, "north.example")
    token = _domain(north, "north.example").token
    _add(north, "NORTH.example")
    assert _domain(north, "north.example").token == token


def test_a_name_in_chinese_is_kept_in_its_one_spelling(north):
    _add(north, "例子.中国")
    assert list(_domains(north)) == ["xn--fsqu00a.xn--fiqs8s"]


@pytest.mark.parametrize(
    "name",
    ["", "localhost", "127.0.0.1", "a b.example", "https://a.example/", "a@b.example", "-a.example", "a..b", "x" * 260],
)
def test_what_is_no_domain_is_refused_beside_the_field(north, name):
    assert _add(north, name).status_code == 422
    assert _domains(north) == {}


def test_a_domain_that_one_organization_verified_is_no_others(north):
    south = partner_organization(name="South")
    for party in (north, south):
        _add(party, "shared.example")
    assert "The domain is verified." in _verify(north, "shared.example")
    assert "Another organization has verified this domain" in _verify(south, "shared.example")
    assert (_domains(north), _domains(south)) == ({"shared.example": True}, {"shared.example": False})
    signed_in(north.owner).post(reverse("portal:domain_remove", args=[_domain(north, "shared.example").pk]))
    assert "The domain is verified." in _verify(south, "shared.example")


def test_the_proof_of_one_organization_is_of_no_use_to_another(north):
    south = partner_organization(name="South")
    for party in (north, south):
        _add(party, "shared.example")
    shown["shared.example"] = proof_of(_domain(north, "shared.example").token)
    assert "not found there yet" in _verify(south, "shared.example", is_shown=False)


def test_who_may(north):
    _add(north, "north.example")
    domain_id = _domain(north, "north.example").pk
    stranger = partner_organization(name="South")
    for name in ("portal:domain_verify", "portal:domain_remove"):
        address = reverse(name, args=[domain_id])
        assert signed_in(stranger.owner).post(address).status_code == 404
        assert signed_in(north.manager).post(address).status_code == 403
        assert signed_in(north.owner).get(address).status_code == 405
    assert _add(north, "more.example", Role.MANAGER).status_code == 403
    assert signed_in(north.manager).get(reverse(PAGE)).status_code == 403
    assert list(_domains(north)) == ["north.example"]


def test_at_most_fifty(north):
    with organization_scope(north.id):
        MailDomain.objects.bulk_create(
            MailDomain(organization_id=north.id, name=f"d{n}.example", token="t") for n in range(50)
        )
    assert "at most 50 domains" in _add(north, "one-more.example").content.decode()


@pytest.fixture
def web_server(settings, tmp_path, monkeypatch):
    """The way out leads to a web server of the test on loopback, whose certificate is trusted for `north.test`."""
    from ipaddress import ip_network

    made = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)
    monkeypatch.setattr("alliance.kernel.http.outgoing.addresses.resolve_name", lambda _name, _port: ["127.0.0.1"])
    return made


@pytest.mark.parametrize(
    ("answer", "is_proof"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nx\r\n the-line\n", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nthe-line-two", False),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\n\r\nthe-line", False),
        (b"HTTP/1.1 302 Found\r\nLocation: https://evil.test/\r\nContent-Length: 0\r\n\r\n", False),
        (b"nonsense", False),
    ],
)
def test_the_file_on_the_domains_own_server(web_server, settings, monkeypatch, answer, is_proof):
    with serving(answering(answer), tls=web_server.context_for("north.test")) as server:
        settings.OUTGOING_HTTP_PORTS = frozenset({server.port})
        monkeypatch.setattr(
            verification, "file_address", lambda domain: f"https://{domain}:{server.port}{verification.FILE}"
        )
        assert check_by_file("north.test", "the-line") is is_proof
        assert not check_by_file("other.test", "the-line")  # the certificate is for another name


def test_a_domain_that_leads_into_our_own_network_shows_nothing(db):
    assert not check_by_file("localhost.localdomain", "the-line")


# --- The provider -------------------------------------------------------------------------------------------------


def _name_provider(party: Party, issuer: str, role: Role = Role.OWNER, **changes: str):
    told = {"issuer": issuer, "client_id": "client", "client_secret": "very secret", "creates_members": "on", **changes}
    return signed_in(party.user(role)).post(reverse("portal:identity_provider"), told, follow=True)


def test_a_provider_is_named_and_its_secret_sealed_and_never_shown(north, reachable, provider):
    page = _name_provider(north, provider.issuer).content.decode()
    assert "It answered." in page
    assert provider.issuer in page
    with organization_scope(north.id):
        row = IdentityProvider.objects.get()
        trail = json.dumps(list(AuditEvent.objects.values_list("before", "after")), default=str)
    assert is_sealed(row.sealed_secret)
    for text in (page, trail, signed_in(north.owner).get(reverse("portal:identity_provider")).content.decode()):
        assert "very secret" not in text
        assert row.sealed_secret not in text


def test_the_redirect_address_is_known_before_and_stays(north, reachable, provider):
    before = signed_in(north.owner).get(reverse("portal:identity_provider")).context["redirect_uri"]
    _name_provider(north, provider.issuer)
    with organization_scope(north.id):
        assert before.endswith(reverse("portal:company_sign_in_answer", args=[IdentityProvider.objects.get().pk]))
    assert str(north.id) not in before


def test_an_empty_secret_keeps_the_present_one(north, reachable, provider):
    _name_provider(north, provider.issuer)
    with organization_scope(north.id):
        sealed = IdentityProvider.objects.get().sealed_secret
    assert _name_provider(north, provider.issuer, client_secret="", creates_members="").status_code == 200
    with organization_scope(north.id):
        row = IdentityProvider.objects.get()
    assert (row.sealed_secret, row.creates_members) == (sealed, False)
    refused = _name_provider(north, provider.issuer, client_id="another", client_secret="")
    assert refused.status_code == 422
    assert "Give the client" in refused.content.decode()


@pytest.mark.parametrize(
    ("issuer", "sentence"),
    [
        ("{issuer}/elsewhere", "there is no identity provider"),
        ("{issuer}/", "there is no identity provider"),  # it names itself without the slash
        ("http://127.0.0.1:443", "does not answer"),
        ("http://127.0.0.1:9", "port"),
        ("http://169.254.169.254", "not on the public internet"),
        ("ftp://x.example", "without a name, password or fragment"),
        ("nonsense", "Enter a valid URL"),
    ],
)
def test_what_is_no_provider_is_refused_beside_the_field(north, reachable, provider, issuer, sentence):
    refused = _name_provider(north, issuer.format(issuer=provider.issuer))
    assert refused.status_code == 422
    assert sentence in str(refused.context["form"].errors["issuer"])
    assert "client" in refused.content.decode()  # what was typed is kept
    with organization_scope(north.id):
        assert not IdentityProvider.objects.exists()


def test_another_client_forgets_who_was_who(company):
    come_back(company, Client(), company.member().email)
    _name_provider(company.party, company.provider.issuer, client_id="another")
    with organization_scope(company.party.id):
        assert not ProviderIdentity.objects.exists()


def test_only_owners_name_providers(north, reachable, provider):
    assert _name_provider(north, provider.issuer, Role.MANAGER).status_code == 403
    with organization_scope(north.id):
        assert not IdentityProvider.objects.exists()


def test_the_way_is_opened_when_both_are_there_and_closed_again(north, reachable, provider):
    owner = signed_in(north.owner)

    def switch(enabled: str) -> str:
        return owner.post(reverse("portal:single_sign_on_switch"), {"enabled": enabled}, follow=True).content.decode()

    assert "verify a domain first" in switch("yes")
    _add(north, "north.example")
    _verify(north, "north.example")
    assert "verify a domain first" in switch("yes")
    _name_provider(north, provider.issuer)
    assert find_sign_in_domain("north.example") is None
    assert "can sign in this way now" in switch("yes")
    assert find_sign_in_domain("north.example").organization_name == "North"
    switch("yes")  # again: nothing more happens
    assert "This way in is closed." in switch("")
    assert find_sign_in_domain("north.example") is None
    assert _actions(north).count("single_sign_on.enabled") == 1


def test_removing_a_member_forgets_their_identity(company):
    user = company.member()
    come_back(company, Client(), user.email)
    member_page = reverse("portal:members")
    owner = signed_in(company.party.owner)
    member_id = next(m.pk for m, _ in owner.get(member_page).context["members"] if m.user_id == user.pk)
    owner.post(reverse("portal:member_remove", args=[member_id]))
    with organization_scope(company.party.id):
        assert not ProviderIdentity.objects.exists()
