"""Single sign-on in a real browser, at a real provider: an owner sets it up, and somebody new comes in by it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from alliance.demo.world import PROPERTY
from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import organization_scope
from partners.models import MailDomain
from tests.browser.inspection import violations
from tests.identity_provider.running import PASSWORD, Provider, running

OWNER = "property@demo.example"
DOMAIN = f"{uuid4().hex[:12]}.example"
SECRET = "what only the two know"


@pytest.fixture
def provider(provider_port, tmp_path) -> Iterator[Provider]:
    with running(tmp_path, provider_port) as started:
        yield started


def set_up(page: Page, provider: Provider) -> None:
    """What an owner does; the proof at the domain is taken as found."""
    page.goto("/organization/security/single-sign-on/")
    page.get_by_label("Domain").fill(DOMAIN.upper())
    page.get_by_role("button", name="Add the domain").click()
    expect(page.get_by_text(f"https://{DOMAIN}/.well-known/partner-alliance-verification.txt")).to_be_visible()
    assert violations(page) == []
    with organization_scope(PROPERTY.id):
        MailDomain.objects.filter(name=DOMAIN).update(verified_at=utc_now())
    page.get_by_role("link", name="Name the provider").click()
    redirect_uri = page.locator("dd code").first.inner_text()
    page.get_by_label("Issuer").fill(provider.issuer)
    page.get_by_label("Client id").fill(provider.client(redirect_uri, SECRET))
    page.get_by_label("Client secret").fill(SECRET)
    page.get_by_role("button", name="Save the provider").click()
    expect(page.get_by_text("It answered.")).to_be_visible()
    assert SECRET not in page.content()
    page.get_by_role("button", name="Open this way in").click()
    expect(page.get_by_text("can sign in this way now")).to_be_visible()
    assert violations(page) == []


def come_in(page: Page, email: str) -> None:
    """What one of its people does, without a login here."""
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Sign in through my organization").click()
    page.get_by_label("Your work e-mail").fill(email)
    assert violations(page) == []
    page.get_by_role("button", name="Go on").click()
    page.locator("[name=login]").fill(email)  # at the provider, where the page onward has led by itself
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign In").click()


def test_from_setting_it_up_to_coming_in(open_context, watched, provider, committed):
    owner = open_context(login=OWNER).new_page()
    seen = watched(owner)
    set_up(owner, provider)
    assert seen.messages == seen.foreign == []

    email = f"jo@{DOMAIN}"
    provider.person(email, name="Jo Property")
    page = open_context().new_page()
    come_in(page, email)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo Property")
    page.goto("/members/")
    expect(page.get_by_role("row", name="Jo Property")).to_contain_text("Viewer")
    assert violations(page) == []

    provider.lie(email, email=f"jo@{DOMAIN}.evil.example")
    page = open_context().new_page()
    come_in(page, email)
    expect(page.get_by_role("alert")).to_contain_text("not in a domain that this organization has verified")
    assert violations(page) == []
