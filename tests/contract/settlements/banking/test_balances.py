"""The books' money at the bank is held against what the bank says, and every line of the difference is named."""

from datetime import date

import pytest
from django.urls import reverse

from alliance.demo.bank_statements import Movement
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import organization_scope
from settlements.banking.proving import bank_proofs
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.payouts.gateways import ReportStatus
from settlements.services.post_journal import post_journal
from tests.api import Caller
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY
from tests.reconciling import Bank

pytestmark = pytest.mark.django_db

DAY = date(2026, 2, 20)


@pytest.fixture
def bank(db):
    """North is paid 40.00 by PO-000001-001, which is on its way."""
    return Bank()


def proof(bank, currency="EUR"):
    with organization_scope(bank.host.id):
        return next(one for one in bank_proofs() if one.currency == currency)


def lines(found):
    return [(line.why.value, line.amount_minor) for line in found.lines]


def sums(found):
    return found.bank_minor, found.books_minor, found.difference_minor, found.unexplained_minor


def statement(bank, *movements, reference="S-1", opening_minor=0):
    return bank.imports(*movements, reference=reference, opening_minor=opening_minor)


def test_every_line_of_the_difference_is_named_until_none_is_left(bank):
    paid = Movement(DAY, -4000, "PO-000001-001", "North GmbH")
    [match] = statement(bank, paid, Movement(DAY, -777, text="What is this"), opening_minor=10000)
    found = proof(bank)
    assert sums(found) == (5223, 0, 5223, 0)
    assert sorted(lines(found)) == [("open", -4000), ("open", -777), ("opening", 10000)]
    bank.approve(match)
    found = proof(bank)
    assert sums(found) == (5223, -4000, 9223, 0)
    assert sorted(lines(found)) == [("open", -777), ("opening", 10000)]
    bank.approve(bank.proposes(bank.open()[0], "fee"))
    assert lines(proof(bank)) == [("opening", 10000)]


def test_what_the_gateway_has_paid_is_on_its_way_and_what_it_returned_too(bank):
    bank.reports(ReportStatus.PAID)
    assert (sums(proof(bank)), lines(proof(bank))) == ((0, -4000, 4000, 0), [("on_its_way", 4000)])
    bank.reports(ReportStatus.RETURNED)
    assert (sums(proof(bank)), lines(proof(bank))) == ((0, 0, 0, 0), [("back", -4000), ("on_its_way", 4000)])
    for match in statement(
        bank, Movement(DAY, -4000, "PO-000001-001"), Movement(DAY, 3900, "PO-000001-001", return_reason="AC04")
    ):
        bank.approve(match)
    assert (sums(proof(bank)), lines(proof(bank))) == ((-100, -100, 0, 0), [])


def test_a_fee_beside_a_payout_is_in_both(bank):
    [match] = statement(bank, Movement(DAY, -4010, "PO-000001-001"))
    bank.approve(match)
    assert (sums(proof(bank)), lines(proof(bank))) == ((-4010, -4010, 0, 0), [])


def test_a_statement_that_is_missing_in_between_is_one_line(bank):
    [first] = statement(bank, Movement(DAY, 500, name="A"), opening_minor=100)
    [second] = statement(bank, Movement(DAY, 900, name="B"), reference="S-2", opening_minor=7600)
    bank.approve(first, second)
    found = proof(bank)
    assert sums(found) == (8500, 1400, 7100, 0)
    assert sorted(lines(found)) == [("missing", 7000), ("opening", 100)]


def test_what_somebody_else_posted_on_the_bank_account_is_not_explained(bank):
    statement(bank, opening_minor=300)
    with organization_scope(bank.host.id):
        book_id = open_book(alliance_id=bank.market.alliance.id, host_id=bank.host.id)
        kinds = (AccountKind.BANK, AccountKind.EXPENSE)
        specs = [AccountSpec(bank.host.id, None, "EUR", kind) for kind in kinds]
        accounts = open_accounts(book_id=book_id, specs=specs)
        legs = (Leg(accounts[specs[0]], 11), Leg(accounts[specs[1]], -11))
        draft = JournalDraft("odd", "adjustment", None, DAY, FEBRUARY, legs)
        post_journal(book_id=book_id, draft=draft)
    assert sums(proof(bank)) == (300, 11, 289, -11)
    page = signed_in(bank.host.finance).get(reverse("portal:bank_balances")).content.decode()
    assert "has no line that explains it" in page


def test_on_the_page_and_by_api_for_the_host_alone(bank):
    statement(bank, Movement(DAY, -777, text="What is this"), opening_minor=10000)
    page = signed_in(bank.host.finance).get(reverse("portal:bank_balances")).content.decode()
    for said in ("€92.23", "€100.00", "-€7.77", "What is this", "The lines below come to the difference."):
        assert said in page
    [told] = Caller(bank.host, [Permission.BANK_RECONCILE]).get("/api/v1/bank/balances").json()
    assert (told["bank_minor"], told["difference_minor"], told["unexplained_minor"]) == (9223, 9223, 0)
    assert [line["why"] for line in told["lines"]] == ["opening", "open"]
    assert Caller(bank.market.north, [Permission.BANK_RECONCILE]).get("/api/v1/bank/balances").json() == []
    assert (
        "No money at the bank yet"
        in signed_in(Bank().host.finance).get(reverse("portal:bank_balances")).content.decode()
    )


def test_the_page_asks_no_more_for_more_lines(bank, django_assert_max_num_queries):
    statement(bank, *(Movement(DAY, -100 - n, text=f"Number {n}") for n in range(230)))
    client = signed_in(bank.host.finance)
    client.get(reverse("portal:bank_balances"))
    with django_assert_max_num_queries(24):
        page = client.get(reverse("portal:bank_balances")).content.decode()
    assert "30 more lines" in page
