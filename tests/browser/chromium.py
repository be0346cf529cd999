"""Finding the browser, and what every page of it is watched for."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request

# The first has no windows: the same engine for an eighth less of the processor's time on each page.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "No Chromium was found, so no browser test ran. Install it (Debian: `apt-get install chromium-headless-shell "
    "fonts-noto-cjk`, Ubuntu: chromium), or point CHROMIUM_PATH to one."
)
ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """The system's Chromium; CHROMIUM_PATH wins."""
    given = os.environ.get("CHROMIUM_PATH")
    if given:
        return given if Path(given).is_file() else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


@dataclass
class Watch:
    """What a page said and asked for while it was open. Our own pages are silent and stay at home."""

    host: str
    messages: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def on(self, page: Page) -> "Watch":
        """Listen to `page` from now on."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.messages.append(f"pageerror: {error}"))
        page.on("request", self._asked)
        return self

    def forget(self) -> None:
        """Begin anew, for the next address in the same page."""
        self.messages.clear()
        self.foreign.clear()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.messages.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.host:
            self.foreign.append(request.url)
