"""Every way in which the network lets us down, and the error that each becomes."""

import http.client
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext_lazy as _
from urllib3 import exceptions

from alliance.kernel.http.outgoing.messages import OutgoingError


class ConnectFailedError(OutgoingError):
    """Nobody answers at the address, or the line broke."""

    code = "connect_failed"
    sentence = _("The server does not answer.")


class TimedOutError(OutgoingError):
    """The answer was not complete in time."""

    code = "timed_out"
    sentence = _("The server did not answer in time.")


class TlsFailedError(OutgoingError):
    """No trusted certificate for this name, or no common protocol."""

    code = "tls_failed"
    sentence = _("The server's certificate is not valid for this address.")


class ResponseMalformedError(OutgoingError):
    """What came back is not HTTP, is not complete, or is packed in a way we did not ask for."""

    code = "response_malformed"
    sentence = _("The server's answer can't be read.")


class Deadline:
    """The instant, on the monotonic clock, at which everything has to be done."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self._at

    def left(self) -> float:
        """Seconds until then; raises `TimedOutError` when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimedOutError(field="url")
        return left


@contextmanager
def translated(deadline: Deadline) -> Iterator[None]:
    """Every failure of the network as an `OutgoingError`. A line cut at the deadline may look like a regular end."""
    try:
        yield
    except (ssl.SSLError, OSError, exceptions.HTTPError, http.client.HTTPException) as error:
        raise (TimedOutError(field="url") if deadline.is_over else _named(error)) from error
    if deadline.is_over:
        raise TimedOutError(field="url")


def _named(error: Exception) -> OutgoingError:
    if isinstance(error, exceptions.NewConnectionError):  # some versions call it a time-out too
        return ConnectFailedError(field="url")
    if isinstance(error, TimeoutError | exceptions.TimeoutError):
        return TimedOutError(field="url")
    if isinstance(error, ssl.SSLError | exceptions.SSLError):
        return TlsFailedError(field="url")
    if isinstance(error, OSError):
        return ConnectFailedError(field="url")
    return ResponseMalformedError(field="url")
