"""What both ledger measurements need: a book, the bare tables of the yardstick, and django-hordak in a process of its own."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import psycopg

from alliance.embedded.roles import create_database, drop_database
from benchmarks.measure import Contender, Sample
from tests.contract.settlements.ledger.books import BookOf

HORDAK_DATABASE = "alliance_bench_hordak"
DAY = date(2026, 11, 5)
NOON = datetime(2026, 11, 5, 12, tzinfo=UTC)
FINGERPRINT = hashlib.sha256(b"").digest()

# The same columns and primary keys as the ledger's, and nothing else: no check, no foreign key, no other index.
BARE_TABLES = """
DROP SCHEMA IF EXISTS bare CASCADE;
CREATE SCHEMA bare;
CREATE TABLE bare.journal AS SELECT * FROM ledger_journal WITH NO DATA;
ALTER TABLE bare.journal ADD PRIMARY KEY (id);
CREATE TABLE bare.entry AS SELECT * FROM ledger_entry WITH NO DATA;
ALTER TABLE bare.entry ADD PRIMARY KEY (journal_id, line);
"""
# What any sound schema has without a trigger or a function: the ledger's own keys, indexes, checks and foreign key.
KEYED_TABLES = """
DROP SCHEMA IF EXISTS keyed CASCADE;
CREATE SCHEMA keyed;
CREATE TABLE keyed.journal (LIKE ledger_journal INCLUDING ALL);
CREATE TABLE keyed.entry (LIKE ledger_entry INCLUDING ALL);
ALTER TABLE keyed.entry ADD FOREIGN KEY (account_id, book_id, scope_id, currency)
  REFERENCES ledger_account (id, book_id, scope_id, currency);
"""
BARE_POST = """
WITH j AS (
  INSERT INTO bare.journal (id, book_id, agreement_id, key, fingerprint, kind, effective_on, occurred_at, posted_at, posted_xid, parties)
  SELECT id, %(book)s, %(agreement)s, key, %(fingerprint)s, 'sale', %(day)s, %(noon)s, now(), pg_current_xact_id(), %(parties)s
  FROM unnest(%(ids)s::uuid[], %(keys)s::text[]) AS u (id, key))
INSERT INTO bare.entry (journal_id, line, book_id, scope_id, account_id, currency, amount_minor, effective_on, posted_at, parties)
SELECT u.id, l.line, %(book)s, %(agreement)s, l.account, 'EUR', l.sign * u.amount, %(day)s, now(), %(parties)s
FROM unnest(%(ids)s::uuid[], %(amounts)s::bigint[]) AS u (id, amount)
CROSS JOIN (VALUES (1::smallint, %(debit)s::uuid, 1), (2, %(credit)s::uuid, -1)) AS l (line, account, sign)
"""
BARE_POST_ONE = """
WITH j AS (
  INSERT INTO bare.journal (id, book_id, agreement_id, key, fingerprint, kind, effective_on, occurred_at, posted_at, posted_xid, parties)
  VALUES (%(id)s, %(book)s, %(agreement)s, %(key)s, %(fingerprint)s, 'sale', %(day)s, %(noon)s, now(), pg_current_xact_id(), %(parties)s))
INSERT INTO bare.entry (journal_id, line, book_id, scope_id, account_id, currency, amount_minor, effective_on, posted_at, parties)
VALUES (%(id)s, 1, %(book)s, %(agreement)s, %(debit)s, 'EUR', %(amount)s, %(day)s, now(), %(parties)s),
       (%(id)s, 2, %(book)s, %(agreement)s, %(credit)s, 'EUR', -%(amount)s::bigint, %(day)s, now(), %(parties)s)
"""


def owner_connection() -> psycopg.Connection:
    """A plain connection as the owner, each statement its own transaction."""
    return psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True)


def make_bare_tables() -> None:
    """The yardsticks' tables, empty."""
    with owner_connection() as connection:
        connection.execute(BARE_TABLES.encode())
        connection.execute(KEYED_TABLES.encode())


def backend_of(alias: str) -> int:
    """The process id of the database backend behind a Django connection."""
    from django.db import connections

    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def bare_values(book: BookOf, parties: list[UUID]) -> dict[str, object]:
    """What every row of the yardstick has in common with the book's."""
    return {
        "book": book.id,
        "agreement": book.agreement_id,
        "fingerprint": FINGERPRINT,
        "day": DAY,
        "noon": NOON,
        "parties": parties,
        "debit": book.accounts["clearing"],
        "credit": book.accounts["pending"],
    }


@contextmanager
def hordak(**sizes: int) -> Iterator[dict[str, Contender]]:
    """django-hordak on a database and in a process of its own, with its own settings; a contender for each size.

    It stands beside the yardstick as the only Django package whose balance the database enforces.
    """
    admin_url = os.environ["DATABASE_ADMIN_URL"]
    drop_database(admin_url, HORDAK_DATABASE)
    urls = create_database(admin_url, HORDAK_DATABASE)
    peer = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.ledger_peer"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parent.parent,
        env={**os.environ, "HORDAK_DATABASE_URL": urls.owner, "DJANGO_SETTINGS_MODULE": ""},
    )
    assert peer.stdin
    assert peer.stdout

    def asks(what: str, size: int) -> Contender:
        def run() -> Sample:
            peer.stdin.write(f"{what} {size}\n")
            peer.stdin.flush()
            return Sample(**json.loads(peer.stdout.readline()))

        return Contender(f"django-hordak, {what}", run)

    try:
        yield {what: asks(what, size) for what, size in sizes.items()}
    finally:
        peer.stdin.close()
        peer.wait(30)
        drop_database(admin_url, HORDAK_DATABASE)
