"""Sending one request to the checked address, and reading the answer within its limits."""

import contextlib
import io
import os
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from threading import Timer
from typing import BinaryIO, Final
from urllib.parse import urldefrag, urljoin

from django.utils.translation import gettext_lazy as _
from urllib3.connection import HTTPConnection, HTTPSConnection

from alliance.kernel.http.outgoing.addresses import Address, Resolver, checked_addresses
from alliance.kernel.http.outgoing.failures import ConnectFailedError, Deadline, TimedOutError, translated
from alliance.kernel.http.outgoing.messages import OutgoingError, OutgoingRequest, OutgoingResponse
from alliance.kernel.http.outgoing.reading import Answer, copy_body
from alliance.kernel.http.outgoing.targets import Target, read_url

USER_AGENT: Final = "PartnerAlliance/1"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_TRIES: Final = 3  # addresses of one name
_GRACE: Final = 0.01  # so that the deadline is over for every clock when the line is cut
_OWN_HEADERS: Final = frozenset(
    {"host", "content-length", "transfer-encoding", "user-agent", "accept-encoding", "connection", "cookie"}
)


class TooManyRedirectsError(OutgoingError):
    """The server sends us on and on."""

    code = "too_many_redirects"
    sentence = _("The server redirects too often.")


def send(
    request: OutgoingRequest, *, into: BinaryIO | None = None, resolve: Resolver | None = None
) -> OutgoingResponse:
    """The answer to a request, whatever its status; the body is written `into` a file when one is given.

    Only a GET with `most_redirects` follows redirects, and each is checked like the first address; to another origin
    no header of the caller goes along. Otherwise a redirect is an answer like any other. Nothing is taken from the
    environment: no proxy, no credentials; no cookie is kept. Raises an `OutgoingError` with the reason's code.
    """
    started = time.monotonic()
    deadline = Deadline(request.limits.total_seconds)
    target, headers = read_url(request.url), _checked_headers(request.headers)
    kept = io.BytesIO()
    for _step in range(request.limits.most_redirects + 1):
        with _exchange(request, target, headers, deadline=deadline, resolve=resolve) as answer:
            further = _further(request, target, answer)
            if further is None:
                is_cut = copy_body(answer, into or kept, request.limits)
                break
        headers = headers if further.origin == target.origin else {}
        target = further
    else:
        raise TooManyRedirectsError(field="url")
    return OutgoingResponse(
        status=answer.status,
        headers=answer.headers,
        body=kept.getvalue(),
        url=target.url,
        is_cut=is_cut,
        milliseconds=round((time.monotonic() - started) * 1000),
    )


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The caller's headers; raises `ValueError` for one that is the client's own business."""
    if taken := _OWN_HEADERS & {name.lower() for name in headers}:
        message = f"The client itself sets {', '.join(sorted(taken))}."
        raise ValueError(message)
    return dict(headers)


def _further(request: OutgoingRequest, target: Target, answer: Answer) -> Target | None:
    """Where the answer sends us, if the request goes there."""
    location = answer.headers.get("location", "")
    if request.method != "GET" or not request.limits.most_redirects or answer.status not in _REDIRECTS or not location:
        return None
    return read_url(urldefrag(urljoin(target.url, location)).url)


@contextmanager
def _exchange(
    request: OutgoingRequest,
    target: Target,
    headers: Mapping[str, str],
    *,
    deadline: Deadline,
    resolve: Resolver | None,
) -> Iterator[Answer]:
    """The answer of one server, to be read inside the block."""
    addresses = checked_addresses(target, resolve=resolve, seconds=deadline.left())
    with ExitStack() as opened:
        connection = _connected(target, addresses, request.limits.connect_seconds, deadline)
        opened.callback(connection.close)
        opened.enter_context(_cut_at(deadline, connection.sock))
        connection.timeout = min(request.limits.read_seconds, deadline.left())
        with translated(deadline):
            connection.request(
                request.method,
                target.path,
                body=request.body or None,
                headers=_own_headers(target) | dict(headers),
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
            opened.callback(response.close)
        names = {name.lower(): value for name, value in response.headers.items()}
        yield Answer(response.status, names, response, deadline)


def _own_headers(target: Target) -> dict[str, str]:
    return {
        "Host": target.host_header,
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def _connected(target: Target, addresses: list[Address], seconds: float, deadline: Deadline) -> HTTPConnection:
    """A connection to the first of the checked addresses that takes one."""
    failure: OutgoingError = ConnectFailedError(field="url")
    for address in addresses[:_MOST_TRIES]:
        connection = _connection(target, address, min(seconds, deadline.left()))
        try:
            with translated(deadline):
                connection.connect()
        except OutgoingError as error:
            connection.close()
            if not isinstance(error, ConnectFailedError | TimedOutError):
                raise
            failure = error
        else:
            return connection
    raise failure


def _connection(target: Target, address: Address, seconds: float) -> HTTPConnection:
    """To the address itself; the name is only told to the server, and looked for in its certificate."""
    if not target.is_secure:
        return HTTPConnection(str(address), target.port, timeout=seconds)
    return HTTPSConnection(
        str(address),
        target.port,
        timeout=seconds,
        ssl_context=_tls(os.environ.get("SSL_CERT_FILE", "")),
        server_hostname=target.host,
    )


@cache
def _tls(_authorities: str) -> ssl.SSLContext:
    """The system's trusted authorities, read once; OpenSSL takes them from `SSL_CERT_FILE` where that is set."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


@contextmanager
def _cut_at(deadline: Deadline, line: socket.socket) -> Iterator[None]:
    """Cut the line after the deadline: a server that sends a byte now and then passes every time-out of a single read."""
    timer = Timer(deadline.left() + _GRACE, _cut, (line,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(line: socket.socket) -> None:
    """End the connection itself, past TLS, whose own way of closing waits for the other side."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(line, socket.SHUT_RDWR)
