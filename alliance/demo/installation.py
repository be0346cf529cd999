"""Where the demo keeps its things, and the environment its processes run in."""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from alliance.embedded.servers import Servers

CHECKOUT = Path(__file__).resolve().parents[2]
_SECRET_BYTES = 48


@dataclass(frozen=True)
class Installation:
    """One demo: everything it keeps lies in `state`."""

    state: Path

    @property
    def servers(self) -> Servers:
        """The demo's own PostgreSQL and Valkey."""
        return Servers(self.state)

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.state / "logs"

    @property
    def lock(self) -> Path:
        """Held as long as a supervisor or its guardian lives; holds the supervisor's URL."""
        return self.state / "supervisor.lock"

    @property
    def schedule(self) -> Path:
        """Beat's memory of what ran when."""
        return self.state / "beat-schedule"

    def create(self) -> None:
        """Make the directories; only the owner can list them, and root's servers may pass through to theirs."""
        self.state.parent.mkdir(parents=True, exist_ok=True)
        self.state.mkdir(mode=0o711, exist_ok=True)
        self.logs.mkdir(mode=0o700, exist_ok=True)

    def open_lock(self) -> IO[str]:
        """The lock file, open for reading and appending; nobody else may open it, or they could hold it."""
        descriptor = os.open(self.lock, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a+", encoding="utf-8")

    def variables(self, given: Mapping[str, str]) -> dict[str, str]:
        """Settings of the demo, without the servers; what `given` sets already is kept.

        The secret is made once and kept in a file that only its owner can read.
        """
        ours = {
            "DEMO": "1",
            "SECRET_KEY": self._secret(),
            "DATA_DIR": str(self.state / "data"),
            "LOG_FORMAT": "console",
        }
        kept = {key: given[key] for key in ours if given.get(key)}
        fixed = {
            "DJANGO_SETTINGS_MODULE": "alliance.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(CHECKOUT),
        }
        return {**ours, **kept, **fixed}

    def bank_secrets(self) -> dict[str, str]:
        """The key and the signing secret that the demo shares with its sandbox bank, made from its own secret."""

        def derived(purpose: str) -> bytes:
            return hmac.digest(self._secret().encode(), purpose.encode(), "sha256")

        return {
            "PAYOUT_SANDBOX_KEY": derived("bank key").hex(),
            "PAYOUT_SANDBOX_SECRET": "whsec_" + base64.b64encode(derived("bank messages")).decode(),
        }

    def _secret(self) -> str:
        path = self.state / "env"
        if not path.exists():
            unfinished = path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(f"SECRET_KEY={secrets.token_urlsafe(_SECRET_BYTES)}\n")
            unfinished.rename(path)
        return path.read_text(encoding="ascii").partition("=")[2].strip()
