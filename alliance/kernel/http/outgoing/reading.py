"""An answer's body: unpacked here, so that its true size is known before it is anywhere."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.utils.translation import gettext_lazy as _
from urllib3 import BaseHTTPResponse

from alliance.kernel.http.outgoing.failures import Deadline, ResponseMalformedError, translated
from alliance.kernel.http.outgoing.messages import KIBIBYTE, Limits, OutgoingError

_CHUNK: Final = 64 * KIBIBYTE
_GZIP: Final = 16 + zlib.MAX_WBITS


class ResponseTooLargeError(OutgoingError):
    """The answer is longer than allowed."""

    code = "response_too_large"
    sentence = _("The server's answer is too large.")


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and headers of an answer whose body is still on the line."""

    status: int
    headers: Mapping[str, str]
    response: BaseHTTPResponse
    deadline: Deadline


def copy_body(answer: Answer, sink: BinaryIO, limits: Limits) -> bool:
    """Write the unpacked body into `sink`, at most `limits.most_bytes` of it; whether the rest was cut.

    Raises `ResponseTooLargeError` when there is more and it may not be cut, `ResponseMalformedError`, `TimedOutError`.
    """
    written = 0
    for piece in _unpacked(answer, limits.most_bytes):
        room = limits.most_bytes - written
        sink.write(piece[:room])
        written += min(len(piece), room)
        if len(piece) > room:
            if limits.is_cut:
                return True
            raise ResponseTooLargeError(field="url")
    return False


def _unpacked(answer: Answer, most: int) -> Iterator[bytes]:
    """The body piece by piece, none longer than a chunk, however well it was packed."""
    encoding = answer.headers.get("content-encoding", "").strip().lower()
    pieces = _received(answer, min(_CHUNK, most + 1))
    if encoding in {"", "identity"}:
        return pieces
    if encoding in {"gzip", "x-gzip"}:
        return _gunzipped(pieces)
    raise ResponseMalformedError(field="url")


def _received(answer: Answer, size: int) -> Iterator[bytes]:
    """The body as it comes off the line. What the reader of the pieces does wrong is not the network's failure."""
    with translated(answer.deadline):
        yield from answer.response.stream(size, decode_content=False)


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The unpacked body of one gzip member or several, as they may follow each other."""
    unpacker, is_empty = zlib.decompressobj(_GZIP), True
    try:
        for piece in pieces:
            is_empty, waiting = False, piece
            while waiting:
                if unpacker.eof:
                    unpacker = zlib.decompressobj(_GZIP)
                yield unpacker.decompress(waiting, _CHUNK)
                waiting = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise ResponseMalformedError(field="url") from error
    if not (is_empty or unpacker.eof):
        raise ResponseMalformedError(field="url")
