"""Browser tests: the demo's world, a real server, the system's Chromium.

One server and one browser for each test process. A context for each test, so that nothing leaks from one to the next;
only the walk through every page, which changes nothing, keeps its tab (`visitors`).
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from tests.browser.chromium import ARGUMENTS, MISSING, Watch, chromium_path
from tests.browser.examples import World, build_world
from tests.browser.inspection import SCRIPT
from tests.browser.server import free_port, serving
from tests.browser.visitors import Visitors

OpenContext = Callable[..., BrowserContext]
HERE = Path(__file__).parent
ARGON2 = "django.contrib.auth.hashers.Argon2PasswordHasher"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; every test that needs it is skipped, with what to install, where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip(MISSING)
    # Playwright keeps an event loop running in this thread, where Django would then refuse every query.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def world(chromium: Browser, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> World:
    """The demo's data, committed.

    Passwords are hashed as the server does: it would make a quicker hash anew at the first sign-in, which ends every
    other session of that person.
    """
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=[ARGON2]):
        return build_world()


@pytest.fixture(scope="session")
def provider_port() -> int:
    """Where the portal may ask an identity provider."""
    return free_port()


@pytest.fixture(scope="session")
def site(world: World, tmp_path_factory: pytest.TempPathFactory, provider_port: int) -> Iterator[str]:
    """The address of the running portal."""
    log = tmp_path_factory.mktemp("server") / "granian.log"
    with serving(str(settings.DATABASES["default"]["NAME"]), log, provider_port) as url:
        yield url


def _new_context(
    chromium: Browser,
    site: str,
    world: World,
    *,
    login: str = "",
    theme: str = "light",
    language: str = "en",
    width: int = 1280,
) -> BrowserContext:
    context = chromium.new_context(
        base_url=site,
        color_scheme=theme,
        reduced_motion="reduce",  # no colour is looked at while it fades into another
        viewport={"width": width, "height": 860},
    )
    context.set_default_timeout(15_000)
    context.add_init_script(SCRIPT)
    host = urlsplit(site).hostname
    context.add_cookies([{"name": "django_language", "value": language, "domain": host, "path": "/"}])
    if login:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": world.sessions[login]}
        context.add_cookies([{**cookie, "domain": host, "path": "/"}])
    return context


@pytest.fixture
def open_context(chromium: Browser, site: str, world: World) -> Iterator[OpenContext]:
    """Open a browser context: `login` is signed in, `theme` and `language` are set, at `width` pixels."""
    opened: list[BrowserContext] = []

    def open_one(**options: object) -> BrowserContext:
        opened.append(_new_context(chromium, site, world, **options))
        return opened[-1]

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def visitors(chromium: Browser, site: str, world: World) -> Iterator[Visitors]:
    """Whoever walks through every page, from test to test in the same tab."""
    found = Visitors(lambda **person: _new_context(chromium, site, world, **person), site)
    yield found
    found.leave()


@pytest.fixture
def watched(site: str) -> Callable[[Page], Watch]:
    """Watch a page for console messages and for requests to other hosts."""
    return lambda page: Watch(urlsplit(site).netloc).on(page)
