"""Every page of the portal: accessible in both themes, silent under the strict policy, at home, and narrow enough."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.examples import HOST_LOGIN, PARTNER_LOGIN, Route, portal_routes

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOT_A_PAGE = 405  # the route only takes what a form sends
ROUTES = portal_routes()
LISTS = [route for route in ROUTES if not route.parameters]
OUTSIDE = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/", "/demo/mail/", "/no-such-page/"]
ACCOUNT = [
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/logout/",
]


def path_of(route: Route, world) -> str:
    missing = [name for name in route.parameters if name not in world.parameters]
    if missing:
        pytest.fail(f"{route.name} needs an example for {', '.join(missing)}: add it to tests/browser/examples.py.")
    return reverse(route.name, kwargs={name: world.parameters[name] for name in route.parameters})


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    return [f"{v['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for v in found for node in v["nodes"]]


def settle(page: Page) -> None:
    """Charts are drawn after everything else."""
    expect(page.locator("[data-chart] svg")).to_have_count(page.locator("[data-chart]").count())


def check_accessible(page: Page, path: str) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function(f"document.documentElement.dataset.bsTheme === '{theme}'")
        assert violations(page) == [], f"{path} in the {theme} theme"


def check_narrow(page: Page, path: str) -> None:
    page.set_viewport_size({"width": 390, "height": 860})
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"{path} scrolls sideways at 390 pixels: {width}"


def check_page(open_context, watched, path: str, login: str, language: str = "en") -> None:
    """The whole list for one address; an address that takes only POST is no page."""
    page = open_context(login=login, bypass_csp=True, language=language).new_page()
    first = page.request.get(path)
    if first.status == NOT_A_PAGE:
        pytest.skip("takes only POST")
    if not first.headers["content-type"].startswith("text/html"):
        pytest.skip("a file, not a page")
    answer = page.goto(path)
    assert answer.status in {200, 403, 404}, f"{path}: {answer.status}"
    settle(page)
    check_accessible(page, path)
    check_narrow(page, path)
    strict = open_context(login=login, language=language).new_page()
    watch = watched(strict)
    strict.goto(path)
    settle(strict)
    expected = [m for m in watch.messages if not (answer.status != 200 and f"status of {answer.status}" in m)]
    assert expected == []
    assert watch.foreign == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_host_page(open_context, watched, world, route):
    check_page(open_context, watched, path_of(route, world), HOST_LOGIN)


@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.name)
def test_partner_page_in_chinese(open_context, watched, world, route):
    check_page(open_context, watched, path_of(route, world), PARTNER_LOGIN, "zh-hans")


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_before_sign_in(open_context, watched, path, language):
    check_page(open_context, watched, path, "", language)


@pytest.mark.parametrize("path", ACCOUNT)
def test_account_page(open_context, watched, path):
    check_page(open_context, watched, path, PARTNER_LOGIN, "zh-hans")


def test_page_to_sign_an_agreement(open_context, watched, world):
    """The one page that another party than the host has to see."""
    page = open_context(login="property@demo.example").new_page()
    page.goto("/agreements/")
    page.get_by_role("link", name=re.compile("新住户课程")).first.click()
    page.get_by_role("link", name="Read and accept").first.click()
    check_page(open_context, watched, urlsplit(page.url).path, "property@demo.example")
