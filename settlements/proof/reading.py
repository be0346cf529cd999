"""Reading a chain as it is stored, for those who recompute it: seals, and journals with their entries as a stream.

Nothing but plain tables and PostgreSQL's own functions is asked: none of the project's, which somebody may have replaced.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from settlements.proof.domain.chain import JournalContent, SealedEntry

_FETCHED: Final = 1_000
_JOURNAL: Final = """
j.id, j.book_id, j.key, j.kind, j.agreement_id, j.effective_on, j.occurred_at, j.posted_at, j.reverses_id, j.fingerprint,
e.entries, e.agree
"""
# `agree`: what entries repeat of their journal is the same. An account that is gone leaves its entry out.
_ENTRIES: Final = """
LEFT JOIN LATERAL (
  SELECT array_agg(ARRAY[e.line::text, e.account_id::text, a.organization_id::text, a.kind, e.currency, e.amount_minor::text]
                   ORDER BY e.line) FILTER (WHERE a.id IS NOT NULL) AS entries,
         bool_and(a.id IS NOT NULL AND e.posted_at = j.posted_at AND e.effective_on = j.effective_on AND e.book_id = j.book_id
                  AND e.scope_id = coalesce(j.agreement_id, j.book_id) AND a.book_id = j.book_id AND a.currency = e.currency) AS agree
  FROM ledger_entry AS e LEFT JOIN ledger_account AS a ON a.id = e.account_id WHERE e.journal_id = j.id
) AS e ON true
"""
_SEALED: Final = f"""
SELECT s.number, s.journal_id, s.digest, {_JOURNAL}
FROM ledger_sealedjournal AS s LEFT JOIN ledger_journal AS j ON j.id = s.journal_id {_ENTRIES}
WHERE s.book_id = %s AND s.number BETWEEN %s AND %s ORDER BY s.number
"""  # noqa: S608  constants of this module
_UNSEALED: Final = f"""
SELECT 0, j.id, ''::bytea, {_JOURNAL} FROM ledger_journal AS j {_ENTRIES}
WHERE j.book_id = %s AND NOT EXISTS (SELECT FROM ledger_sealedjournal AS s WHERE s.journal_id = j.id) ORDER BY j.posted_at, j.id
"""  # noqa: S608  constants of this module


@dataclass(frozen=True, slots=True)
class StoredJournal:
    """A journal under the number it was sealed with (0: not yet), and what is stored of it now, if it still is."""

    number: int
    journal_id: UUID
    digest: bytes
    content: JournalContent | None
    entries_agree: bool


def sealed_journals(book_id: UUID, first: int, last: int) -> Iterator[StoredJournal]:
    """The journals with these numbers, in their order. Iterate inside a transaction: they come through a cursor of the server."""
    return _stream(_SEALED, [book_id, first, last])


def unsealed_journals(book_id: UUID) -> Iterator[StoredJournal]:
    """The journals that no seal holds yet, in the order of posting."""
    return _stream(_UNSEALED, [book_id])


def _stream(query: str, parameters: Sequence[UUID | int]) -> Iterator[StoredJournal]:
    connection = connections[database_alias()]
    with connection.chunked_cursor() as cursor:
        cursor.execute(query, parameters)
        while rows := cursor.fetchmany(_FETCHED):
            yield from map(_stored, rows)


def _stored(row: tuple[Any, ...]) -> StoredJournal:
    (
        number,
        journal_id,
        digest,
        id_,
        book_id,
        key,
        kind,
        agreement,
        effective,
        occurred,
        posted,
        reverses,
        mark,
        legs,
        agree,
    ) = row
    if id_ is None:
        return StoredJournal(number, journal_id, bytes(digest), None, entries_agree=False)
    entries = tuple(
        SealedEntry(int(line), UUID(account), UUID(organization), account_kind, currency, int(amount))
        for line, account, organization, account_kind, currency, amount in legs or ()
    )
    content = JournalContent(
        book_id, id_, key, kind, agreement, effective, occurred, posted, reverses, bytes(mark), entries
    )
    return StoredJournal(number, journal_id, bytes(digest), content, entries_agree=bool(agree))
