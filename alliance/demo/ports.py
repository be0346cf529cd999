"""Choosing a port and asking the web process whether it is ready."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request

from alliance.embedded.errors import LauncherError

HOST = "127.0.0.1"
FIRST_PORT = 8000
_PORTS_TRIED = 100


def first_free_port(first: int | str = FIRST_PORT) -> int:
    """The first port from `first` on that nobody on this machine listens on.

    Raises LauncherError after 100 busy ones, and when `first` is no port number.
    """
    try:
        first = int(first)
    except ValueError as error:
        msg = f"PORT={first} is not a number."
        raise LauncherError(msg) from error
    for port in range(first, first + _PORTS_TRIED):
        with socket.socket() as probe:
            # As a server would: a connection that is only just closed does not make the port busy.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except (OSError, OverflowError):
                continue
        return port
    msg = f"No free port between {first} and {first + _PORTS_TRIED - 1}."
    raise LauncherError(msg)


def not_ready_because(url: str) -> str | None:
    """None when `url` answers 200, else what it answered instead."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5):
            return None
    except urllib.error.HTTPError as refusal:
        return f"{refusal.code} {refusal.read(2000).decode('utf-8', 'replace')}"
    except OSError as failure:
        return str(failure)
