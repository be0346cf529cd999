"""Who attacks the ledger, and with what: raw SQL on real connections, past every line of Python."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg
from django.db import connections

from alliance.embedded.database_url import with_database
from alliance.kernel.ids import new_id
from tests.contract.settlements.ledger.books import BookOf
from tests.databases import admin_url


@dataclass(frozen=True)
class Attacker:
    """A database login, and the organization whose scope it pretends to have open."""

    alias: str  # a connection's alias, or "superuser"
    organization_id: UUID | None = None

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """A connection of its own; whatever was not committed is gone afterwards."""
        with open_connection(self.alias) as connection:
            if self.organization_id:
                connection.execute("SELECT set_config('app.organization', %s, false)", [str(self.organization_id)])
                connection.commit()
            yield connection
            connection.rollback()

    def try_all(self, *statements: str, values: Mapping[str, object]) -> str | None:
        """Run the statements in one transaction and commit; the SQLSTATE of the refusal, None when nothing refused."""
        with self.connection() as connection:
            try:
                for statement in statements:
                    connection.execute(statement.encode(), values if "%(" in statement else None)
                connection.commit()
            except psycopg.Error as error:
                return error.sqlstate
        return None


@contextmanager
def open_connection(alias: str) -> Iterator[psycopg.Connection]:
    """A plain psycopg connection as one of the roles, on this test process's database."""
    parameters = connections["default" if alias == "superuser" else alias].get_connection_params()
    if alias == "superuser":
        opened = psycopg.connect(with_database(admin_url(), parameters["dbname"]))
    else:
        known = {"dbname", "user", "password", "host", "port"}
        opened = psycopg.connect(**{name: value for name, value in parameters.items() if name in known})
    with opened as connection:
        yield connection


def post_statement(  # the doors' own shape: journals as parallel arrays, legs in one row
    *,
    book: str = "%(book)s",
    key: str = "'attack-' || gen_random_uuid()",
    agreement: str = "%(agreement)s",
    day: str = "2026-11-05",
    legs: str = "%(clearing)s, %(pending)s",
    amounts: str = "1, -1",
    counts: str = "2",
    reverses: str = "NULL",
) -> str:
    """A call of ledger_post with one journal, by default one that is fine."""
    places = ", ".join("1" for _ in filter(None, legs.split(",")))
    return (
        f"SELECT ledger_post({book}, ARRAY[gen_random_uuid()], ARRAY[{key}], ARRAY['attack'], ARRAY[{agreement}]::uuid[],"
        f" ARRAY['{day}']::date[], ARRAY['2026-11-05 12:00+00']::timestamptz[], ARRAY[{reverses}]::uuid[], ARRAY[{counts}]::int[], ARRAY[{places}]::int[],"
        f" ARRAY[{legs}]::uuid[], ARRAY[{amounts}]::bigint[])"
    )


def post_two(
    *,
    days: str = "'2026-11-05', '2026-11-05'",
    keys: str = "'attack-' || gen_random_uuid(), 'attack-' || gen_random_uuid()",
    last_account: str = "%(pending)s",
    last_amount: str = "-1",
    counts: str = "2, 2",
    places: str = "1, 1, 2, 2",
) -> str:
    """A call of ledger_post with two journals, of which the second is to be attacked."""
    return (
        f"SELECT ledger_post(%(book)s, ARRAY[gen_random_uuid(), gen_random_uuid()], ARRAY[{keys}], ARRAY['attack', 'attack'],"
        f" ARRAY[%(agreement)s, %(agreement)s]::uuid[], ARRAY[{days}]::date[], ARRAY[now(), now()], ARRAY[NULL, NULL]::uuid[],"
        f" ARRAY[{counts}]::int[], ARRAY[{places}]::int[], ARRAY[%(clearing)s, %(pending)s, %(clearing)s, {last_account}]::uuid[],"
        f" ARRAY[1, -1, 1, {last_amount}]::bigint[])"
    )


def values_of(book: BookOf, other: BookOf, journal_id: UUID, reversal_id: UUID, key: str) -> dict[str, object]:
    """What the statements may name: `book` is the victim, `foreign_*` belong to another alliance."""
    return {
        **book.accounts,
        "book": book.id,
        "alliance": book.alliance_id,
        "host": book.host.id,
        "partner": book.north.id,
        "agreement": book.agreement_id,
        "other_agreement": book.other_agreement_id,
        "october": book.october_id,
        "november": book.november_id,
        "journal": journal_id,
        "reversal": reversal_id,
        "key": key,
        "new": new_id(),
        "foreign_book": other.id,
        "foreign_host": other.host.id,
        "foreign_alliance": other.alliance_id,
        "foreign_partner": other.north.id,
        "foreign_agreement": other.agreement_id,
        "foreign_november": other.november_id,
        "foreign_pending": other.accounts["pending"],
        "foreign_clearing": other.accounts["clearing"],
    }
