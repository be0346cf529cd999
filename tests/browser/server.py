"""The real server over the test database: granian in a process of its own, as in production."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from alliance.embedded.database_url import with_database

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60
DATABASE_KEYS = ("DATABASE_URL", "DATABASE_OPERATOR_URL", "DATABASE_OWNER_URL")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(database: str, url: str, outgoing_port: int) -> dict[str, str]:
    urls = {key: with_database(os.environ[key], database) for key in DATABASE_KEYS}
    # A demo, so that the sign-in page has its logins and mails can be read.
    demo = {"DEMO": "1", "EMAIL_URL": "demo://", "DATABASE_CONN_MAX_AGE": "60"}
    # The identity provider of a test is on this machine, and speaks plain HTTP.
    outgoing = {
        "OUTGOING_HTTP_PLAIN": "1",
        "OUTGOING_HTTP_ALLOWED_NETWORKS": "127.0.0.1/32",
        "OUTGOING_HTTP_PORTS": str(outgoing_port),
    }
    return {**os.environ, **urls, **demo, **outgoing, "SITE_URL": url, "PYTHONWARNINGS": "default"}


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urlopen(f"{url}/accounts/login/", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    message = f"The server does not answer:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}"
    raise RuntimeError(message)


@contextmanager
def serving(database: str, log: Path, outgoing_port: int = 443) -> Iterator[str]:
    """The address of a server that works on `database` and may ask others on one port; stopped at the end."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "4", "alliance.wsgi:application"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(database, url, outgoing_port), stdout=output, stderr=output
        )
    try:
        _wait_until_it_answers(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)
