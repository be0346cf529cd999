"""The frame around every page, as a person uses it."""

import re

import pytest
from playwright.sync_api import Page, expect

from alliance.demo.people import PASSWORD
from tests.browser.examples import HOST_LOGIN, LOST_LOGIN, PARTNER_LOGIN
from tests.browser.inspection import violations


def theme_of(page: Page) -> str:
    return str(page.evaluate("document.documentElement.dataset.bsTheme"))


def test_demo_login_fills_the_form_and_signs_in(open_context):
    page = open_context().new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/$"))
    page.get_by_role("button", name=re.compile(PARTNER_LOGIN)).click()
    expect(page.locator("[name=login]")).to_have_value(PARTNER_LOGIN)
    expect(page.locator("[name=password]")).to_have_value(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Demo Fitness")


def test_wrong_password_is_said_beside_the_form(open_context):
    page = open_context().new_page()
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(PARTNER_LOGIN)
    page.locator("[name=password]").fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator("form#sign-in .alert")).to_be_visible()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_language_switch_keeps_page_and_query(open_context):
    page = open_context(login=PARTNER_LOGIN).new_page()
    page.goto("/agreements/?q=a%26b&page=1")
    page.get_by_role("button", name="简体中文").click()
    expect(page).to_have_url(re.compile(r"/agreements/\?q=a%26b&page=1$"))
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_language_switch_comes_back_to_where_the_person_really_is(open_context):
    page = open_context(login=PARTNER_LOGIN).new_page()
    page.goto("/agreements/")
    page.evaluate("history.pushState({}, '', '/agreements/?state=signed')")
    page.get_by_role("button", name="简体中文").click()
    expect(page).to_have_url(re.compile(r"/agreements/\?state=signed$"))


def test_theme_follows_the_system_until_it_is_chosen(open_context):
    context = open_context(login=PARTNER_LOGIN, theme="dark")
    page = context.new_page()
    page.goto("/")
    assert theme_of(page) == "dark"
    page.get_by_role("button", name="Switch to the light theme").click()
    assert theme_of(page) == "light"
    page.reload()
    assert theme_of(page) == "light"
    page.get_by_role("button", name="Switch to the dark theme").click()
    page.emulate_media(color_scheme="light")
    # The choice equalled the system's, so the system leads again.
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_theme_stands_before_the_first_paint(open_context):
    page = open_context(login=PARTNER_LOGIN, theme="dark").new_page()
    page.add_init_script(
        "new MutationObserver((_, o) => { if (document.body) { window.themeAtBody ="
        " document.documentElement.dataset.bsTheme ?? 'none'; o.disconnect(); } })"
        ".observe(document, {childList: true, subtree: true});"
    )
    page.goto("/")
    assert page.evaluate("window.themeAtBody") == "dark"


def test_skip_link_is_first_and_leads_to_the_content(open_context):
    page = open_context(login=PARTNER_LOGIN).new_page()
    page.goto("/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to the content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_sidebar_opens_by_keyboard_on_a_phone(open_context):
    page = open_context(login=PARTNER_LOGIN, width=390).new_page()
    page.goto("/")
    button = page.get_by_role("button", name="Menu")
    agreements = page.get_by_role("navigation", name="Main").get_by_role("link", name="Agreements")
    expect(agreements).to_be_hidden()
    button.focus()
    page.keyboard.press("Enter")
    expect(agreements).to_be_visible()
    expect(button).to_have_attribute("aria-expanded", "true")
    agreements.press("Enter")
    expect(page).to_have_url(re.compile("/agreements/$"))
    expect(page.locator("#sidebar-menu [aria-current=page]")).to_have_count(1)


def test_person_menu_opens_by_keyboard_and_signs_out(open_context):
    page = open_context(login="home@demo.example").new_page()  # nobody else needs this session
    page.goto("/")
    page.get_by_role("button", name=re.compile("^Account of")).press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    expect(page.get_by_role("region", name="Messages")).to_contain_text("signed out")


def test_message_is_announced_and_can_be_closed(open_context):
    page = open_context().new_page()
    page.goto("/accounts/login/")
    page.wait_for_load_state("networkidle")
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('portal:messages', {detail: {messages: [{text: 'Kept <b>', level: 'error'}]}}))"
    )
    region = page.get_by_role("region", name="Messages")
    expect(region).to_have_attribute("aria-live", "polite")
    expect(region).to_contain_text("Kept <b>")
    region.get_by_role("button", name="Close the message").click()
    expect(region).not_to_contain_text("Kept")


def test_person_without_organization_is_told_how_to_be_invited(open_context):
    page = open_context(login=LOST_LOGIN).new_page()
    page.goto("/")
    expect(page).to_have_url(re.compile("/organization/none/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not a member of any organization yet")
    expect(page.get_by_text(LOST_LOGIN)).to_be_visible()


@pytest.mark.parametrize(("language", "words"), [("en", "quote this request"), ("zh-hans", "请求编号")])
def test_error_page_speaks_the_language_and_names_the_request(open_context, language, words):
    page = open_context(login=HOST_LOGIN, language=language).new_page()
    answer = page.goto("/no-such-page/")
    assert answer.status == 404
    expect(page.get_by_text(words)).to_contain_text(answer.headers["x-request-id"])


def test_expired_session_during_a_fragment_leads_to_sign_in_and_back(open_context):
    context = open_context(login=PARTNER_LOGIN)
    page = context.new_page()
    page.goto("/agreements/")
    page.wait_for_load_state("networkidle")
    context.clear_cookies(name="session")
    page.evaluate("htmx.ajax('GET', '/agreements/', {target: 'main'})")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/agreements/"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_each_row_of_a_list_is_a_block_and_nothing_lies_outside_the_screen(open_context, theme):
    page = open_context(login=HOST_LOGIN, theme=theme, width=390).new_page()
    page.goto("/statements/")
    table = page.get_by_role("table").first
    expect(table.get_by_role("row").nth(1).get_by_role("cell").last).to_have_css("text-align", "end")
    cells = table.locator("tbody td:visible")
    for box in cells.evaluate_all(
        "all => all.map(cell => cell.getBoundingClientRect()).map(box => [box.left, box.right])"
    ):
        assert 0 <= box[0] < box[1] <= 390
    label = "cell => [cell.dataset.label, getComputedStyle(cell, '::before').content.replaceAll('\"', '')]"
    told, shown = cells.nth(1).evaluate(label)
    assert told
    assert shown.startswith(told)
    assert violations(page) == []
    before = page.url
    table.get_by_role("columnheader").get_by_role("link").first.click()  # what sorts the list stays
    expect(page).not_to_have_url(before)


def test_a_list_that_comes_in_later_is_stacked_too(open_context):
    page = open_context(login=HOST_LOGIN, width=390).new_page()
    page.goto("/statements/")
    page.evaluate("htmx.ajax('GET', '/payouts/', {target: 'main', select: 'main', swap: 'outerHTML'})")
    expect(page.get_by_role("heading", level=1)).to_have_text("Payouts")
    expect(page.locator("table.stacks td[data-label='Amount']").first).to_be_visible()
