"""Looking at one page from every side with a single load: both themes, the console, requests, and 390 pixels.

axe runs with all its rules in the light theme. In the dark one the rules about colour run again, and all of them
where anything but colours has changed. Elements that repeat the look of their siblings are measured once, and so is
each combination of colours on a page.
"""

from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Error, Page, Response, expect

from tests.browser.chromium import Watch

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_ABOUT_COLOUR = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
WIDE, NARROW = {"width": 1280, "height": 860}, {"width": 390, "height": 860}
SCRIPT = "\n".join(  # what every context of the browser tests gives its pages
    [
        "window.loadAxe = () => {",
        AXE_SCRIPT,
        "};",
        Path(__file__).with_name("inspection.js").read_text(encoding="utf-8"),
    ]
)


class NotAPageError(Exception):
    """The address answers with something else than a page."""


def takes_only_post(url: str) -> bool:
    """Whether the address takes only what a form sends. Asked beforehand: Chromium shows such an answer dearly."""
    try:
        with urlopen(Request(url, method="OPTIONS"), timeout=15):
            return False
    except HTTPError as refusal:
        with refusal:
            return refusal.code == 405 and refusal.headers["Allow"] == "POST"


def violations(page: Page, rules: object = RULES) -> list[str]:
    """What axe finds in the page as it stands."""
    found: list[str] = page.evaluate("rules => inspection.violations(rules)", rules)
    return found


def inspect(page: Page, watch: Watch, path: str) -> list[str]:
    """Open `path` and look for all that no page may have; `watch` is on `page` already.

    The findings: what axe says in each theme, a width over 390 pixels, words on the console, requests to other hosts.
    Raises NotAPageError where there is nothing to look at.
    """
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(WIDE)
    watch.forget()
    status = _open(page, path).status
    findings = _look(page)
    findings += [f"console: {said}" for said in watch.messages if status == 200 or f"status of {status}" not in said]
    return findings + [f"another host: {url}" for url in watch.foreign]


def _open(page: Page, path: str) -> Response:
    try:
        answer = page.goto(path)
    except Error as error:
        if "Download is starting" in error.message:
            raise NotAPageError("a file, not a page") from error
        raise
    assert answer is not None
    if not answer.headers["content-type"].startswith("text/html"):
        raise NotAPageError("a file, not a page")
    assert answer.status in {200, 403, 404}, f"{path}: {answer.status}"
    return answer


def _look(page: Page) -> list[str]:
    """From light to dark, from wide to narrow."""
    _settle(page)
    findings = [f"light theme: {violation}" for violation in violations(page)]
    page.evaluate("inspection.hasChanged()")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    _settle(page)
    rules = RULES if page.evaluate("inspection.hasChanged()") else RULES_ABOUT_COLOUR
    findings += [f"dark theme: {violation}" for violation in violations(page, rules)]
    page.set_viewport_size(NARROW)
    width = page.evaluate("inspection.width()")
    return findings + ([f"390 pixels: it needs {width}"] if width > NARROW["width"] else [])


def _settle(page: Page) -> None:
    """Charts are drawn after everything else."""
    expect(page.locator("[data-chart] svg")).to_have_count(page.locator("[data-chart]").count())
