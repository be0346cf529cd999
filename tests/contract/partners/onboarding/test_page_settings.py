"""The host sets up its application page: words, colour, logo, rules."""

import io

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from PIL import Image

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import ApplicationPage, ApplicationPageLogo
from partners.onboarding.domain.eligibility import EligibilityRules, Rule, Subject
from tests.applicants import page_of
from tests.cast import alliance_of, host_organization, signed_in
from tests.documents import jpeg_bytes, pdf_bytes, png_bytes, upload

DATA = {
    "display_name": "Learning together",
    "slug": "learning-together",
    "introduction_en": "Join us.",
    "introduction_zh": "欢迎加入。",
    "accent_colour": "#1A7431",
    "industries": ["fitness", "travel"],
    "required_documents": ["business_licence"],
    "reapply_days": "30",
    "is_open": "on",
}


def _address(cast, name="application_page_edit") -> str:
    return reverse(f"portal:{name}", args=[cast.alliance.id])


def _page(cast) -> ApplicationPage:
    with organization_scope(cast.host.id):
        return ApplicationPage.objects.get()


def test_a_page_is_made_and_changed(cast):
    client = signed_in(cast.host.owner)
    assert "has no application page yet" in client.get(_address(cast)).content.decode()
    for _ in range(2):
        assert client.post(_address(cast), DATA).status_code == 302
    page = _page(cast)
    assert (page.slug, page.accent_colour, page.industries, page.is_open) == (
        "learning-together",
        "#1a7431",
        ["fitness", "travel"],
        True,
    )
    with organization_scope(cast.host.id):
        assert AuditEvent.objects.filter(action="application_page.saved").count() == 1
    shown = Client().get(reverse("portal:application_page", args=["learning-together"]))
    assert "Join us." in shown.content.decode()
    closed = {name: value for name, value in DATA.items() if name != "is_open"}
    assert client.post(_address(cast), closed).status_code == 302
    assert not _page(cast).is_open
    assert "learning-together" in client.get(_address(cast)).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"display_name": " "}, "display_name"),
        ({"slug": "not a slug"}, "slug"),
        ({"slug": "-a"}, "slug"),
        ({"accent_colour": "#ffff00"}, "accent_colour"),
        ({"accent_colour": "red"}, "accent_colour"),
        ({"accent_colour": "#12345"}, "accent_colour"),
        ({"industries": ["alchemy"]}, "industries"),
        ({"required_documents": ["horoscope"]}, "required_documents"),
        ({"reapply_days": "-1"}, "reapply_days"),
        ({"reapply_days": "9999"}, "reapply_days"),
    ],
)
def test_bad_input(cast, changes, field):
    response = signed_in(cast.host.owner).post(_address(cast), DATA | changes)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    with organization_scope(cast.host.id):
        assert not ApplicationPage.objects.exists()


def test_an_address_belongs_to_one_page(cast):
    page_of(alliance_of(host_organization(name="Other host")), slug="taken")
    response = signed_in(cast.host.owner).post(_address(cast), DATA | {"slug": "taken"})
    assert response.status_code == 422
    assert "Another page has this address" in response.content.decode()


def _put(cast, body: bytes, name: str = "logo.png"):
    return signed_in(cast.host.owner).post(_address(cast, "application_logo_set"), {"logo": upload(body, name)})


def _logo(slug: str):
    return Client().get(reverse("portal:application_page_logo", args=[slug]))


@pytest.mark.parametrize("body", [png_bytes((900, 300)), jpeg_bytes((900, 300))], ids=["png", "jpeg"])
def test_a_logo_is_drawn_anew_and_shown_to_everybody(cast, body):
    page = page_of(cast.alliance)
    assert _logo(page.slug).status_code == 404
    assert _put(cast, body).status_code == 302
    response = _logo(page.slug)
    assert response["Content-Type"] == "image/png"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "attachment" not in response["Content-Disposition"]
    shown = b"".join(response)
    assert shown != body
    with Image.open(io.BytesIO(shown)) as picture:
        assert (picture.format, picture.size) == ("PNG", (480, 160))


def test_a_logo_is_replaced_and_removed(cast, django_capture_on_commit_callbacks):
    page = page_of(cast.alliance)
    with django_capture_on_commit_callbacks(execute=True):
        _put(cast, png_bytes())
    with organization_scope(cast.host.id):
        [first] = ApplicationPageLogo.objects.all()
    with django_capture_on_commit_callbacks(execute=True):
        _put(cast, png_bytes(colour="red"))
    with organization_scope(cast.host.id):
        [second] = ApplicationPageLogo.objects.all()
    assert not default_storage.exists(first.stored_as)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            response = signed_in(cast.host.owner).post(_address(cast, "application_logo_set"), {"remove": "yes"})
            assert response.status_code == 302
    assert not default_storage.exists(second.stored_as)
    assert default_storage.listdir(f"private/{cast.host.id}")[1] == []
    assert _logo(page.slug).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"",
        pdf_bytes(),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        png_bytes() + b"x",
        png_bytes()[:40] + bytes(20) + png_bytes()[60:],
    ],
    ids=["empty", "pdf", "svg", "with a tail", "broken inside"],
)
def test_what_is_no_picture_is_refused(cast, body):
    page = page_of(cast.alliance)
    response = _put(cast, body)
    assert response.status_code == 422
    assert response.context["logo_form"].errors
    assert _logo(page.slug).status_code == 404


def test_a_picture_of_too_many_pixels_is_not_even_opened(cast, monkeypatch):
    monkeypatch.setattr("partners.onboarding.services.set_page_logo.MAX_PIXELS", 10)
    page_of(cast.alliance)
    assert "16 million pixels" in _put(cast, png_bytes((8, 8))).content.decode()


RULES = {
    "country_values": "de, FR；cn",
    "country_way": "only",
    "industry_values": ["banking"],
    "industry_way": "except",
    "email_domain_values": "@*.Acme.com\nacme.com",
    "email_domain_way": "only",
    "approves": "on",
}


def test_rules_are_kept_as_they_are_meant(cast):
    page_of(cast.alliance)
    client = signed_in(cast.host.owner)
    for _ in range(2):
        assert client.post(_address(cast, "eligibility"), RULES).status_code == 302
    assert _page(cast).rules == EligibilityRules(
        (
            Rule(Subject.COUNTRY, ("DE", "FR", "CN")),
            Rule(Subject.INDUSTRY, ("banking",), excludes=True),
            Rule(Subject.EMAIL_DOMAIN, ("*.acme.com", "acme.com")),
        ),
        approves=True,
    )
    with organization_scope(cast.host.id):
        assert AuditEvent.objects.filter(action="application_page.rules_saved").count() == 1
    shown = client.get(_address(cast, "eligibility"))
    assert shown.context["form"].initial["country_values"] == "DE, FR, CN"
    assert client.post(_address(cast, "eligibility"), {"approves": "on"}).status_code == 422  # a choice is missing
    empty = {name: value for name, value in RULES.items() if name.endswith("_way")}
    assert client.post(_address(cast, "eligibility"), empty).status_code == 302
    assert _page(cast).rules == EligibilityRules()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"country_values": "Germany"}, "country_values"),
        ({"email_domain_values": "jane@acme.com"}, "email_domain_values"),
        ({"industry_values": ["alchemy"]}, "industry_values"),
        ({"country_way": "perhaps"}, "country_way"),
    ],
)
def test_rules_that_say_nothing_are_refused(cast, changes, field):
    page_of(cast.alliance)
    response = signed_in(cast.host.owner).post(_address(cast, "eligibility"), RULES | changes)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert _page(cast).rules == EligibilityRules()


def test_rules_want_a_page_first(cast):
    client = signed_in(cast.host.owner)
    for respond in (client.get, client.post):
        assert respond(_address(cast, "eligibility"))["Location"] == _address(cast)


@pytest.mark.parametrize("name", ["application_page_edit", "application_logo_set", "eligibility"])
def test_who_may(cast, name):
    page_of(cast.alliance)
    address = _address(cast, name)
    assert signed_in(cast.host.user(Role.VIEWER)).post(address, DATA).status_code == 403
    assert signed_in(cast.north.owner).post(address, DATA).status_code == 403
    assert signed_in(cast.stranger.owner).post(address, DATA).status_code == 404
    assert "/login/" in Client().post(address)["Location"]
    assert signed_in(cast.host.owner).delete(address).status_code == 405
