"""From bank entries to the books: matched by what they say, approved by a second person, posted once."""

from datetime import date

import pytest
from django.db import DatabaseError

from alliance.demo.bank_statements import Movement
from alliance.kernel.actor import PersonRequiredError, SecondFactorRequiredError
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.banking.domain.matching import WhyOpen
from settlements.banking.services.approve_matches import MatchedByYouError, PayoutMovedOnError, approve_matches
from settlements.banking.services.hold_matches import MatchDecidedError
from settlements.banking.services.match_entries import match_entries
from settlements.banking.services.propose_match import (
    DifferenceTooLargeError,
    EntryTakenError,
    OtherCurrencyError,
    PayoutMatchedError,
    PayoutNeededError,
    WantedMatch,
    WrongWayError,
    propose_match,
)
from settlements.banking.services.reject_match import reject_match
from settlements.models import BankMatch
from settlements.payouts.gateways import ReportStatus
from tests.cast import member_of
from tests.contract.settlements.market import FEBRUARY
from tests.payouts import acting
from tests.reconciling import Bank

pytestmark = pytest.mark.django_db

DAY = date(2026, 2, 20)


@pytest.fixture
def bank(db):
    """North is paid 40.00 by PO-000001-001, which is on its way; finance imports, the owner approves."""
    return Bank()


def paid(amount_minor=-4000, reference="PO-000001-001", **more):
    return Movement(DAY, amount_minor, reference, more.pop("name", "North GmbH"), **more)


def test_reference_and_amount_confirm_the_payout_once_somebody_else_approves(bank):
    [match] = bank.imports(paid(bank_reference="B-1"))
    assert (match.kind, match.basis, match.is_exact, match.payout.reference) == (
        "payout",
        "reference",
        True,
        "PO-000001-001",
    )
    assert bank.payout().state == "accepted"
    assert bank.balance("bank") == 0
    bank.approve(match)
    assert (bank.payout().state, bank.payout().bank_reference) == ("confirmed", "B-1")
    assert (bank.balance("bank"), bank.market.balance("in_transit", bank.market.north)) == (-4000, 0)
    with pytest.raises(MatchDecidedError):
        bank.approve(match)
    assert bank.balance("bank") == -4000
    bank.holds()


@pytest.mark.parametrize(("amount_minor", "fee"), [(-3990, -10), (-4010, 10)])
def test_a_difference_is_a_fee_that_somebody_looks_at(bank, amount_minor, fee):
    [match] = bank.imports(paid(amount_minor))
    assert (match.kind, match.is_exact, match.difference_minor) == ("payout", False, fee)
    bank.approve(match)
    assert bank.payout().state == "confirmed"
    assert (bank.balance("bank"), bank.balance("fees")) == (amount_minor, fee)
    bank.holds()


def test_s52_70_is_matched_a_fee_of_10_cents_is_looked_at_and_unknown_money_waits(db):
    exact, short = Bank(sold_minor=17500), Bank(sold_minor=17500)
    [match] = exact.imports(paid(-7000, bank_reference="ST-0001"))
    assert (match.is_exact, match.difference_minor) == (True, 0)
    other, unknown = short.imports(paid(-6990, bank_reference="ST-0001"), Movement(DAY, 4321, name="Somebody"))
    assert (other.is_exact, other.difference_minor, unknown.kind) == (False, -10, "suspense")
    assert [bank.balance(kind) for bank in (exact, short) for kind in ("bank", "fees", "suspense")] == [0] * 6
    exact.approve(match)
    short.approve(other, unknown)
    assert [exact.balance(kind) for kind in ("bank", "fees", "suspense")] == [-7000, 0, 0]
    assert [short.balance(kind) for kind in ("bank", "fees", "suspense")] == [-6990 + 4321, -10, -4321]


def test_unknown_money_fees_and_customers(bank):
    matches = bank.imports(
        Movement(DAY, 12345, name="Somebody"),
        Movement(DAY, -250, text="Account fee", is_charge=True),
        Movement(DAY, -777, text="What is this"),
    )
    assert sorted(match.kind for match in matches) == ["fee", "suspense"]
    bank.approve(*matches)
    assert (bank.balance("bank"), bank.balance("suspense"), bank.balance("fees")) == (12095, -12345, 250)
    [left] = bank.open()
    assert left.amount_minor == -777
    bank.approve(bank.proposes(left, "customers"))
    assert (bank.balance("bank"), bank.balance("clearing")) == (11318, 777 + bank.clearing)
    bank.holds()


def test_suspense_is_explained_later(bank):
    [match] = bank.imports(Movement(DAY, 12345, name="Somebody"))
    bank.approve(match)
    entry = match.entry
    with pytest.raises(EntryTakenError):
        bank.proposes(entry, "suspense")
    later = bank.proposes(entry, "customers")
    with pytest.raises(EntryTakenError):
        bank.proposes(entry, "fee")
    bank.approve(later)
    assert (bank.balance("suspense"), bank.balance("clearing")) == (0, bank.clearing - 12345)
    with organization_scope(bank.host.id):
        assert BankMatch.objects.get(pk=match.pk).state == "replaced"
    with pytest.raises(EntryTakenError):
        bank.proposes(entry, "fee")
    bank.holds()


def test_what_the_gateway_has_confirmed_is_only_found_again(bank):
    bank.reports(ReportStatus.PAID)
    before = bank.balance("bank")
    [match] = bank.imports(paid())
    bank.approve(match)
    assert bank.balance("bank") == before == -4000
    bank.holds()


def test_paid_and_returned_on_one_statement(bank):
    matches = bank.imports(paid(), paid(4000, return_reason="AC04", text="Account closed"))
    assert sorted(match.kind for match in matches) == ["payout", "return"]
    bank.approve(*matches)
    payout = bank.payout()
    assert (payout.state, payout.reason_code) == ("returned", "AC04")
    assert (bank.balance("bank"), bank.market.balance("available", bank.market.north)) == (0, -4000)
    bank.holds()


def test_a_return_that_comes_first_and_costs_a_fee(bank):
    [match] = bank.imports(paid(3900, return_reason="AC04"))
    assert (match.kind, match.difference_minor) == ("return", 100)
    bank.approve(match)
    assert bank.payout().state == "returned"
    assert (bank.balance("bank"), bank.balance("fees")) == (-100, 100)
    [debit] = bank.imports(paid(), reference="S-2")
    bank.approve(debit)
    assert bank.balance("bank") == -100
    bank.holds()


def test_a_rejected_payout_that_the_bank_shows_is_left_to_people(bank):
    [match] = bank.imports(paid())
    bank.reports(ReportStatus.REJECTED)
    with pytest.raises(PayoutMovedOnError):
        bank.approve(match)
    assert bank.balance("bank") == 0
    bank.rejects(match)
    assert [entry.amount_minor for entry in bank.open()] == [-4000]


def test_a_payout_that_is_paid_twice_stands_out(bank):
    [match] = bank.imports(paid(bank_reference="B-1"), paid(bank_reference="B-2"))
    [second] = bank.open()
    assert bank.why_open(second) is WhyOpen.PAID_ALREADY
    bank.approve(match)
    with pytest.raises(PayoutMatchedError):
        bank.proposes(second, "payout")


def test_payouts_that_were_sent_later_are_found_when_asked(bank):
    bank.imports(Movement(DAY, -4000, "PO-000002-001"))
    assert bank.why_open(bank.open()[0]) is WhyOpen.NOTHING_FITS
    bank.pays_again()
    with organization_scope(bank.host.id):
        assert match_entries(actor=bank.finance, alliance_id=bank.market.alliance.id, now=FEBRUARY) == 1
        assert match_entries(actor=bank.finance, alliance_id=bank.market.alliance.id, now=FEBRUARY) == 0


def test_by_account_number_and_by_name(bank):
    [match] = bank.imports(paid(reference="", number=bank.iban, name="Other"))
    assert (match.basis, match.is_exact) == ("account", False)
    bank.rejects(match)
    with organization_scope(bank.host.id):
        assert match_entries(actor=bank.finance, alliance_id=bank.market.alliance.id, now=FEBRUARY) == 0
    [again] = bank.imports(paid(reference="", name=bank.payout().account_holder.upper()), reference="S-2")
    assert again.basis == "name"


def test_neither_the_importer_nor_the_proposer_approves(bank):
    [match] = bank.imports(paid())
    with pytest.raises(MatchedByYouError):
        bank.approve(match, actor=bank.finance)
    bank.rejects(match)
    by_owner = bank.proposes(match.entry, "payout", actor=bank.owner)
    with pytest.raises(MatchedByYouError):
        bank.approve(by_owner)
    bank.approve(by_owner, actor=bank.finance)
    another = acting(bank.host, member_of(bank.host, Role.FINANCE), Role.FINANCE)
    with pytest.raises(MatchDecidedError):
        bank.approve(by_owner, actor=another)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        (lambda bank: bank.host.actor(has_second_factor=False), SecondFactorRequiredError),
        (lambda bank: bank.host.actor(Role.MANAGER), NotPermittedError),
        (lambda bank: bank.host.system, MatchedByYouError),
    ],
)
def test_who_may_not_approve(bank, who, error):
    [match] = bank.imports(paid())
    with pytest.raises(error):
        bank.approve(match, actor=who(bank))
    assert bank.payout().state == "accepted"
    assert PersonRequiredError.code == "person_required"


def test_nobody_elses(bank):
    [match] = bank.imports(paid())
    north = bank.market.north
    with organization_scope(north.id):
        assert not BankMatch.objects.exists()
        with pytest.raises(NotFoundError):
            approve_matches(actor=north.actor(), match_ids=[match.pk], now=FEBRUARY)
        with pytest.raises(NotFoundError):
            propose_match(actor=north.actor(), wanted=WantedMatch(match.entry_id, "fee"), now=FEBRUARY)
        with pytest.raises(NotFoundError):
            reject_match(actor=north.actor(), match_id=match.pk, note="", now=FEBRUARY)
        with pytest.raises(NotFoundError):
            match_entries(actor=north.actor(), alliance_id=bank.market.alliance.id, now=FEBRUARY)


def test_all_or_none(bank):
    matches = bank.imports(paid(), Movement(DAY, 500, name="Somebody"))
    by_owner = bank.proposes(
        bank.imports(Movement(DAY, -1, text="?"), reference="S-2", all_open=True)[0], "fee", actor=bank.owner
    )
    with pytest.raises(MatchedByYouError):
        bank.approve(*matches, by_owner)
    assert (bank.payout().state, bank.balance("suspense")) == ("accepted", 0)


@pytest.mark.parametrize(
    ("movement", "kind", "of_payout", "error"),
    [
        (Movement(DAY, -777, text="?"), "payout", False, PayoutNeededError),
        (Movement(DAY, -777, text="?"), "return", True, WrongWayError),
        (Movement(DAY, 4000, name="X"), "payout", True, WrongWayError),
        (Movement(DAY, -9001, text="?"), "payout", True, DifferenceTooLargeError),
        (Movement(DAY, 4001, name="X"), "return", True, DifferenceTooLargeError),
    ],
)
def test_what_can_not_be_proposed(bank, movement, kind, of_payout, error):
    bank.imports(movement)
    for match in bank.waiting():
        bank.rejects(match)
    [entry] = bank.open()
    with pytest.raises(error):
        bank.proposes(entry, kind, of_payout=of_payout)


def test_a_payout_in_another_currency(bank):
    bank.imports(Movement(DAY, -4000, "PO-000001-001"), currency="USD")
    [entry] = bank.open()
    assert bank.why_open(entry) is WhyOpen.OTHER_CURRENCY
    with pytest.raises(OtherCurrencyError):
        bank.proposes(entry, "payout")


def test_the_database_keeps_it_decided_once_by_two(bank):
    [match] = bank.imports(paid())
    changes = (
        {"state": "approved", "decided_at": FEBRUARY, "decided_by_id": match.proposed_by_id},
        {"amount_minor": -1},
        {"state": "replaced", "decided_at": FEBRUARY, "decided_by_id": bank.owner.user_id},
    )
    with organization_scope(bank.host.id):
        for change in changes:
            with pytest.raises(DatabaseError), atomic():
                BankMatch.objects.filter(pk=match.pk).update(**change)
        with pytest.raises(DatabaseError), atomic():
            BankMatch.objects.filter(pk=match.pk).delete()
    bank.rejects(match)
    with organization_scope(bank.host.id), pytest.raises(DatabaseError), atomic():
        BankMatch.objects.filter(pk=match.pk).update(state="approved", decided_by_id=bank.owner.user_id)
