"""Somebody with a superuser's login, who switches the triggers off and changes what was posted."""

from contextlib import contextmanager

from tests.contract.settlements.ledger.attackers import open_connection

_LEDGER = ("ledger_journal", "ledger_entry", "ledger_account", "ledger_seal", "ledger_sealedjournal")


@contextmanager
def triggers_off(*tables):
    """A superuser's connection, with no trigger on these tables or the ledger's; committed, and all as before, at the end."""
    with open_connection("superuser") as connection:
        found = connection.execute(
            "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
            " WHERE tgrelid = ANY (%s::text[]::regclass[]) AND NOT tgisinternal",
            [[*_LEDGER, *tables]],
        ).fetchall()
        connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys too
        for table, trigger, _ in found:
            connection.execute(f'ALTER TABLE {table} DISABLE TRIGGER "{trigger}"'.encode())
        yield connection
        for table, trigger, enabled in found:
            how = "ENABLE ALWAYS" if enabled == "A" else "ENABLE"
            connection.execute(f'ALTER TABLE {table} {how} TRIGGER "{trigger}"'.encode())
        connection.commit()


def tamper(statement, values=None, *tables):
    """One change by a superuser with the triggers off."""
    with triggers_off(*tables) as connection:
        connection.execute(statement.encode(), values)
