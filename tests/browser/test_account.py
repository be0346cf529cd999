"""Ways in, as a person walks them: invitation, forgotten password, second factor."""

import re
import time
from urllib.parse import urlsplit

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from alliance.demo.people import PASSWORD
from tests.browser.inspection import violations

SECOND_FACTOR_LOGIN = "home@demo.example"
FORGETFUL_LOGIN = "auto@demo.example"
NEW_PASSWORD = "quite another 77 password"


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(login)
    page.locator("[name=password]").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def one_time_code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_second_factor_from_activation_to_sign_in(open_context):
    page = open_context().new_page()
    sign_in(page, SECOND_FACTOR_LOGIN)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Set up an app").click()
    assert violations(page) == []  # the password once more: changing how one signs in takes a fresh proof
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("img.account-code")).to_be_visible()
    assert violations(page) == []
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(one_time_code(secret))
    page.get_by_role("button", name="Activate").click()
    page.goto("/accounts/2fa/recovery-codes/")
    assert violations(page) == []
    codes = page.locator("#recovery_codes").input_value().split()
    page.context.clear_cookies(name="session")
    sign_in(page, SECOND_FACTOR_LOGIN)
    expect(page).to_have_url(re.compile("/accounts/2fa/authenticate/"))
    assert violations(page) == []
    page.locator("[name=code]").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo Home")


def test_forgotten_password_by_the_link_in_the_mail(open_context):
    page = open_context().new_page()
    page.goto("/accounts/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.locator("[name=email]").fill(FORGETFUL_LOGIN)
    page.locator("main form [type=submit]").click()
    page.goto("/demo/mail/")
    mail = page.get_by_role("article").filter(has_text=FORGETFUL_LOGIN).first
    expect(mail).to_contain_text("Partner Alliance")
    link = mail.get_by_role("link").first.get_attribute("href")
    page.goto(urlsplit(link).path)
    page.locator("[name=password1]").fill(NEW_PASSWORD)
    page.locator("[name=password2]").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change Password").click()
    sign_in(page, FORGETFUL_LOGIN, NEW_PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo Auto Finance")


def test_invited_person_creates_a_login_and_is_a_member(open_context, world):
    page = open_context().new_page()
    page.goto(f"/join/{world.parameters['token_to_use']}/")
    assert violations(page) == []
    page.get_by_role("link", name=re.compile("Create")).first.click()
    assert violations(page) == []
    page.locator("[name=full_name]").fill("Demo colleague")
    page.locator("[name=password1]").fill(NEW_PASSWORD)
    page.locator("[name=password2]").fill(NEW_PASSWORD)
    page.get_by_role("button", name=re.compile("Create")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo Academy")
    expect(page.get_by_role("region", name="Messages")).to_contain_text("You are now a member of Demo Academy")
