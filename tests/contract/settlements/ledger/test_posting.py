"""Posting: what goes in comes out, once; who may; what is refused and with which code."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import atomic, has_scope, organization_scope
from settlements.ledger.domain import AccountKind, AccountSpec, Leg
from settlements.ledger.models import Entry, Journal
from settlements.ledger.refusals import (
    AccountMismatchError,
    AlreadyReversedError,
    EntryZeroError,
    JournalIncompleteError,
    JournalUnbalancedError,
    KeyReusedError,
    MalformedPostingError,
    NotTheBooksHostError,
    PeriodClosedError,
    PeriodMissingError,
    PeriodOverlapsError,
    ReversalNotMirrorError,
)
from settlements.ledger.selectors import (
    accounts,
    balance_at,
    balances,
    find_book,
    period_holding,
    periods_of,
    trial_balance,
)
from settlements.ledger.services.close_ledger_period import close_ledger_period
from settlements.ledger.services.lock_ledger_period import lock_ledger_period
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.ledger.services.open_period import open_period
from settlements.ledger.services.reverse_journal import reverse_journal
from settlements.services.post_journal import post_journal, post_journals
from tests.cast import alliance_of, host_organization
from tests.contract.settlements.ledger.books import NOON, NOVEMBER, OCTOBER, BookOf, a_book


@pytest.fixture
def book(db) -> BookOf:
    return a_book()


def refused(book: BookOf, draft, error, *, scope=None):
    """The database refuses `draft`, in the host's scope unless said otherwise; the transaction is left usable."""
    with organization_scope((scope or book.host).id):
        with pytest.raises(error) as caught, atomic():
            post_journal(book_id=book.id, draft=draft)
        return caught.value


def test_a_sale_lands_on_three_accounts(book):
    journal_id = book.post(book.sale(10_000))
    with organization_scope(book.host.id):
        entries = Entry.objects.filter(journal_id=journal_id).order_by("line")
        assert [(e.account_id, e.amount_minor, e.currency) for e in entries] == [
            (book.accounts["clearing"], 10_000, "EUR"),
            (book.accounts["revenue"], -6_000, "EUR"),
            (book.accounts["pending"], -4_000, "EUR"),
        ]
        journal = Journal.objects.get(id=journal_id)
        assert (journal.effective_on, journal.occurred_at, journal.kind) == (NOVEMBER, NOON, "sale")
        assert set(journal.parties) == {book.host.id, book.north.id}
        assert len(bytes(journal.fingerprint)) == 32


def test_many_journals_go_in_one_statement_each(book, django_assert_num_queries):
    drafts = [book.sale(100 + n) for n in range(500)]
    with organization_scope(book.host.id):
        with django_assert_num_queries(1):
            posted = post_journals(book_id=book.id, drafts=drafts)
        assert set(posted) == {draft.key for draft in drafts}
        assert Entry.objects.filter(book_id=book.id).count() == 1_500
        assert trial_balance(book.id).is_balanced


def test_nothing_to_post_is_fine(book):
    with organization_scope(book.host.id):
        assert post_journals(book_id=book.id, drafts=[]) == {}


def test_the_same_draft_again_returns_the_first(book):
    draft = book.sale(500)
    first = book.post(draft)
    assert book.post(draft) == first
    with organization_scope(book.host.id):
        assert post_journals(book_id=book.id, drafts=[draft, draft, book.sale(7, key="new")])[draft.key] == first
        assert balance_at(book.accounts["clearing"]) == 507


def test_one_call_may_name_a_key_twice(book):
    draft = book.sale(500)
    with organization_scope(book.host.id):
        assert len(post_journals(book_id=book.id, drafts=[draft, draft])) == 1
        assert balance_at(book.accounts["clearing"]) == 500


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "refund"},
        {"effective_on": date(2026, 11, 6)},
        {"occurred_at": NOON + timedelta(microseconds=1)},
    ],
)
def test_a_key_with_other_content_is_refused(book, change):
    draft = book.sale(500)
    book.post(draft)
    assert refused(book, replace(draft, **change), KeyReusedError).reference == draft.key


def test_a_key_with_other_legs_is_refused(book):
    draft = book.sale(500)
    book.post(draft)
    refused(book, replace(draft, legs=tuple(reversed(draft.legs))), KeyReusedError)
    refused(book, book.sale(501, key=draft.key), KeyReusedError)


def test_a_repeat_after_the_close_still_returns_the_first(book):
    draft = book.sale(500)
    first = book.post(draft)
    with organization_scope(book.host.id):
        close_ledger_period(period_id=book.november_id)
    assert book.post(draft) == first
    refused(book, book.sale(500), PeriodClosedError)


def test_two_books_may_use_one_key(book):
    other = a_book()
    assert book.post(book.sale(500, key="order-1")) != other.post(other.sale(700, key="order-1"))


def test_unbalanced_journals_are_refused(book):
    refused(book, book.draft(("clearing", 100), ("pending", -99)), JournalUnbalancedError)
    refused(book, book.draft(("clearing", 100)), JournalUnbalancedError)
    refused(book, book.draft(("clearing", 100), ("dollars", -100)), JournalUnbalancedError)
    refused(book, book.draft(("clearing", 0), ("pending", 0)), EntryZeroError)
    refused(book, book.draft(), JournalIncompleteError)
    refused(book, book.draft(("clearing", 2**63), ("pending", -(2**63))), MalformedPostingError)


def test_one_bad_draft_refuses_the_whole_call(book):
    with organization_scope(book.host.id):
        with pytest.raises(JournalUnbalancedError), atomic():
            post_journals(book_id=book.id, drafts=[book.sale(), book.draft(("clearing", 1), ("pending", -2))])
        assert not Journal.objects.filter(book_id=book.id).exists()


def test_two_currencies_balance_each_for_itself(book):
    book.post(book.draft(("clearing", 100), ("pending", -100), ("dollar_clearing", 70), ("dollars", -70)))
    with organization_scope(book.host.id):
        assert trial_balance(book.id).totals() == {"EUR": 0, "USD": 0}


def test_a_journal_keeps_to_its_agreement(book):
    refused(book, book.draft(("clearing", 5), ("other_pending", -5)), AccountMismatchError)
    refused(book, book.draft(("clearing", 5), ("suspense", -5)), AccountMismatchError)
    refused(book, book.draft(("book_clearing", 5), ("pending", -5), agreement_id=None), AccountMismatchError)
    book.post(book.draft(("book_clearing", 5), ("suspense", -5), agreement_id=None, effective_on=date(1999, 1, 1)))


def test_an_account_of_another_book_is_refused(book):
    other = a_book()
    draft = replace(book.sale(5), legs=(Leg(book.accounts["clearing"], 5), Leg(other.accounts["pending"], -5)))
    refused(book, draft, AccountMismatchError)


def test_days_without_an_open_period_are_refused(book):
    assert refused(book, book.sale(effective_on=OCTOBER), PeriodClosedError).reference == str(book.agreement_id)
    refused(book, book.sale(effective_on=date(2026, 12, 1)), PeriodMissingError)
    book.post(book.sale(effective_on=date(2026, 11, 1)))
    book.post(book.sale(effective_on=date(2026, 11, 30)))


def test_only_the_host_writes(book):
    for stranger in (book.north, host_organization()):
        refused(book, book.sale(), NotTheBooksHostError, scope=stranger)
    assert not has_scope()
    with pytest.raises(NotTheBooksHostError), atomic():
        post_journal(book_id=book.id, draft=book.sale())


def test_a_reversal_mirrors_and_happens_once(book):
    journal_id = book.post(book.sale(10_000))
    with organization_scope(book.host.id):
        reversal = reverse_journal(journal_id=journal_id, key="undo", effective_on=NOVEMBER, occurred_at=NOON)
        again = reverse_journal(journal_id=journal_id, key="undo", effective_on=NOVEMBER, occurred_at=NOON)
        assert reversal == again
        assert set(balances(book_id=book.id).values()) == {0}
        with pytest.raises(AlreadyReversedError), atomic():
            reverse_journal(journal_id=journal_id, key="undo twice", effective_on=NOVEMBER, occurred_at=NOON)
        with pytest.raises(ReversalNotMirrorError), atomic():
            reverse_journal(journal_id=reversal, key="undo the undoing", effective_on=NOVEMBER, occurred_at=NOON)


def test_a_reversal_by_draft_must_mirror_too(book):
    draft = book.sale(10_000)
    journal_id = book.post(draft)
    refused(book, book.sale(10_000, reverses_id=journal_id), ReversalNotMirrorError)
    half = book.draft(("revenue", 3_000), ("clearing", -3_000), reverses_id=journal_id)
    refused(book, half, ReversalNotMirrorError)
    book.post(replace(draft, key="mirror", legs=draft.mirrored(), reverses_id=journal_id))


def test_a_reversal_needs_the_host_and_a_journal(book):
    journal_id = book.post(book.sale())
    with organization_scope(book.north.id), pytest.raises(NotTheBooksHostError), atomic():
        reverse_journal(journal_id=journal_id, key="undo", effective_on=NOVEMBER, occurred_at=NOON)
    with organization_scope(book.host.id), pytest.raises(NotTheBooksHostError), atomic():
        reverse_journal(journal_id=book.id, key="undo", effective_on=NOVEMBER, occurred_at=NOON)


def test_opening_again_finds_the_first(book):
    with organization_scope(book.host.id):
        assert open_book(alliance_id=book.alliance_id, host_id=book.host.id) == book.id
        spec = AccountSpec(book.host.id, None, "EUR", AccountKind.SUSPENSE)
        assert open_accounts(book_id=book.id, specs=[spec, spec]) == {spec: book.accounts["suspense"]}
        assert open_accounts(book_id=book.id, specs=[]) == {}
        month = {"book_id": book.id, "agreement_id": book.agreement_id}
        assert open_period(**month, starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1)) == book.november_id
        for overlapping in ((date(2026, 10, 1), date(2026, 10, 2)), (date(2026, 11, 30), date(2026, 12, 31))):
            with pytest.raises(PeriodOverlapsError), atomic():
                open_period(**month, starts_on=overlapping[0], ends_on=overlapping[1])
        with pytest.raises(MalformedPostingError), atomic():
            open_period(**month, starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 1))


def test_only_the_host_opens(book):
    stranger = host_organization()
    with organization_scope(stranger.id):
        with pytest.raises(NotTheBooksHostError), atomic():
            open_book(alliance_id=book.alliance_id, host_id=stranger.id)
        with pytest.raises(NotTheBooksHostError), atomic():
            open_book(alliance_id=book.alliance_id, host_id=book.host.id)
        fresh = alliance_of(stranger).id
    with organization_scope(book.host.id), pytest.raises(NotTheBooksHostError), atomic():
        open_book(alliance_id=fresh, host_id=stranger.id)


def test_accounts_belong_to_members_and_agreements_of_the_alliance(book):
    other = a_book()
    with organization_scope(book.host.id):
        for spec in (
            AccountSpec(other.north.id, None, "EUR", AccountKind.PENDING),
            AccountSpec(book.north.id, other.agreement_id, "EUR", AccountKind.PENDING),
            AccountSpec(book.north.id, book.agreement_id, "eur", AccountKind.PENDING),
        ):
            with pytest.raises(AccountMismatchError), atomic():
                open_accounts(book_id=book.id, specs=[spec])
        with pytest.raises(AccountMismatchError), atomic():
            open_period(
                book_id=book.id,
                agreement_id=other.agreement_id,
                starts_on=date(2027, 1, 1),
                ends_on=date(2027, 2, 1),
            )


def test_a_period_closes_once(book):
    with organization_scope(book.host.id):
        assert lock_ledger_period(period_id=book.november_id)
        assert post_journal(book_id=book.id, draft=book.sale())
        assert close_ledger_period(period_id=book.november_id)
        assert not close_ledger_period(period_id=book.november_id)
        assert not lock_ledger_period(period_id=book.november_id)
        assert [p.is_open for p in periods_of(agreement_id=book.agreement_id)] == [False, False]
        assert period_holding(agreement_id=book.agreement_id, day=NOVEMBER).id == book.november_id
        assert period_holding(agreement_id=book.agreement_id, day=date(2027, 1, 1)) is None
    with organization_scope(book.north.id), pytest.raises(NotTheBooksHostError), atomic():
        close_ledger_period(period_id=book.november_id)


def test_everybody_sees_their_own_accounts_and_the_host_all(book):
    journal_id = book.post(book.sale(10_000))
    quiet = book.post(book.draft(("other_clearing", 9), ("other_pending", -9), agreement_id=book.other_agreement_id))
    with organization_scope(book.host.id):
        assert Entry.objects.filter(book_id=book.id).count() == 5
        assert find_book(alliance_id=book.alliance_id).id == book.id
    with organization_scope(book.north.id):
        assert [e.account_id for e in Entry.objects.all()] == [book.accounts["pending"]]
        assert [j.id for j in Journal.objects.all()] == [journal_id]
        assert {a.id for a in accounts()} == {book.accounts["pending"], book.accounts["dollars"]}
        assert balances(book_id=book.id) == {book.accounts["pending"]: -4_000, book.accounts["dollars"]: 0}
        assert balances(account_ids=[book.accounts["clearing"]]) == {}
        assert find_book(alliance_id=book.alliance_id) is None
        assert len(periods_of(agreement_id=book.agreement_id)) == 2
        assert periods_of(agreement_id=book.other_agreement_id) == []
        with pytest.raises(NotFoundError):
            balance_at(book.accounts["clearing"])
    with organization_scope(book.south.id):
        assert [j.id for j in Journal.objects.all()] == [quiet]
    with organization_scope(host_organization().id):
        assert not Entry.objects.exists()
        assert not Journal.objects.exists()
        assert balances() == {}


def test_balances_as_of_an_instant_and_a_day(book):
    first = book.post(book.sale(100, effective_on=date(2026, 11, 10)))
    book.post(book.sale(200, effective_on=date(2026, 11, 20)))
    with organization_scope(book.host.id):
        instant = Journal.objects.get(id=first).posted_at
        clearing = book.accounts["clearing"]
        assert balance_at(clearing, instant) == 100
        assert balance_at(clearing, instant - timedelta(microseconds=1)) == 0
        assert balance_at(clearing) == 300
        assert balances(account_ids=[clearing], before=date(2026, 11, 20)) == {clearing: 100}
        assert balances(account_ids=[clearing], before=date(2026, 11, 21)) == {clearing: 300}
        assert trial_balance(book.id, instant).is_balanced


def scanned() -> dict[str, int]:
    """How often this transaction read a ledger table from end to end."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname LIKE 'ledger%'")
        return dict(cursor.fetchall())


def test_posting_reads_no_table_from_end_to_end(book):
    """Its plans are made once, when tables may be small, and must still be right when they are not."""
    known = book.sale(100)
    before = scanned()
    with organization_scope(book.host.id):
        post_journal(book_id=book.id, draft=known)
        post_journals(book_id=book.id, drafts=[book.sale(n) for n in range(50, 90)])
        post_journals(book_id=book.id, drafts=[known, book.sale(30)])
        reverse_journal(
            journal_id=post_journal(book_id=book.id, draft=book.sale(90)),
            key="undo",
            effective_on=NOVEMBER,
            occurred_at=NOON,
        )
    assert scanned() == before
