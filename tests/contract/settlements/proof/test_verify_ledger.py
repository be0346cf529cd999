"""The verifier names the first bad journal, and notices what is missing at the end (S55)."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from alliance.kernel.tenancy import organization_scope
from settlements.models import Seal, SealedJournal
from settlements.proof.services.seal_journals import seal_journals
from settlements.services.post_journal import post_journals
from tests.contract.settlements.ledger.books import a_book
from tests.contract.settlements.proof.tampering import tamper, triggers_off

DROP_THE_TAIL = (
    "WITH gone AS (DELETE FROM ledger_sealedjournal WHERE book_id = %(book)s AND number > 6 RETURNING journal_id),"
    " entries AS (DELETE FROM ledger_entry WHERE journal_id IN (SELECT journal_id FROM gone)),"
    " seal AS (DELETE FROM ledger_seal WHERE book_id = %(book)s AND first > 6)"
    " DELETE FROM ledger_journal WHERE id IN (SELECT journal_id FROM gone)"
)


class Chain:
    """A book with nine journals in three seals."""

    def __init__(self) -> None:
        self.book = a_book()
        for round_ in range(3):
            with organization_scope(self.book.host.id):
                drafts = [self.book.sale(1000 + 10 * round_ + n, key=f"sale-{round_}-{n}") for n in range(3)]
                post_journals(book_id=self.book.id, drafts=drafts)
                seal_journals(book_id=self.book.id)

    @property
    def values(self):
        return {"book": self.book.id}

    def seal(self, number):
        with organization_scope(self.book.host.id):
            return Seal.objects.get(book_id=self.book.id, number=number)

    def journal_id(self, number):
        with organization_scope(self.book.host.id):
            return SealedJournal.objects.get(book_id=self.book.id, number=number).journal_id

    def journal(self, number):
        return f"(SELECT journal_id FROM ledger_sealedjournal WHERE book_id = %(book)s AND number = {number})"

    def tamper(self, statement):
        tamper(statement, self.values)

    def head(self, number):
        return f"{number}:{self.seal(number).head}"

    def verify(self, *heads):
        """Whether it is the same, and what the command said."""
        out = io.StringIO()
        given = [part for head in heads for part in ("--head", head)]
        try:
            call_command("verify_ledger", "--alliance", str(self.book.alliance_id), *given, stdout=out)
        except CommandError as error:
            return {1: False}[error.returncode], out.getvalue()
        return True, out.getvalue()


@pytest.fixture
def chain(committed):
    return Chain()


def test_what_nobody_touched_is_the_same(chain):
    same, said = chain.verify(chain.head(1), chain.head(3))
    assert same
    assert "9 journals in 3 seals" in said
    assert f"same: head {chain.seal(3).head}" in said


def test_journals_that_wait_for_their_seal_are_counted_and_looked_at(chain):
    chain.book.post(chain.book.sale(5, key="late"))
    same, said = chain.verify()
    assert same
    assert "1 wait for a seal" in said
    tamper("UPDATE ledger_entry SET amount_minor = -amount_minor WHERE journal_id = (SELECT id FROM ledger_journal"
           " WHERE book_id = %(book)s AND key = 'late')", chain.values)  # fmt: skip
    same, said = chain.verify()
    assert not same
    assert "'late' (not sealed yet) was changed" in said


def test_a_changed_amount_names_the_first_bad_journal(chain):
    """S55: one amount, changed as superuser with the triggers switched off."""
    chain.tamper(
        f"UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE journal_id = {chain.journal(5)} AND line = 1"
    )
    same, said = chain.verify()
    assert not same
    assert f"first bad journal {chain.journal_id(5)} 'sale-1-1' (number 5, seal 2) was changed" in said


# What is changed, in which journal; and how the verifier calls it.
CHANGES = {
    "both sides, so that it still balances": (
        "UPDATE ledger_entry SET amount_minor = 2 * amount_minor WHERE journal_id = {journal}",
        "was changed: its fingerprint does not come",
    ),
    "the day": ("UPDATE ledger_journal SET effective_on = '2026-10-05' WHERE id = {journal}", "entries that are not"),
    "the day everywhere": (
        ("WITH j AS (UPDATE ledger_journal SET effective_on = '2026-11-06' WHERE id = {journal})"
        " UPDATE ledger_entry SET effective_on = '2026-11-06' WHERE journal_id = {journal}"),
        "was changed: its fingerprint does not come",
    ),
    "the instant of its posting": (
        ("WITH j AS (UPDATE ledger_journal SET posted_at = '2026-01-01' WHERE id = {journal})"
        " UPDATE ledger_entry SET posted_at = '2026-01-01' WHERE journal_id = {journal}"),
        "changed together with its fingerprint",
    ),
    "its key": ("UPDATE ledger_journal SET key = 'another' WHERE id = {journal}", "changed together with its fingerprint"),
    "an amount together with the fingerprint": (
        ("WITH e AS (UPDATE ledger_entry SET amount_minor = 2 * amount_minor WHERE journal_id = {journal})"
        " UPDATE ledger_journal AS j SET fingerprint = ledger_fingerprint(j.kind, j.agreement_id, j.effective_on, j.occurred_at,"
        " j.reverses_id, (SELECT array_agg(account_id ORDER BY line) FROM ledger_entry WHERE journal_id = j.id),"
        " (SELECT array_agg(2 * amount_minor ORDER BY line) FROM ledger_entry WHERE journal_id = j.id)) WHERE j.id = {journal}"),
        "changed together with its fingerprint",
    ),
    "whose account it is": (
        ("UPDATE ledger_account SET organization_id = (SELECT host_id FROM ledger_book WHERE id = %(book)s) WHERE book_id = %(book)s"
        " AND kind = 'pending'"),
        "changed together with its fingerprint",
    ),
    "that the account is there": ("DELETE FROM ledger_account WHERE book_id = %(book)s AND kind = 'pending'", "entries that are not"),
    "one side alone, and the fingerprint": (
        ("WITH e AS (UPDATE ledger_entry SET amount_minor = amount_minor + 1 WHERE journal_id = {journal} AND line = 1)"
        " UPDATE ledger_journal AS j SET fingerprint = ledger_fingerprint(j.kind, j.agreement_id, j.effective_on, j.occurred_at,"
        " j.reverses_id, (SELECT array_agg(account_id ORDER BY line) FROM ledger_entry WHERE journal_id = j.id),"
        " (SELECT array_agg(amount_minor + (line = 1)::int ORDER BY line) FROM ledger_entry WHERE journal_id = j.id)) WHERE j.id = {journal}"),
        "does not sum to zero",
    ),
    "that it was": (
        "WITH e AS (DELETE FROM ledger_entry WHERE journal_id = {journal}) DELETE FROM ledger_journal WHERE id = {journal}",
        "was sealed and is gone",
    ),
    "an entry's being": ("DELETE FROM ledger_entry WHERE journal_id = {journal} AND line = 1", "was changed"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_changed_is_found(chain, change):
    statement, said_of_it = CHANGES[change]
    whose = 1 if "account" in change else 4
    named = chain.journal_id(whose)
    chain.tamper(statement.replace("{journal}", chain.journal(4)))
    same, said = chain.verify()
    assert not same
    assert f"first bad journal {named}" in said
    assert said_of_it in said


LINKS = {
    "a link is gone": ("DELETE FROM ledger_seal WHERE book_id = %(book)s AND number = 2", "seal 2, which holds journal number 4, is gone"),
    "a link is changed": ("UPDATE ledger_seal SET head = repeat('0', 64) WHERE book_id = %(book)s AND number = 2", "seal 2 does not come of"),
    "a link is dated back": ("UPDATE ledger_seal SET sealed_at = '2020-01-01' WHERE book_id = %(book)s AND number = 1", "seal 1 does not come of"),
    "a number is taken out": ("DELETE FROM ledger_sealedjournal WHERE book_id = %(book)s AND number = 5", "seal 2 does not come of"),
    "a digest is changed": ("UPDATE ledger_sealedjournal SET digest = sha256('') WHERE book_id = %(book)s AND number = 8", "(number 8, seal 3)"),
    "the last link alone is gone": ("DELETE FROM ledger_seal WHERE book_id = %(book)s AND number = 3", "seal 3, which holds journal number 7, is gone"),
}  # fmt: skip


@pytest.mark.parametrize("change", LINKS)
def test_whatever_is_changed_about_the_chain_is_found(chain, change):
    statement, said_of_it = LINKS[change]
    chain.tamper(statement)
    same, said = chain.verify()
    assert not same
    assert said_of_it in said


def test_the_last_three_journals_removed_are_missed_by_the_printed_head(chain):
    """S55: with their seals; nothing inside the database tells any more, but the head that was printed does."""
    printed = chain.head(3)
    chain.tamper(DROP_THE_TAIL)
    assert chain.verify() == (True, chain.verify()[1])
    same, said = chain.verify(printed)
    assert not same
    assert "the end of the chain is gone. It ends with seal 2, journal 6" in said
    assert printed in said


def test_a_tail_written_anew_has_another_head(chain):
    printed = chain.head(3)
    chain.tamper(DROP_THE_TAIL)
    with organization_scope(chain.book.host.id):
        drafts = [chain.book.sale(2000 + n, key=f"sale-2-{n}") for n in range(3)]
        post_journals(book_id=chain.book.id, drafts=drafts)
        seal_journals(book_id=chain.book.id)
    same, said = chain.verify(printed)
    assert not same
    assert "the chain was written anew. Its head 3 is another" in said


def test_replacing_the_ledgers_own_functions_hides_nothing(chain):
    """The verifier asks plain tables and computes by itself."""
    with triggers_off() as connection:
        (original,) = connection.execute("SELECT pg_get_functiondef('ledger_fingerprint'::regproc)").fetchone()
        connection.execute(
            re.sub(
                r"SELECT sha256.*\n\s*\$function\$", "SELECT ''::bytea $function$", original, flags=re.DOTALL
            ).encode()
        )
        connection.execute(
            f"UPDATE ledger_entry SET amount_minor = 2 * amount_minor WHERE journal_id = {chain.journal(2)}".encode(), chain.values
        )  # fmt: skip
    try:
        assert f"first bad journal {chain.journal_id(2)}" in chain.verify()[1]
    finally:
        with triggers_off() as connection:
            connection.execute(original.encode())


def test_after_a_restore_elsewhere_everything_is_looked_at_once(chain):
    """In another cluster numbers of transactions begin anew: no journal of either is passed over or sealed twice."""
    book = chain.book
    book.post(book.sale(101, key="of the old cluster"))
    tamper(
        "WITH j AS (UPDATE ledger_journal SET posted_xid = '900000000000' WHERE book_id = %(book)s)"
        " UPDATE ledger_seal SET cluster = 1, settled_xid = '900000000001' WHERE book_id = %(book)s",
        chain.values,
    )
    book.post(book.sale(102, key="of the new cluster"))
    with organization_scope(book.host.id):
        assert seal_journals(book_id=book.id) == 2
    book.post(book.sale(103, key="and one more"))
    with organization_scope(book.host.id):
        assert seal_journals(book_id=book.id) == 1
    assert chain.verify() == (True, chain.verify()[1])
    assert "12 journals in 5 seals\n" in chain.verify()[1]


def test_what_the_command_is_not_told_it_asks_for(chain):
    for arguments, sentence in (
        (["--head", chain.head(1)], "name its --alliance"),
        (["--alliance", str(chain.book.host.id)], "has no book"),
        (["--alliance", str(chain.book.alliance_id), "--head", "1:abc"], "is no head"),
    ):
        with pytest.raises(CommandError, match=sentence):
            call_command("verify_ledger", *arguments, stdout=io.StringIO())


def test_without_an_alliance_every_book_is_verified(chain):
    other = Chain()
    other.tamper(f"UPDATE ledger_entry SET amount_minor = 3 * amount_minor WHERE journal_id = {other.journal(9)}")
    out = io.StringIO()
    with pytest.raises(CommandError, match=r"\d+ of \d+ books differ"):
        call_command("verify_ledger", stdout=out)
    assert str(other.journal_id(9)) in out.getvalue()
    assert f"same: head {chain.seal(3).head}" in out.getvalue()
    other.tamper(DROP_THE_TAIL)
