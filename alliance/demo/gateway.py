"""The sandbox bank: a small HTTP server that takes payment orders, once for each key, and tells what became of them.

    python -m alliance.demo.gateway --port 8090 --store sandbox.db --notify https://…/gateways/sandbox/events/

The key that it asks for and the secret of its messages stand in the environment, as they do for the application:
PAYOUT_SANDBOX_KEY, PAYOUT_SANDBOX_SECRET. Orders are kept in SQLite, so that killing it loses nothing it has taken. Amounts decide what happens, by their last two
digits in minor units:

    …01  rejected            …03  taken, but the answer is lost
    …02  paid, then returned …04  lost on the way, answered by nothing, not taken

`--lose N` loses each N-th answer besides. Standard library only, but for the signature. For trying out and for tests.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import sqlite3
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Final
from uuid import uuid4

from standardwebhooks import Webhook

HOST: Final = "127.0.0.1"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payment (
  key TEXT PRIMARY KEY, id TEXT NOT NULL, fingerprint TEXT NOT NULL, reference TEXT NOT NULL, amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL, status TEXT NOT NULL, bank_reference TEXT NOT NULL, code TEXT NOT NULL, text TEXT NOT NULL,
  taken_at REAL NOT NULL, told INTEGER NOT NULL DEFAULT 0)
"""
_REJECTED, _RETURNED, _ANSWER_LOST, _NEVER_TAKEN = 1, 2, 3, 4
_BAD_REQUEST, _UNAUTHORIZED, _NOT_FOUND, _CONFLICT, _REFUSED = 400, 401, 404, 409, 422


@dataclass(frozen=True)
class Options:
    """How the sandbox runs. It pays `delay` seconds after it took an order."""

    store: Path
    key: str
    secret: str
    notify: str
    delay: float = 1.0
    lose: int = 0


class Bank:
    """The orders taken, and what becomes of them with time."""

    def __init__(self, options: Options) -> None:
        """Opens the store, made when it is missing."""
        self.options = options
        self._lock = threading.Lock()
        with closing(self._open()) as store, store:
            store.execute("PRAGMA journal_mode = WAL")
            store.execute(_SCHEMA)

    def take(self, key: str, body: bytes, order: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Take an order: the first time for good, the same again with the same answer, another under its key never."""
        fingerprint = hashlib.sha256(body).hexdigest()
        amount = int(order["amount_minor"])
        is_rejected = amount % 100 == _REJECTED
        row = (
            key, f"pay_{uuid4().hex[:20]}", fingerprint, str(order["reference"]), amount, str(order["currency"]),
            "rejected" if is_rejected else "accepted", "", "account_closed" if is_rejected else "",
            "The account is closed" if is_rejected else "", time.time(),
        )  # fmt: skip
        with self._lock, closing(self._open()) as store, store:
            store.execute(f"INSERT OR IGNORE INTO payment VALUES ({', '.join('?' * len(row))}, 0)", row)  # noqa: S608
            kept = store.execute("SELECT fingerprint FROM payment WHERE key = ?", [key]).fetchone()
        if kept[0] != fingerprint:
            return _CONFLICT, {"code": "key_reused"}
        found = self.find(key) or {}
        return (_REFUSED if found["status"] == "rejected" else 201), found

    def find(self, key: str) -> dict[str, Any] | None:
        """What became of one order."""
        with closing(self._open()) as store:
            store.row_factory = sqlite3.Row
            row = store.execute("SELECT * FROM payment WHERE key = ?", [key]).fetchone()
        return _told(dict(row)) if row else None

    def go_on(self) -> None:
        """Pay what has waited long enough, return what is to be returned, and say so."""
        now = time.time()
        with self._lock, closing(self._open()) as store, store:
            store.execute(
                "UPDATE payment SET status = 'paid', told = 0, bank_reference = 'BK' || substr(id, 5, 12)"
                " WHERE status = 'accepted' AND taken_at < ?",
                [now - self.options.delay],
            )
            store.execute(
                "UPDATE payment SET status = 'returned', told = 0, code = 'account_unknown', text = 'No such account'"
                " WHERE status = 'paid' AND amount_minor % 100 = ? AND taken_at < ?",
                [_RETURNED, now - 2 * self.options.delay - 1],
            )
            waiting = store.execute("SELECT key FROM payment WHERE NOT told AND status <> 'accepted'").fetchall()
        for (key,) in waiting:
            if self._tell(key):
                with self._lock, closing(self._open()) as store, store:
                    store.execute("UPDATE payment SET told = 1 WHERE key = ?", [key])

    def _tell(self, key: str) -> bool:
        """One signed message; whether it arrived. It is sent again with the next round otherwise."""
        if not self.options.notify:
            return True
        body = json.dumps({"key": key})
        name, at = f"msg_{uuid4().hex}", datetime.now(tz=UTC)
        signature = Webhook(self.options.secret).sign(name, at, body)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature,
        }
        request = urllib.request.Request(self.options.notify, data=body.encode(), headers=headers)  # noqa: S310  the operator's own address
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=5):
                return True
        except OSError:
            return False

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self.options.store, timeout=30)


def _told(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "status", "reference", "bank_reference", "code", "text")}


class Counter:
    """Counts answers, to lose some."""

    def __init__(self) -> None:
        """Nothing was answered yet."""
        self._count = 0
        self._lock = threading.Lock()

    def is_lost(self, each: int) -> bool:
        """Whether this answer is one of those that get lost."""
        with self._lock:
            self._count += 1
            return bool(each) and self._count % each == 0


class Handler(BaseHTTPRequestHandler):
    """One request."""

    bank: ClassVar[Bank]
    counter: ClassVar[Counter]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """`/payments/<key>`: what became of an order."""
        if not self._is_known():
            return
        found = self.bank.find(self.path.removeprefix("/payments/"))
        if self.counter.is_lost(self.bank.options.lose):
            self._hang_up()
            return
        self._answer(*((200, found) if found else (_NOT_FOUND, {"code": "not_found"})))

    def do_POST(self) -> None:
        """`/payments`: take an order."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._is_known():
            return
        key = self.headers.get("Idempotency-Key", "")
        try:
            order = json.loads(body)
            ending = int(order["amount_minor"]) % 100
        except (ValueError, KeyError, TypeError):
            self._answer(_BAD_REQUEST, {"code": "malformed"})
            return
        if not key or ending == _NEVER_TAKEN:
            self._hang_up()
            return
        answer = self.bank.take(key, body, order)
        if ending == _ANSWER_LOST or self.counter.is_lost(self.bank.options.lose):
            self._hang_up()
            return
        self._answer(*answer)

    def _is_known(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {self.bank.options.key}":
            return True
        self._answer(_UNAUTHORIZED, {"code": "unauthorized"})
        return False

    def _answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # whoever asked may be dead by now
            self.wfile.write(body)

    def _hang_up(self) -> None:
        """As when the line breaks: no answer at all."""
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  the library's name
        """Say nothing of single requests."""


def serve(options: Options, port: int) -> ThreadingHTTPServer:
    """A server on `port` (0: any free one) that is not yet running; `server.bank` goes on by itself once a thread calls it."""
    handler = type("BankHandler", (Handler,), {"bank": Bank(options), "counter": Counter()})
    return ThreadingHTTPServer((HOST, port), handler)


def main(arguments: list[str] | None = None) -> int:
    """Run until ended."""
    parser = argparse.ArgumentParser(prog="python -m alliance.demo.gateway", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--notify", default="")
    parser.add_argument("--delay", type=float, default=1.0)
    parser.add_argument("--lose", type=int, default=0)
    given = vars(parser.parse_args(arguments))
    port = given.pop("port")
    options = Options(key=os.environ["PAYOUT_SANDBOX_KEY"], secret=os.environ["PAYOUT_SANDBOX_SECRET"], **given)
    server = serve(options, port)
    bank: Bank = server.RequestHandlerClass.bank  # type: ignore[attr-defined]  # made in serve()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        time.sleep(0.3)
        bank.go_on()


if __name__ == "__main__":
    sys.exit(main())
