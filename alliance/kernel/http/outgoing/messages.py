"""What goes out and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError

KIBIBYTE: Final = 1024


class OutgoingError(InvalidInputError):
    """No answer could be had. Subclasses say why; none tells what our own network looks like from inside."""

    code = "outgoing_failed"
    sentence = _("The address could not be reached.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long, how much, how often. `total_seconds` is for everything together: the name, redirects, the last byte.

    An answer's body longer than `most_bytes`, counted unpacked, is refused, or cut there when `is_cut`.
    """

    connect_seconds: float = 5.0
    read_seconds: float = 10.0
    total_seconds: float = 20.0
    most_bytes: int = 1024 * KIBIBYTE
    is_cut: bool = False
    most_redirects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRequest:
    """One request. `Host`, `Content-Length`, `User-Agent`, `Accept-Encoding` and `Connection` are added by the client."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingResponse:
    """The answer, whatever its status. `headers` by lower-case names; `url` is the one that answered.

    `body` is unpacked, and empty when it was written into a file instead.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    is_cut: bool
    milliseconds: int

    @property
    def is_success(self) -> bool:
        """Whether the status is 2xx."""
        return 200 <= self.status < 300  # noqa: PLR2004  HTTP's own numbers
