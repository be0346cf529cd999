"""The ledger under attack: raw SQL by every role of the application, each refused with the SQLSTATE named here.

42501 is PostgreSQL's own "insufficient privilege": the role can't even try. LG001–LG011 are the ledger's triggers and
functions (migrations/sql/ledger.sql), 23xxx its constraints. At the end, everything is as it was.
"""

from dataclasses import dataclass, replace

import pytest

from tests.contract.settlements.ledger.attackers import (
    Attacker,
    open_connection,
    post_statement,
    post_two,
    values_of,
)
from tests.contract.settlements.ledger.books import BookOf, a_book

DENIED = "42501"
TABLES = ("ledger_book", "ledger_account", "ledger_period", "ledger_journal", "ledger_entry")


@dataclass(frozen=True)
class Scene:
    """A victim's book with two journals in it, another alliance's book, and the names the statements use."""

    book: BookOf
    other: BookOf
    values: dict[str, object]

    def host(self, alias: str = "default") -> Attacker:
        return Attacker(alias, self.book.host.id)


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    from django.db import connections

    with django_db_blocker.unblock():
        book, other = a_book(), a_book()
        journal = book.post(book.sale(10_000, key="victim"))
        other.post(other.sale(10_000))
        undone = book.sale(50, key="undone")
        undone_id = book.post(undone)
        reversal = book.post(replace(undone, key="undoing", legs=undone.mirrored(), reverses_id=undone_id))
        for alias in connections:
            connections[alias].close()
        before = contents()
        yield Scene(book, other, values_of(book, other, journal, reversal, "victim") | {"undone": undone_id})
        assert contents() == before, "an attack left a trace"
        for alias in connections:
            connections[alias].close()


def contents() -> dict[str, object]:
    """Every row of the ledger, as a superuser sees it."""
    with open_connection("superuser") as connection:
        query = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} AS t"
        return {table: connection.execute(query.format(table).encode()).fetchone() for table in TABLES}


# Rewriting history, switching the guards off, and going around the doors: no role of the application may even try.
PRIVILEGE_ATTACKS = {
    "rewrite an amount": "UPDATE ledger_entry SET amount_minor = amount_minor * 2",
    "rewrite both sides so that it still balances": "UPDATE ledger_entry SET amount_minor = -amount_minor WHERE journal_id = %(journal)s",
    "re-date a journal": "UPDATE ledger_journal SET effective_on = '2026-10-05' WHERE id = %(journal)s",
    "re-date a posting's instant": "UPDATE ledger_journal SET posted_at = '2020-01-01' WHERE id = %(journal)s",
    "re-key a journal": "UPDATE ledger_journal SET key = 'other' WHERE id = %(journal)s",
    "re-point an entry": "UPDATE ledger_entry SET account_id = %(clearing)s WHERE account_id = %(pending)s",
    "re-point a journal to another book": "UPDATE ledger_journal SET book_id = %(foreign_book)s WHERE id = %(journal)s",
    "hide an entry from its party": "UPDATE ledger_entry SET parties = '{}'",
    "hand an account to another": "UPDATE ledger_account SET organization_id = %(host)s WHERE id = %(pending)s",
    "change an account's currency": "UPDATE ledger_account SET currency = 'USD' WHERE id = %(pending)s",
    "hand the book to another": "UPDATE ledger_book SET host_id = %(partner)s",
    "reopen a period": "UPDATE ledger_period SET status = 'open', closed_at = NULL WHERE id = %(october)s",
    "close a period by hand": "UPDATE ledger_period SET status = 'closed', closed_at = now() WHERE id = %(november)s",
    "stretch a period": "UPDATE ledger_period SET ends_on = '2027-01-01' WHERE id = %(november)s",
    "delete entries": "DELETE FROM ledger_entry WHERE journal_id = %(journal)s",
    "delete a journal": "DELETE FROM ledger_journal WHERE id = %(journal)s",
    "delete a period": "DELETE FROM ledger_period WHERE id = %(october)s",
    "delete an account": "DELETE FROM ledger_account WHERE id = %(pending)s",
    "delete a book": "DELETE FROM ledger_book",
    "truncate the entries": "TRUNCATE ledger_entry",
    "truncate everything": "TRUNCATE ledger_book, ledger_account, ledger_period, ledger_journal, ledger_entry CASCADE",
    "append to a committed journal": (
        "INSERT INTO ledger_entry SELECT parties, line + 10, scope_id, currency, amount_minor, effective_on, posted_at,"
        " account_id, book_id, journal_id FROM ledger_entry WHERE journal_id = %(journal)s"
    ),
    "insert a journal by hand": "INSERT INTO ledger_journal SELECT * FROM ledger_journal WHERE id = %(journal)s",
    "insert a period by hand": "INSERT INTO ledger_period SELECT * FROM ledger_period WHERE id = %(october)s",
    "insert an account by hand": "INSERT INTO ledger_account (id) VALUES (%(new)s)",
    "insert a book by hand": "INSERT INTO ledger_book SELECT * FROM ledger_book",
    "copy entries in": "COPY ledger_entry FROM STDIN",
    "merge entries in": (
        "MERGE INTO ledger_entry AS e USING (SELECT 1) AS s ON true WHEN MATCHED THEN UPDATE SET amount_minor = 1"
    ),
    "write inside a read": "WITH gone AS (DELETE FROM ledger_entry RETURNING 1) SELECT * FROM gone",
    "hold a period's row": "SELECT * FROM ledger_period WHERE id = %(november)s FOR UPDATE",
    "hold a period's row, sharing it": "SELECT * FROM ledger_period WHERE id = %(november)s FOR KEY SHARE",
    "hold the whole table": "LOCK TABLE ledger_period IN EXCLUSIVE MODE",
    "disable a trigger": "ALTER TABLE ledger_entry DISABLE TRIGGER append_only",
    "disable all triggers": "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER balances ON ledger_entry",
    "add a trigger": (
        "CREATE TRIGGER mine BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "add a rule": "CREATE RULE mine AS ON INSERT TO ledger_entry DO INSTEAD NOTHING",
    "drop a constraint": "ALTER TABLE ledger_entry DROP CONSTRAINT entry_not_zero",
    "drop a table": "DROP TABLE ledger_entry CASCADE",
    "drop an index": "DROP INDEX journal_by_transaction",
    "switch row-level security off": "ALTER TABLE ledger_entry DISABLE ROW LEVEL SECURITY",
    "drop a policy": "DROP POLICY organization_select ON ledger_entry",
    "write a policy": "CREATE POLICY mine ON ledger_entry USING (true)",
    "take the table over": "ALTER TABLE ledger_entry OWNER TO CURRENT_USER",
    "join the owners": "GRANT alliance_owner TO CURRENT_USER",
    "play the replica": "SET session_replication_role = replica",
    "become the owner": "SET ROLE alliance_owner",
    "become the owner for good": "SET SESSION AUTHORIZATION alliance_owner",
    "replace a door": (
        "CREATE OR REPLACE FUNCTION ledger_close_period(uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true'"
    ),
    "loosen a door": "ALTER FUNCTION ledger_close_period(uuid) RESET search_path",
    "shadow a table in public": "CREATE TABLE public.ledger_copy AS SELECT * FROM ledger_entry",
    "shadow a function in public": "CREATE FUNCTION public.sum(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 0'",
    "shadow a table for the session": "CREATE TEMP TABLE ledger_book AS SELECT * FROM public.ledger_book",
    "shadow a schema": "CREATE SCHEMA mine",
    "call a guard's inside": "SELECT ledger_require_host(%(foreign_host)s)",
    "call the mirror's inside": "SELECT ledger_is_mirror(%(journal)s, %(journal)s)",
    "ask for the operator": "SELECT ledger_is_operator()",
    "run code on the server": "DO LANGUAGE plpgsql $$ BEGIN DELETE FROM ledger_entry; END $$",
}


@pytest.mark.parametrize("alias", ["default", "operator"])
@pytest.mark.parametrize("attack", PRIVILEGE_ATTACKS)
def test_no_role_of_the_application_may_even_try(scene, attack, alias):
    assert scene.host(alias).try_all(PRIVILEGE_ATTACKS[attack], values=scene.values) == DENIED


@pytest.mark.parametrize("alias", ["default", "operator"])
def test_nobody_grants_themselves_more(scene, alias):
    # PostgreSQL only warns that it granted nothing.
    statements = ("GRANT ALL ON ledger_entry TO CURRENT_USER", PRIVILEGE_ATTACKS["delete entries"])
    assert scene.host(alias).try_all(*statements, values=scene.values) == DENIED


def test_the_runtime_role_is_nobody_else(scene):
    assert scene.host().try_all("SET ROLE alliance_operator", values={}) == DENIED
    assert scene.host().try_all("SET SESSION AUTHORIZATION alliance_operator", values={}) == DENIED
    assert scene.host().try_all("SET row_security = off", "SELECT * FROM ledger_entry", values={}) == DENIED


# Through the doors, as the book's own host and as the operator: the content is refused.
DOOR_ATTACKS = {
    "post what does not balance": ("LG001", post_statement(amounts="2, -1")),
    "post a single leg": ("LG001", post_statement(legs="%(clearing)s", amounts="1", counts="1")),
    "balance one currency with another": ("LG001", post_statement(legs="%(clearing)s, %(dollars)s")),
    "overflow the sum": (
        "LG001",
        post_statement(
            legs="%(clearing)s, %(pending)s, %(revenue)s",
            amounts="9223372036854775807, 9223372036854775807, 2",
            counts="3",
        ),
    ),
    "post nothing": ("LG010", post_statement(legs="", amounts="", counts="")),
    "post a journal without legs": ("LG002", post_statement(legs="", amounts="", counts="0")),
    "count legs wrong": ("LG010", post_statement(counts="1")),
    "count legs below zero": ("LG010", post_statement(counts="-2")),
    "count legs as nothing": ("LG010", post_statement(counts="NULL::int")),
    "post a zero": ("23514", post_statement(amounts="0, 0")),
    "post a zero beside the rest": (
        "23514",
        post_statement(legs="%(clearing)s, %(pending)s, %(revenue)s", amounts="1, -1, 0", counts="3"),
    ),
    "post a null": ("23502", post_statement(amounts="1, NULL")),
    "post to no account": ("23502", post_statement(legs="%(clearing)s, NULL")),
    "post to an account that is none": ("23503", post_statement(legs="%(clearing)s, %(new)s")),
    "reach into another alliance": ("23503", post_statement(legs="%(clearing)s, %(foreign_pending)s")),
    "reach into another alliance with both legs": (
        "23503",
        post_statement(legs="%(foreign_clearing)s, %(foreign_pending)s", agreement="%(foreign_agreement)s"),
    ),
    "reach into another agreement": ("23503", post_statement(legs="%(clearing)s, %(other_pending)s")),
    "reach from an agreement to the book": ("23503", post_statement(legs="%(clearing)s, %(suspense)s")),
    "reach from the book to an agreement": (
        "23503",
        post_statement(agreement="NULL", legs="%(book_clearing)s, %(pending)s"),
    ),
    "escape the close as a book's journal": ("23503", post_statement(agreement="NULL", day="2026-10-05")),
    "reuse a key": ("LG007", post_statement(key="%(key)s")),
    "leave the key out": ("23502", post_statement(key="NULL::text")),
    "leave the key empty": ("23514", post_statement(key="''")),
    "post into a closed period": ("LG005", post_statement(day="2026-10-05")),
    "post on the last closed day": ("LG005", post_statement(day="2026-10-31")),
    "post before all periods": ("LG006", post_statement(day="1999-01-01")),
    "post at the end of time": ("23514", post_statement(day="infinity")),
    "post on no day": ("LG006", post_statement(day="2026-12-01")),
    "hide what does not balance among others": ("LG001", post_two(last_amount="-2")),
    "hide a zero among others": ("23514", post_two(last_amount="0")),
    "hide a closed day among others": ("LG005", post_two(days="'2026-11-05', '2026-10-05'")),
    "hide a missing day among others": ("LG006", post_two(days="'2026-11-05', '1999-01-01'")),
    "hide another alliance's account among others": ("23503", post_two(last_account="%(foreign_pending)s")),
    "hide another agreement's account among others": ("23503", post_two(last_account="%(other_pending)s")),
    "hide a known key among others": ("LG007", post_two(keys="'attack-' || gen_random_uuid(), %(key)s")),
    "send a leg to the other journal": ("LG001", post_two(places="1, 2, 1, 2")),
    "send all legs to one journal": ("LG002", post_two(places="1, 1, 1, 1")),
    "share legs between journals": ("LG002", post_two(counts="4, -2")),
    "send legs nowhere": ("LG001", post_two(places="1, 1, 2, 3")),
    "reverse with something else": ("LG009", post_statement(reverses="%(journal)s")),
    "reverse twice": (
        "23505",
        "SELECT ledger_reverse(%(undone)s, gen_random_uuid(), 'again', 'reversal', '2026-11-05', now())",
    ),
    "reverse a reversal": (
        "LG009",
        "SELECT ledger_reverse(%(reversal)s, gen_random_uuid(), 'again', 'reversal', '2026-11-05', now())",
    ),
    "reverse into a closed period": (
        "LG005",
        "SELECT ledger_reverse(%(journal)s, gen_random_uuid(), 'again', 'reversal', '2026-10-05', now())",
    ),
    "reverse what is not there": (
        "LG008",
        "SELECT ledger_reverse(%(new)s, gen_random_uuid(), 'again', 'reversal', '2026-11-05', now())",
    ),
    "lay a new period over a closed one": (
        "LG011",
        "SELECT ledger_open_period(gen_random_uuid(), %(book)s, %(agreement)s, '2026-10-05', '2026-10-06')",
    ),
    "open a period for another alliance's agreement": (
        "23503",
        "SELECT ledger_open_period(gen_random_uuid(), %(book)s, %(foreign_agreement)s, '2027-01-01', '2027-02-01')",
    ),
    "open an account for a stranger": (
        "23503",
        (
            "SELECT ledger_open_accounts(%(book)s, ARRAY[gen_random_uuid()], ARRAY[%(foreign_partner)s]::uuid[],"
            " ARRAY[NULL]::uuid[], ARRAY['EUR'], ARRAY['pending'])"
        ),
    ),
    "open an account of an unknown kind": (
        "23514",
        (
            "SELECT ledger_open_accounts(%(book)s, ARRAY[gen_random_uuid()], ARRAY[%(host)s]::uuid[],"
            " ARRAY[NULL]::uuid[], ARRAY['EUR'], ARRAY['slush'])"
        ),
    ),
    "post into a book that is none": ("LG008", post_statement(book="%(new)s")),
    "post into no book": ("LG008", post_statement(book="NULL")),
    "open another alliance's book as one's own": (
        "LG008",
        "SELECT ledger_open_book(gen_random_uuid(), %(foreign_alliance)s, %(host)s)",
    ),
    "close a period that is none": ("LG008", "SELECT ledger_close_period(%(new)s)"),
}


@pytest.mark.parametrize("alias", ["default", "operator"])
@pytest.mark.parametrize("attack", DOOR_ATTACKS)
def test_the_doors_refuse_bad_content(scene, attack, alias):
    state, statement = DOOR_ATTACKS[attack]
    assert scene.host(alias).try_all(statement, values=scene.values) == state


def test_the_same_call_with_good_content_passes(scene):
    with scene.host().connection() as connection:  # rolled back
        connection.execute(post_statement().encode(), scene.values)
        connection.execute(post_two().encode(), scene.values)


# Through the doors, as anybody but the host.
DOORS = {
    "post": post_statement(),
    "post again what is known": post_statement(key="%(key)s"),
    "reverse": "SELECT ledger_reverse(%(journal)s, gen_random_uuid(), 'undo', 'reversal', '2026-11-05', now())",
    "close": "SELECT ledger_close_period(%(november)s)",
    "lock": "SELECT ledger_lock_period(%(november)s)",
    "open a period": "SELECT ledger_open_period(gen_random_uuid(), %(book)s, %(agreement)s, '2027-01-01', '2027-02-01')",
    "open an account": (
        "SELECT ledger_open_accounts(%(book)s, ARRAY[gen_random_uuid()], ARRAY[%(host)s]::uuid[],"
        " ARRAY[NULL]::uuid[], ARRAY['EUR'], ARRAY['tax'])"
    ),
    "open a book": "SELECT ledger_open_book(gen_random_uuid(), %(alliance)s, %(host)s)",
}


@pytest.mark.parametrize("who", ["partner", "foreign_host", "foreign_partner", "nobody"])
@pytest.mark.parametrize("door", DOORS)
def test_the_doors_open_to_the_host_alone(scene, door, who):
    attacker = Attacker("default", scene.values.get(who))
    assert attacker.try_all(DOORS[door], values=scene.values) == "LG008"


def test_a_partner_who_opens_the_alliances_book_in_its_own_name_is_refused(scene):
    attacker = Attacker("default", scene.book.north.id)
    statement = "SELECT ledger_open_book(gen_random_uuid(), %(alliance)s, %(partner)s)"
    assert attacker.try_all(statement, values=scene.values) == "LG008"


def test_a_scope_that_is_no_id_opens_nothing(scene):
    statements = ("SELECT set_config('app.organization', 'anyone', true)", DOORS["close"])
    assert Attacker("default").try_all(*statements, values=scene.values) == "22P02"


def test_a_search_path_of_ones_own_changes_nothing(scene):
    """Even the owner, who may make temporary tables, can't slip one under a door."""
    hijack = (
        "CREATE TEMP TABLE ledger_book AS SELECT id, alliance_id, %(foreign_host)s::uuid AS host_id FROM public.ledger_book",
        "SET search_path = pg_temp, public",
        DOORS["close"],
    )
    assert Attacker("owner", scene.other.host.id).try_all(*hijack, values=scene.values) == "LG008"


@pytest.mark.parametrize("who", ["partner", "foreign_host", "nobody"])
def test_balances_are_read_by_those_who_see_the_account(scene, who):
    attacker = Attacker("default", scene.values.get(who))
    with attacker.connection() as connection:
        rows = connection.execute("SELECT account_id FROM ledger_balances(%(book)s, NULL, NULL, NULL)", scene.values)
        seen = {row[0] for row in rows}
    assert scene.book.accounts["clearing"] not in seen
    assert (scene.book.accounts["pending"] in seen) == (who == "partner")
