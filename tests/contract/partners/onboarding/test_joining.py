"""From a stranger on the public page to a company with a draft: sign-up with a proven address, limits, resuming elsewhere."""

import re
from uuid import uuid4

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from partners.models import ApplicationIntent, Member, Organization, PartnerApplication, User
from tests.applicants import page_of, submitted
from tests.cast import PASSWORD, alliance_of, host_organization, partner_organization, person, signed_in
from tests.operators import move

DATA = {"name": "Fit Example", "country": "DE", "time_zone": "Europe/Berlin"}


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # slow hashing is Django's to test


def _address() -> str:
    return f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"


def _visitor(user=None) -> Client:
    """A browser at an address of its own, so that no limit is shared with another test."""
    client = Client(REMOTE_ADDR=_address())
    return signed_in(user, client=client) if user else client


def _signup(email: str) -> dict[str, str]:
    return {"full_name": "Nora New", "email": email, "password1": PASSWORD, "password2": PASSWORD}


def _confirm_link() -> str:
    return re.search(r"/accounts/confirm-email/\S+", mail.outbox[-1].body).group(0)


def test_the_page_shows_the_host_in_its_own_words_and_colour(cast):
    page = page_of(
        cast.alliance,
        display_name="Lernen & Mehr",
        accent_colour="#1a7431",
        introduction_en="We teach <b>everybody</b>.",
        introduction_zh="我们教所有人。",
        industries=("fitness", "travel"),
    )
    english = Client().get(reverse("portal:application_page", args=[page.slug])).content.decode()
    assert "Lernen &amp; Mehr" in english
    assert "&lt;b&gt;everybody" in english
    assert "--accent: #1a7431" in english
    assert "Fitness and sports" in english
    assert "Business licence" in english
    chinese = Client(headers={"Accept-Language": "zh-hans"}).get(reverse("portal:application_page", args=[page.slug]))
    assert "我们教所有人" in chinese.content.decode()
    assert Client().get(reverse("portal:application_page", args=["no-such"])).status_code == 404
    assert Client().post(reverse("portal:application_page", args=[page.slug])).status_code == 405


def test_a_stranger_signs_up_proves_the_address_and_begins(page, client):
    email = f"nora-{uuid4().hex[:8]}@fit.example"
    start = reverse("portal:application_found", args=[page.slug])
    assert client.get(start)["Location"] == reverse("account_signup")
    assert 'name="email"' in client.get(reverse("account_signup")).content.decode()
    client.post(reverse("account_signup"), _signup(email), REMOTE_ADDR=_address())
    user = User.objects.get(email=email)
    assert not user.emailaddress_set.get().verified
    assert client.get(start)["Location"] == reverse(
        "account_signup"
    )  # nothing is begun with an address nobody has proven
    assert not Member.objects.model._base_manager.filter(user=user).exists()

    elsewhere = _visitor()  # another device: the mail is read there
    elsewhere.post(_confirm_link())
    signed = elsewhere.post(reverse("account_login"), {"login": email, "password": PASSWORD}, follow=True)
    assert signed.redirect_chain[-1][0] == start
    begun_at = elsewhere.post(start, DATA)["Location"]
    assert begun_at.endswith("/steps/company/")
    page_text = elsewhere.get(begun_at)
    assert page_text.status_code == 200
    assert page_text.context["form"].initial["name_zh"] == "Fit Example"
    assert not ApplicationIntent.objects.filter(user=user).exists()


def test_who_has_a_login_goes_on_after_signing_in(page, client):
    known = person(password=PASSWORD)
    known.emailaddress_set.create(email=known.email, verified=True, primary=True)
    start = reverse("portal:application_found", args=[page.slug])
    client.get(start)
    response = client.post(reverse("account_login"), {"login": known.email, "password": PASSWORD})
    assert response["Location"] == start


def test_signing_up_is_open_for_invited_people_and_applicants_only(page, client):
    email = f"x-{uuid4().hex[:8]}@example.org"
    assert client.post(reverse("account_signup"), _signup(email)).status_code == 200
    assert not User.objects.filter(email=email).exists()
    page_of(page.alliance, slug=page.slug, is_open=False)
    shown = reverse("portal:application_page", args=[page.slug])
    assert client.get(reverse("portal:application_found", args=[page.slug]))["Location"] == shown
    assert "takes no applications at present" in client.get(shown).content.decode()
    client.post(reverse("account_signup"), _signup(email))
    assert not User.objects.filter(email=email).exists()


def test_the_company_is_an_organization_from_its_first_step(page):
    founder = person()
    client = _visitor(founder)
    client.post(reverse("portal:application_found", args=[page.slug]), DATA)
    organization_id = client.session["organization_id"]
    with organization_scope(organization_id):
        own = Organization.objects.get(pk=organization_id)
        assert (own.name, own.status, own.kind, own.time_zone) == (
            "Fit Example",
            "applying",
            "partner",
            "Europe/Berlin",
        )
        assert [(m.user, m.role) for m in Member.objects.select_related("user")] == [(founder, "owner")]
        assert PartnerApplication.objects.get().status == "draft"


@pytest.mark.parametrize("changes", [{"name": " "}, {"country": "XX"}, {"time_zone": "Mars/Olympus"}])
def test_bad_input(page, changes):
    response = _visitor(person()).post(reverse("portal:application_found", args=[page.slug]), DATA | changes)
    assert response.status_code == 422
    assert next(iter(changes)) in response.context["form"].errors


def test_with_a_company_of_ones_own_one_goes_on_in_the_portal(cast, page):
    client = _visitor(cast.stranger.owner)
    start = reverse("portal:application_found", args=[page.slug])
    assert cast.stranger.name in client.get(start).content.decode()
    response = client.post(start, {"organization_id": str(cast.stranger.id)})
    assert response["Location"] == reverse("portal:application_start", args=[page.slug])
    other = _visitor(person()).post(start, {"organization_id": str(cast.stranger.id)})
    assert other.status_code == 422  # not a company of theirs: the number says nothing


def test_a_suspended_company_is_not_offered_and_not_let_in(committed):
    page = page_of(alliance_of(host_organization()))
    party = partner_organization(name="Suspended company")
    move(party, "suspended")
    client = _visitor(party.owner)
    assert "Suspended company" not in client.get(reverse("portal:application_found", args=[page.slug])).content.decode()
    assert client.post(reverse("portal:application_start", args=[page.slug])).status_code == 403


def test_one_person_brings_in_three_companies_and_no_more(page):
    client = _visitor(person())
    start = reverse("portal:application_found", args=[page.slug])
    codes = [client.post(start, DATA, REMOTE_ADDR=_address()).status_code for _ in range(4)]
    assert codes == [302, 302, 302, 422]


def test_one_address_begins_so_many_an_hour(page, monkeypatch):
    monkeypatch.setattr("partners.onboarding.pages.public.STARTS_PER_HOUR", 2)
    start, address = reverse("portal:application_found", args=[page.slug]), _address()
    codes = [_visitor(person()).post(start, DATA, REMOTE_ADDR=address).status_code for _ in range(3)]
    assert codes == [302, 302, 429]


def test_sign_ups_from_one_address_are_limited(page, client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/h/ip"}
    address = _address()
    codes = []
    for _ in range(3):
        visitor = Client()
        visitor.get(reverse("portal:application_found", args=[page.slug]))
        data = _signup(f"n-{uuid4().hex[:10]}@fit.example")
        codes.append(visitor.post(reverse("account_signup"), data, REMOTE_ADDR=address).status_code)
    assert codes == [302, 302, 429]


def test_a_closed_host_takes_nobody(committed):
    host = host_organization()
    page = page_of(alliance_of(host))
    move(host, "suspended")
    shown = reverse("portal:application_page", args=[page.slug])
    assert "takes no applications at present" in Client().get(shown).content.decode()
    assert _visitor(person()).get(reverse("portal:application_found", args=[page.slug]))["Location"] == shown


def test_an_approved_organization_that_was_suspended_meanwhile_is_not_taken_in(committed):
    host = host_organization()
    alliance = alliance_of(host)
    applied = submitted(page_of(alliance))
    move(applied.party, "offboarded")
    response = signed_in(host.owner).post(reverse("portal:application_approve", args=[applied.id]), {})
    assert response.status_code == 422
    assert "have suspended this organization" in response.content.decode()
