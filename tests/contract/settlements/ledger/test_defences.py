"""The triggers bind the tables' owner too, and a superuser who plays the replica; and none of them is missing."""

import pytest

from tests.contract.settlements.ledger.attackers import Attacker, open_connection
from tests.contract.settlements.ledger.test_attacks import TABLES, scene  # noqa: F401  a fixture

NEW_JOURNAL = (
    "INSERT INTO ledger_journal (id, book_id, agreement_id, key, fingerprint, kind, effective_on, occurred_at, posted_at,"
    " posted_xid, reverses_id, parties) VALUES (%(new)s, {book}, {agreement}, 'by hand', '', 'attack', '2026-11-05', now(),"
    " now(), {xid}, NULL, '{{}}')"
)
_ENTRY = (
    "({journal}, {line}, {book}, {scope}, {account}, '{currency}', {amount}, '2026-11-05',"
    " (SELECT coalesce((SELECT posted_at FROM ledger_journal WHERE id = {journal}), now())), '{{}}')"
)


def journal(*, book="%(book)s", agreement="%(agreement)s", xid="pg_current_xact_id()") -> str:
    return NEW_JOURNAL.format(book=book, agreement=agreement, xid=xid)


def entries(*legs: tuple[str, int], to="%(new)s", book="%(book)s", scope="%(agreement)s", currency="EUR") -> str:
    """The INSERT of raw entries, bypassing the doors."""
    rows = [
        _ENTRY.format(
            journal=to, line=90 + n, book=book, scope=scope, account=account, currency=currency, amount=amount
        )
        for n, (account, amount) in enumerate(legs)
    ]
    return (
        "INSERT INTO ledger_entry (journal_id, line, book_id, scope_id, account_id, currency, amount_minor, effective_on,"
        " posted_at, parties) VALUES " + ", ".join(rows)
    )


def together(journal_sql: str, entries_sql: str) -> str:
    """Both in one statement, as the door does it."""
    return f"WITH j AS ({journal_sql}) {entries_sql}"


FINE = (("%(clearing)s", 1), ("%(pending)s", -1))
OWNER_ATTACKS = {
    "rewrite an amount": ("LG004", "UPDATE ledger_entry SET amount_minor = 1"),
    "rewrite nothing at all": ("LG004", "UPDATE ledger_entry SET amount_minor = amount_minor"),
    "re-date a journal": ("LG004", "UPDATE ledger_journal SET effective_on = '2026-10-05'"),
    "unseal a journal": ("LG004", "UPDATE ledger_journal SET posted_xid = pg_current_xact_id()"),
    "hand over an account": ("LG004", "UPDATE ledger_account SET organization_id = %(host)s"),
    "hand over the book": ("LG004", "UPDATE ledger_book SET host_id = %(partner)s"),
    "hand over the alliance": ("23503", "UPDATE partners_alliance SET host_id = %(partner)s WHERE id = %(alliance)s"),
    "delete entries": ("LG004", "DELETE FROM ledger_entry"),
    "delete journals": ("LG004", "DELETE FROM ledger_journal"),
    "delete accounts": ("LG004", "DELETE FROM ledger_account"),
    "delete periods": ("LG004", "DELETE FROM ledger_period"),
    "delete books": ("LG004", "DELETE FROM ledger_book"),
    "truncate entries": ("LG004", "TRUNCATE ledger_entry"),
    "truncate everything": ("LG004", "TRUNCATE ledger_book CASCADE"),
    "reopen a period": ("LG004", "UPDATE ledger_period SET status = 'open', closed_at = NULL WHERE id = %(october)s"),
    "close a closed period": ("LG004", "UPDATE ledger_period SET closed_at = now() WHERE id = %(october)s"),
    "stretch a period": ("LG004", "UPDATE ledger_period SET ends_on = '2027-01-01' WHERE id = %(november)s"),
    "move a period while closing it": (
        "LG004",
        "UPDATE ledger_period SET status = 'closed', closed_at = now(), starts_on = '2026-11-09' WHERE id = %(november)s",
    ),
    "append to a committed journal": ("LG003", entries(*FINE, to="%(journal)s")),
    "entries of no journal": ("LG003", entries(*FINE)),
    "a journal without entries": ("LG002", journal()),
    "a forged transaction number": ("LG003", together(journal(xid="'3'"), entries(*FINE))),
    "what does not balance": ("LG001", together(journal(), entries(FINE[0]))),
    "a zero entry": ("23514", together(journal(), entries(("%(clearing)s", 0), ("%(pending)s", 0)))),
    "another currency than the account's": ("23503", together(journal(), entries(*FINE, currency="USD"))),
    "another agreement than the account's": (
        "LG003",
        together(journal(agreement="%(other_agreement)s"), entries(*FINE)),
    ),
    "an account of another agreement": (
        "23503",
        together(journal(), entries(("%(clearing)s", 1), ("%(other_pending)s", -1))),
    ),
    "another book than the account's": ("23503", together(journal(book="%(foreign_book)s"), entries(*FINE, book="%(foreign_book)s"))),
    "another book than the journal's": ("LG003", together(journal(book="%(foreign_book)s"), entries(*FINE))),
}  # fmt: skip


@pytest.mark.parametrize("attack", OWNER_ATTACKS)
def test_even_the_owner_is_refused(scene, attack):  # noqa: F811
    state, statement = OWNER_ATTACKS[attack]
    assert Attacker("owner", scene.book.host.id).try_all(statement, values=scene.values) == state


# Foreign keys are triggers that a replica skips; only superusers may play one. The ledger's own triggers stay awake.
REPLICA_ATTACKS = [name for name, (state, _) in OWNER_ATTACKS.items() if state.startswith("LG")]


@pytest.mark.parametrize("attack", REPLICA_ATTACKS)
def test_even_a_superuser_who_plays_the_replica_is_refused(scene, attack):  # noqa: F811
    state, statement = OWNER_ATTACKS[attack]
    statements = ("SET session_replication_role = replica", statement)
    assert Attacker("superuser").try_all(*statements, values=scene.values) == state


def test_by_hand_and_in_order_the_owner_may_post(scene):  # noqa: F811
    """The attacks above fail for what is wrong with them, not for their shape."""
    with Attacker("owner", scene.book.host.id).connection() as connection:
        connection.execute(together(journal(), entries(*FINE)).encode(), scene.values)


def rows(statement: str) -> list[tuple]:
    with open_connection("owner") as connection:
        return connection.execute(statement.encode()).fetchall()


def test_every_table_has_its_triggers_always_on(scene):  # noqa: F811
    always = {
        (table, trigger)
        for table, trigger, enabled in rows(
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
        )
        if enabled == "A"
    }
    wanted = {(table, name) for table in TABLES for name in ("append_only", "append_only_truncate")}
    wanted |= {("ledger_period", "closes_once"), ("ledger_entry", "balances"), ("ledger_journal", "complete")}
    assert wanted <= always


def test_every_function_has_a_fixed_path_and_a_closed_door(scene):  # noqa: F811
    functions = rows(
        "SELECT proname, prosecdef, proconfig, has_function_privilege('alliance_runtime', oid, 'EXECUTE'), proacl::text"
        " FROM pg_proc WHERE proname LIKE 'ledger%'"
    )
    assert len(functions) >= 15
    for name, is_definer, config, is_open, grants in functions:
        # The fingerprint is inlined into its callers, under their path.
        assert name == "ledger_fingerprint" or "search_path=public, pg_temp" in config, name
        assert is_open == is_definer, name
        assert not {grant[0] for grant in grants.strip("{}").split(",")} & {"="}, f"{name} is open to PUBLIC: {grants}"


def test_the_application_only_reads(scene):  # noqa: F811
    grants = rows(
        "SELECT DISTINCT grantee, privilege_type FROM information_schema.role_table_grants"
        " WHERE table_name LIKE 'ledger\\_%' AND grantee <> 'alliance_owner'"
    )
    assert set(grants) == {("alliance_runtime", "SELECT"), ("alliance_operator", "SELECT")}


def test_balances_come_from_the_index_alone(scene):  # noqa: F811
    with open_connection("owner") as connection:
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET enable_bitmapscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT sum(amount_minor) FROM ledger_entry WHERE account_id = gen_random_uuid()"
            " AND posted_at <= now() AND effective_on < 'infinity'"
        ).fetchall()
    assert any("Index Only Scan using entry_balance" in line for (line,) in plan)
