"""The journals behind a statement and the seals that hold them, as the statement's party may see them."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias

_FETCHED = 1_000


class ProvenJournal(NamedTuple):
    """One journal under its number in the chain. `is_open`: the party may see what it says, beside its digest."""

    number: int
    id: UUID
    key: str
    kind: str
    effective_on: date
    occurred_at: datetime
    posted_at: datetime
    reverses_id: UUID | None
    fingerprint: bytes
    digest: bytes
    is_open: bool
    entries: list[str]


class ProvenSeal(NamedTuple):
    """One link of the chain. `holds_any`: some of the statement's journals are in it."""

    book_id: UUID
    number: int
    first: int
    last: int
    digests_sha256: str
    previous_head: str
    head: str
    sealed_at: datetime
    holds_any: bool


def unsealed_of(statement_id: UUID) -> int:
    """How many of the statement's journals wait for their seal."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT settlements_unsealed_of(%s)", [statement_id])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def journals_of(statement_id: UUID) -> Iterator[ProvenJournal]:
    """The journals, by number. Iterate inside a transaction: they come through a server-side cursor."""
    with connections[database_alias()].chunked_cursor() as cursor:
        cursor.execute("SELECT * FROM settlements_proof_journals(%s)", [statement_id])
        while rows := cursor.fetchmany(_FETCHED):
            yield from (ProvenJournal(*row) for row in rows)


def seals_of(statement_id: UUID) -> Iterator[ProvenSeal]:
    """The seals from the first that holds such a journal to the last one needed, by number."""
    with connections[database_alias()].chunked_cursor() as cursor:
        cursor.execute("SELECT * FROM settlements_proof_seals(%s)", [statement_id])
        while rows := cursor.fetchmany(_FETCHED):
            yield from (ProvenSeal(*row) for row in rows)


def digests_of(statement_id: UUID, first: int, last: int) -> bytes:
    """The digests of these numbers, one after the other."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT settlements_proof_digests(%s, %s, %s)", [statement_id, first, last])
        row = cursor.fetchone()
    return bytes(row[0]) if row and row[0] is not None else b""
