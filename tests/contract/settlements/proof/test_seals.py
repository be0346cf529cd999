"""Journals are numbered and chained in batches, and the database's texts are those that anybody can write again."""

import hashlib
from dataclasses import replace

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.models import Entry, Journal
from settlements.ledger.refusals import NotTheBooksHostError
from settlements.proof.domain.chain import JournalContent, SealContent, SealedEntry, digests_sha256
from settlements.proof.models import Seal, SealedJournal
from settlements.proof.services.seal_journals import seal_journals
from settlements.services.post_journal import post_journals
from tests.contract.settlements.ledger.books import a_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(db):
    return a_book()


def seal(book):
    with organization_scope(book.host.id):
        return seal_journals(book_id=book.id)


def post(book, *drafts):
    with organization_scope(book.host.id):
        return post_journals(book_id=book.id, drafts=drafts)


def content_of(journal):
    """What the tables say of a journal, read without any function of the ledger."""
    rows = Entry.objects.filter(journal_id=journal.id).order_by("line")
    entries = rows.values_list(
        "line", "account_id", "account__organization_id", "account__kind", "currency", "amount_minor"
    )
    return JournalContent(
        book_id=journal.book_id,
        id=journal.id,
        key=journal.key,
        kind=journal.kind,
        agreement_id=journal.agreement_id,
        effective_on=journal.effective_on,
        occurred_at=journal.occurred_at,
        posted_at=journal.posted_at,
        reverses_id=journal.reverses_id,
        fingerprint=bytes(journal.fingerprint),
        entries=tuple(SealedEntry(*row) for row in entries),
    )


def test_the_first_seal_numbers_every_journal(book):
    post(book, *[book.sale(100 + n) for n in range(5)])
    assert seal(book) == 5
    with organization_scope(book.host.id):
        found = Seal.objects.get(book_id=book.id)
        assert (found.number, found.first, found.last, found.previous_head) == (1, 1, 5, "")
        numbers = SealedJournal.objects.filter(book_id=book.id).order_by("number").values_list("number", "journal__key")
        assert [number for number, _ in numbers] == [1, 2, 3, 4, 5]
        assert [key for _, key in numbers] == sorted(key for _, key in numbers)  # one posting: in the order of keys


def test_each_seal_links_to_the_one_before(book):
    heads = []
    for round_ in range(3):
        post(book, *[book.sale(100 * n + round_) for n in range(1, 4)])
        assert seal(book) == 3
        with organization_scope(book.host.id):
            found = Seal.objects.filter(book_id=book.id).latest("number")
        assert (found.number, found.first, found.last) == (round_ + 1, 3 * round_ + 1, 3 * round_ + 3)
        assert found.previous_head == (heads[-1] if heads else "")
        heads.append(found.head)
    assert len(set(heads)) == 3


def test_nothing_posted_makes_no_seal(book):
    assert seal(book) == 0
    post(book, book.sale())
    assert [seal(book), seal(book)] == [1, 0]
    with organization_scope(book.host.id):
        assert Seal.objects.filter(book_id=book.id).count() == 1


def test_the_digests_can_be_written_again_from_what_is_stored(book):
    first = book.sale(9_999, key="a key\nwith lines, 中文 and 'quotes'")
    post(book, first, book.draft(("dollar_clearing", 7), ("dollars", -7)))
    post(book, replace(first, key="undo", legs=first.mirrored(), reverses_id=book.post(first)))
    post(book, book.draft(("book_clearing", 5), ("suspense", -5), agreement_id=None))
    seal(book)
    with organization_scope(book.host.id):
        members = list(SealedJournal.objects.filter(book_id=book.id).order_by("number"))
        journals = {journal.id: journal for journal in Journal.objects.filter(book_id=book.id)}
        digests = []
        for member in members:
            content = content_of(journals[member.journal_id])
            assert content.fingerprint_again() == bytes(journals[member.journal_id].fingerprint)
            assert content.is_balanced()
            assert hashlib.sha256(content.text().encode()).digest() == content.digest() == bytes(member.digest)
            digests.append(content.digest())
        found = Seal.objects.get(book_id=book.id)
    assert len(members) == 4
    again = SealContent(book.id, 1, 1, 4, digests_sha256(digests), found.sealed_at, "")
    assert again.head() == found.head


def test_a_book_has_a_chain_of_its_own(book):
    other = a_book()
    post(book, book.sale())
    post(other, other.sale())
    assert seal(book) == 1
    with organization_scope(other.host.id):
        assert not Seal.objects.exists()
    with pytest.raises(NotTheBooksHostError), organization_scope(other.host.id):
        seal_journals(book_id=book.id)


def test_a_partner_sees_no_seal_and_makes_none(book):
    post(book, book.sale())
    seal(book)
    with organization_scope(book.north.id):
        assert not Seal.objects.exists()
        assert not SealedJournal.objects.exists()
    with pytest.raises(NotTheBooksHostError), organization_scope(book.north.id):
        seal_journals(book_id=book.id)
