"""Passkeys in a real browser with a virtual authenticator: added, used alone, used beside the password, given once more."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, Page, expect

from alliance.demo.people import PASSWORD
from tests.browser.inspection import violations

LOGIN = "property@demo.example"
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(open_context, site) -> Iterator[Page]:
    """A page at `localhost`: a passkey belongs to a name, never to an address."""
    context = open_context()
    page = context.new_page()
    page.goto(site.replace("127.0.0.1", "localhost") + "/accounts/login/")
    return page


def at(page: Page, path: str) -> str:
    parts = urlsplit(page.url)
    return f"{parts.scheme}://{parts.netloc}{path}"


def authenticator(page: Page, **options: object) -> tuple[CDPSession, str]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": {**PHONE, **options}})
    return session, added["authenticatorId"]


def signed_in_by_password(page: Page) -> None:
    page.goto(at(page, "/accounts/login/"))
    page.locator("[name=login]").fill(LOGIN)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def signed_out(page: Page) -> None:
    page.context.clear_cookies(name="session")
    page.goto(at(page, "/accounts/login/"))


def add_passkey(page: Page) -> None:
    page.goto(at(page, "/accounts/2fa/webauthn/add/"))
    if page.locator("[name=password]").count():  # changing how one signs in takes a fresh proof
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
    expect(page.locator("[name=name]")).to_have_value("Linux, Chrome")
    assert violations(page) == []
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.locator("#recovery_codes")).to_be_visible()  # the first one brings recovery codes


def expect_home(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo Property")


def test_from_adding_a_passkey_to_every_way_of_using_it(page):
    session, phone = authenticator(page)
    signed_in_by_password(page)
    add_passkey(page)
    page.goto(at(page, "/accounts/2fa/webauthn/"))
    expect(page.locator("main li")).to_contain_text("opens by itself")
    assert violations(page) == []

    signed_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect_home(page)

    signed_out(page)
    signed_in_by_password(page)
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect_home(page)

    page.goto(at(page, "/accounts/2fa/webauthn/reauthenticate/?next=/members/"))
    assert violations(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile("/members/$"))

    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": phone})
    authenticator(page)  # another phone, which knows nothing
    signed_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert").filter(has_text="No passkey was used")).to_be_visible()
