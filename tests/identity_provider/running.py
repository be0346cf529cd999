"""Starting the provider, and what tests ask of it over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60
PASSWORD = "what the provider knows"


@dataclass(frozen=True)
class Provider:
    """A running provider. Its issuer is its address."""

    issuer: str

    def _tell(self, path: str, browser: requests.Session | None = None, **told: object) -> dict[str, str]:
        answer = (browser or requests).post(f"{self.issuer}/tests/{path}", json=told, timeout=10)
        answer.raise_for_status()
        return dict(answer.json())

    def person(self, email: str, *, verified: bool = True, name: str = "A. Person") -> str:
        """Make a person; the provider's own name for them."""
        return self._tell("person", email=email, verified=verified, name=name, password=PASSWORD)["subject"]

    def client(self, redirect_uri: str, secret: str) -> str:
        """Register a client; its id."""
        return self._tell("client", redirect_uri=redirect_uri, secret=secret)["client_id"]

    def lie(self, email: str, /, **claims: object) -> None:
        """Say this in the ID tokens of a person; `None` leaves a claim out."""
        self._tell("lie", email=email, claims=claims)

    def answer_to(self, question: str, email: str) -> str:
        """The path and query with which the provider sends `email`'s browser back after signing in."""
        browser = requests.Session()
        self._tell("sign-in", browser, email=email)
        answer = browser.get(question, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


@contextmanager
def running(directory: Path, port: int) -> Iterator[Provider]:
    """The provider on this port; stopped at the end."""
    command = [sys.executable, "-m", "tests.identity_provider", str(directory), str(port)]
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    log = directory / "provider.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        provider = Provider(f"http://127.0.0.1:{port}")
        _wait_until_it_answers(provider, process, log)
        yield provider
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_until_it_answers(provider: Provider, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    message = f"The identity provider does not answer:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}"
    raise RuntimeError(message)
