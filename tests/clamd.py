"""A tiny server that speaks clamd's INSTREAM, for tests of the scanner hook."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Verdict = Callable[[bytes], bytes]


def finds(marker: bytes) -> Verdict:
    """A verdict that finds `Test-Signature` in whatever holds `marker`."""
    return lambda body: b"stream: Test-Signature FOUND" if marker in body else b"stream: OK"


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        command = self.rfile.read(10)
        if command != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        body = b""
        while length := int.from_bytes(self.rfile.read(4), "big"):
            body += self.rfile.read(length)
        self.server.bodies.append(body)
        self.wfile.write(self.server.verdict(body) + b"\0")


@contextmanager
def clamd(verdict: Verdict, *, unix_path: str = "") -> Iterator[tuple[str, list[bytes]]]:
    """The server's address as `FILE_SCANNER` takes it, and what it was given to scan."""
    if unix_path:
        server = socketserver.ThreadingUnixStreamServer(unix_path, _Session)
        address = f"clamd://{unix_path}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Session)
        address = f"clamd://127.0.0.1:{server.server_address[1]}"
    server.daemon_threads = True
    server.verdict, server.bodies = verdict, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield address, server.bodies
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
