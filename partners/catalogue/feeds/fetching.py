"""Asking a feed's server for its file: what came, checked before anything is kept. No transaction is open meanwhile."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import BinaryIO, Final, cast
from urllib.parse import urlsplit

from django.conf import settings

from alliance.kernel.http.outgoing import Limits, OutgoingError, OutgoingRequest, OutgoingResponse, send
from alliance.kernel.spreadsheets.layout import ALL_KINDS, inspect_file
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.spreadsheets.rows import file_rows
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.feeds.domain import FetchFailure, FetchOutcome, has_shrunk, kept_validator
from partners.catalogue.feeds.models import ItemFeed

NOT_MODIFIED: Final = 304
_RENEWED_EVERY: Final = 5.0  # seconds; a job's lease is longer
_TICK: Final = 20_000
_PIECE: Final = 1 << 20
_ENDINGS: Final = MappingProxyType(
    {
        "application/jsonl": ".jsonl",
        "application/x-ndjson": ".jsonl",
        "application/json": ".jsonl",
        "text/csv": ".csv",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a fetch came to. Stored: the file is new and sound; it lies in the body that was given to `fetched`."""

    outcome: FetchOutcome
    status: int | None = None
    error: str = ""
    where: str = ""
    milliseconds: int | None = None
    size_bytes: int | None = None
    name: str = ""
    etag: str = ""
    last_modified: str = ""
    sha256: str = ""
    rows: int = 0

    def failed(self, error: str, where: str = "") -> "Came":
        """The same, come to nothing."""
        return replace(self, outcome=FetchOutcome.FAILED, error=error, where=where[:400])


def fetched(feed: ItemFeed, body: BinaryIO, *, is_whole: bool, is_forced: bool, renew: Callable[[], object]) -> Came:
    """Ask for the file and look it through; `renew` is called every few seconds.

    `is_whole` asks for the file whatever we have; `is_forced` also takes it however small it has become.
    """
    try:
        answer = send(_request(feed, is_whole=is_whole), into=cast("BinaryIO", _Sink(body, renew)))
    except OutgoingError as error:
        return Came(outcome=FetchOutcome.FAILED).failed(error.code)
    came = Came(
        outcome=FetchOutcome.STORED,
        status=answer.status,
        milliseconds=answer.milliseconds,
        size_bytes=body.tell(),
        name=_name(answer),
        etag=kept_validator(answer.headers.get("etag", "")),
        last_modified=kept_validator(answer.headers.get("last-modified", "")),
    )
    if answer.status == NOT_MODIFIED and not is_whole:
        return replace(came, outcome=FetchOutcome.UNCHANGED)
    if not answer.is_success:
        return came.failed(FetchFailure.HTTP_STATUS, str(answer.status))
    came = replace(came, sha256=_sha256(body))
    if came.sha256 == feed.content_sha256 and not is_whole:
        return replace(came, outcome=FetchOutcome.UNCHANGED)
    return _looked_through(came, feed, body, is_forced=is_forced, renew=renew)


def _sha256(body: BinaryIO) -> str:
    digest = hashlib.sha256()
    body.seek(0)
    while piece := body.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


class _Sink:
    """Where the body goes while it comes."""

    def __init__(self, body: BinaryIO, renew: Callable[[], object]) -> None:
        self._body, self._renew, self._renewed = body, renew, time.monotonic()

    def write(self, data: bytes) -> int:
        if time.monotonic() - self._renewed > _RENEWED_EVERY:
            self._renew()
            self._renewed = time.monotonic()
        return self._body.write(data)


def _request(feed: ItemFeed, *, is_whole: bool) -> OutgoingRequest:
    """With what the server said of the file that we have, so that it need not send the same again."""
    validators = {} if is_whole else {"If-None-Match": feed.etag, "If-Modified-Since": feed.last_modified}
    limits = Limits(
        connect_seconds=5,
        read_seconds=15,
        total_seconds=settings.ITEM_FEED_SECONDS,
        most_bytes=settings.IMPORT_MAX_BYTES,
        most_redirects=3,
    )
    return OutgoingRequest(url=feed.url, headers={n: v for n, v in validators.items() if v}, limits=limits)


def _name(answer: OutgoingResponse) -> str:
    """The file's name as the address has it, with the ending that the content type calls for."""
    name = PurePosixPath(urlsplit(answer.url).path).name or "feed"
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    ending = _ENDINGS.get(kind, "")
    return name if "." in name else f"{name}{ending}"


def _looked_through(
    came: Came, feed: ItemFeed, body: BinaryIO, *, is_forced: bool, renew: Callable[[], object]
) -> Came:
    """The file read to its end once: whether it is one, has the mapping's columns, and is not suddenly small."""
    try:
        layout = inspect_file(body, came.name, kinds=ALL_KINDS)
        rows = 0
        for rows, _row in enumerate(file_rows(body, layout), 1):
            if rows % _TICK == 0:
                renew()
    except FileRefusedError as refusal:
        return came.failed(refusal.problem, refusal.where)
    came = replace(came, rows=rows)
    if feed.mapping:
        mapping = ItemMapping.from_json(feed.mapping)
        if missing := mapping.missing_in(layout.header):
            return came.failed(FileProblem.COLUMNS_MISSING, ", ".join(missing))
        if mapping.archive_missing and has_shrunk(rows, feed.row_count) and not is_forced:
            return came.failed(FetchFailure.SHRUNK)
    return came
