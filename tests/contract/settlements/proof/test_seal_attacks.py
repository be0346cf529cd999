"""Seals under attack: raw SQL by every role, each refused with the SQLSTATE named here; the owner and a superuser too."""

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.models import Seal, SealedJournal
from settlements.proof.services.seal_journals import seal_journals
from tests.contract.settlements.ledger.attackers import Attacker, open_connection
from tests.contract.settlements.ledger.books import a_book

DENIED = "42501"
COPY = (
    "INSERT INTO ledger_seal (id, book_id, host_id, number, first, last, digests_sha256, previous_head, head, sealed_at, sealed_xid,"
    " settled_xid, cluster) SELECT gen_random_uuid(), {book}, {host}, {number}, {first}, {last}, digests_sha256, {previous}, {head}, sealed_at,"
    " {xid}, settled_xid, cluster FROM ledger_seal WHERE id = %(seal)s"
)


def another_seal(**changes):
    """The last seal again as the next one, with something about it changed."""
    given = {
        "book": "book_id",
        "host": "host_id",
        "number": "number + 1",
        "first": "first",
        "last": "last",
        "previous": "head",
        "head": "head",
        "xid": "pg_current_xact_id()",
    }
    return COPY.format(**{**given, **changes})


@pytest.fixture(scope="module")
def scene(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        from django.db import connections

        book, other = a_book(), a_book()
        for each in (book, other):
            for amount in (100, 200):
                each.post(each.sale(amount))
            with organization_scope(each.host.id):
                seal_journals(book_id=each.id)
        unsealed = book.post(book.sale(300))
        with organization_scope(book.host.id):
            seal = Seal.objects.get(book_id=book.id)
            member = SealedJournal.objects.get(book_id=book.id, number=2)
        values = {
            "book": book.id,
            "host": book.host.id,
            "partner": book.north.id,
            "other": other.id,
            "foreign_host": other.host.id,
            "seal": seal.id,
            "journal": member.journal_id,
            "unsealed": unsealed,
        }
        before = contents()
        for alias in connections:
            connections[alias].close()
        yield values
        assert contents() == before, "an attack left a trace"
        for alias in connections:
            connections[alias].close()


def contents():
    with open_connection("superuser") as connection:
        query = "SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} AS t"
        return [
            connection.execute(query.format(table).encode()).fetchone()
            for table in ("ledger_seal", "ledger_sealedjournal")
        ]


HISTORY = {
    "change a head": "UPDATE ledger_seal SET head = previous_head",
    "change nothing": "UPDATE ledger_seal SET number = number",
    "forget a seal": "DELETE FROM ledger_seal WHERE id = %(seal)s",
    "forget all seals": "TRUNCATE ledger_seal CASCADE",
    "change a digest": "UPDATE ledger_sealedjournal SET digest = sha256('')",
    "give a number to another journal": "UPDATE ledger_sealedjournal SET journal_id = %(unsealed)s WHERE number = 2",
    "forget a number": "DELETE FROM ledger_sealedjournal WHERE journal_id = %(journal)s",
    "forget all numbers": "TRUNCATE ledger_sealedjournal",
}
BY_HAND = {
    "a link that does not come of its journals": another_seal(),
    "a link over the same journals": another_seal(first="1", last="2"),
    "a link without the one before": another_seal(number="number + 2"),
    "a first link again": another_seal(number="1"),
    "a link to another head": another_seal(previous="repeat('0', 64)"),
    "a link of another transaction": another_seal(xid="'3'"),
    "a number without a seal": (
        "INSERT INTO ledger_sealedjournal (book_id, number, journal_id, host_id, digest)"
        " VALUES (%(book)s, 3, %(unsealed)s, %(host)s, sha256(''))"
    ),
    "a number for another host": (
        "INSERT INTO ledger_sealedjournal (book_id, number, journal_id, host_id, digest)"
        " VALUES (%(book)s, 3, %(unsealed)s, %(foreign_host)s, sha256(''))"
    ),
}
LINKED = "23505"  # the number is taken


@pytest.mark.parametrize("alias", ["default", "operator"])
@pytest.mark.parametrize("attack", [*HISTORY, *BY_HAND])
def test_no_role_of_the_application_may_even_try(scene, attack, alias):
    statement = {**HISTORY, **BY_HAND}[attack]
    assert Attacker(alias, scene["host"]).try_all(statement, values=scene) == DENIED


@pytest.mark.parametrize("replica", [False, True])
@pytest.mark.parametrize("attack", HISTORY)
def test_even_the_owner_and_a_superuser_who_plays_the_replica_are_refused(scene, attack, replica):
    alias = "superuser" if replica else "owner"
    first = ["SET session_replication_role = replica"] if replica else []
    assert Attacker(alias, scene["host"]).try_all(*first, HISTORY[attack], values=scene) == "LG004"


@pytest.mark.parametrize("attack", BY_HAND)
def test_even_the_owner_adds_nothing_but_the_next_link(scene, attack):
    refused = Attacker("owner", scene["host"]).try_all(BY_HAND[attack], values=scene)
    assert refused == (LINKED if attack == "a first link again" else "LG012")


@pytest.mark.parametrize("who", ["partner", "foreign_host", None])
def test_only_the_host_seals(scene, who):
    attacker = Attacker("default", scene[who] if who else None)
    statement = "SELECT ledger_seal_journals(gen_random_uuid(), %(book)s)"
    assert attacker.try_all(statement, values=scene) == "LG008"


@pytest.mark.parametrize("who", ["partner", "foreign_host"])
def test_nobody_else_sees_the_chain_or_hears_that_it_waits(scene, who):
    with Attacker("default", scene[who]).connection() as connection:
        for query in (
            "SELECT 1 FROM ledger_seal WHERE book_id = %(book)s",
            "SELECT 1 FROM ledger_sealedjournal WHERE book_id = %(book)s",
            "SELECT 1 FROM ledger_books_to_seal() AS id WHERE id = %(book)s",
        ):
            assert connection.execute(query.encode(), scene).fetchall() == []
    with Attacker("default", scene["host"]).connection() as connection:
        waiting = connection.execute(b"SELECT id FROM ledger_books_to_seal() AS id").fetchall()
    assert waiting == [(scene["book"],)]


def test_the_insides_are_closed(scene):
    statement = "SELECT ledger_seal_head(%(book)s, 1, 1, 1, '', now(), '')"
    assert Attacker("default", scene["host"]).try_all(statement, values=scene) == DENIED


def test_the_triggers_are_always_on(scene):
    with open_connection("owner") as connection:
        found = connection.execute(
            b"SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
        ).fetchall()
    tables = ("ledger_seal", "ledger_sealedjournal")
    wanted = {(table, name) for table in tables for name in ("append_only", "append_only_truncate")}
    assert wanted | {("ledger_seal", "next_link"), ("ledger_sealedjournal", "of_its_seal")} <= set(found)
