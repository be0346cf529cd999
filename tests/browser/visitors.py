"""Who walks from page to page: a person keeps one tab, because opening a browser context costs as much as a page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from tests.browser.chromium import Watch


class Visitors:
    """The tab of whoever walked last. Another person, or a failure, begins with a fresh browser context."""

    def __init__(self, open_context: Callable[..., BrowserContext], site: str) -> None:
        self.site = site
        self._open_context = open_context
        self._person: tuple[str, str] | None = None
        self._tab: tuple[Page, Watch] | None = None

    @contextmanager
    def tab(self, login: str, language: str) -> Iterator[tuple[Page, Watch]]:
        """The person's page and its watch."""
        if self._tab is None or self._person != (login, language):
            self.leave()
            page = self._open_context(login=login, language=language).new_page()
            self._person, self._tab = (login, language), (page, Watch(urlsplit(self.site).netloc).on(page))
        try:
            yield self._tab
        except Exception:
            self.leave()
            raise

    def leave(self) -> None:
        """Close the tab, if there is one."""
        if self._tab is not None:
            self._tab[0].context.close()
        self._tab = None
