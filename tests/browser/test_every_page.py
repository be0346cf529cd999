"""Every page of the portal: accessible in both themes, silent under the strict policy, at home, and narrow enough."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from tests.browser.examples import HOST_LOGIN, PARTNER_LOGIN, Route, portal_routes
from tests.browser.inspection import NotAPageError, inspect, takes_only_post

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


def check_page(visitors, path: str, login: str, language: str = "en") -> None:
    """The whole list for one address; one that takes only POST, or answers with a file, is no page."""
    if takes_only_post(f"{visitors.site}{path}"):
        pytest.skip("takes only POST")
    with visitors.tab(login, language) as (page, watch):
        try:
            findings = inspect(page, watch, path)
        except NotAPageError as reason:
            pytest.skip(str(reason))
    assert findings == []


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_host_page(visitors, world, route):
    check_page(visitors, path_of(route, world), HOST_LOGIN)


@pytest.mark.parametrize("route", LISTS, ids=lambda route: route.name)
def test_partner_page_in_chinese(visitors, world, route):
    check_page(visitors, path_of(route, world), PARTNER_LOGIN, "zh-hans")


@pytest.mark.parametrize("path", OUTSIDE)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_page_before_sign_in(visitors, path, language):
    check_page(visitors, path, "", language)


@pytest.mark.parametrize("path", ACCOUNT)
def test_account_page(visitors, path):
    check_page(visitors, path, PARTNER_LOGIN, "zh-hans")


def test_page_to_sign_an_agreement(open_context, visitors):
    """The one page that another party than the host has to see."""
    page = open_context(login="property@demo.example").new_page()
    page.goto("/agreements/")
    page.get_by_role("link", name=re.compile("新住户课程")).first.click()
    page.get_by_role("link", name="Read and accept").first.click()
    check_page(visitors, urlsplit(page.url).path, "property@demo.example")


@pytest.mark.parametrize("step", ["", "documents", "bank"])
def test_step_of_an_application(open_context, visitors, step):
    """Pages that only the applicant has."""
    page = open_context(login="pets@demo.example").new_page()
    page.goto("/application/")
    page.get_by_role("link", name="Go on").first.click()
    own = urlsplit(page.url).path
    check_page(visitors, f"{own}steps/{step}/" if step else own, "pets@demo.example", "zh-hans")
