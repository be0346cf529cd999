"""A partner pays back what it owes: its money comes in, two people take it off the debt, its statement shows it."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError
from django.urls import reverse

from alliance.demo.bank_statements import Movement
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.banking.services.approve_matches import MatchedByYouError
from settlements.banking.services.propose_match import (
    DebtNeededError,
    EntryTakenError,
    RepaysTooMuchError,
    WrongWayError,
)
from settlements.banking.services.record_repayment import DebtSmallerError
from settlements.finance.debts import debts
from settlements.models import Adjustment, AdjustmentKind, BankMatch, Journal
from settlements.services.approve_adjustment import approve_adjustment
from settlements.services.propose_adjustment import WantedAdjustment, propose_adjustment
from settlements.services.recompute_statement import recompute_statement
from tests.api import Caller
from tests.cast import signed_in
from tests.contract.settlements.market import MARCH
from tests.reconciling import Bank

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)
APRIL = datetime(2026, 4, 15, 12, tzinfo=UTC)


@pytest.fixture
def bank(db):
    """North owes 40.00."""
    bank = Bank()
    bank.owes()
    return bank


def came_in(bank, amount_minor, reference="S-9", **more):
    """What came in, open or as matched."""
    return bank.imports(
        Movement(DAY, amount_minor, bank_reference=f"B-{amount_minor} {reference}", **more), reference=reference
    )


def debt(bank):
    return {"agreement_id": bank.market.agreement.id, "debtor_id": bank.market.north.id}


def repaid(bank, amount_minor):
    """Somebody's money, taken for a repayment; it came into suspense as unknown, and finance knows better."""
    [match] = came_in(bank, amount_minor, name="Somebody")
    bank.rejects(match)
    return bank.proposes(match.entry, "repayment", **debt(bank))


def test_two_people_take_it_off_the_debt_and_the_statement_shows_it(bank):
    match = repaid(bank, 3000)
    assert bank.market.owed() == -4000
    with pytest.raises(MatchedByYouError):
        bank.approve(match, actor=bank.finance, now=MARCH)
    before = bank.balance("bank")
    bank.approve(match, now=MARCH)
    assert (bank.market.owed(), bank.balance("bank") - before) == (-1000, 3000)
    assert bank.market.balance("receivable", bank.market.north) == 1000
    with organization_scope(bank.host.id):
        [journal_id] = BankMatch.objects.get(pk=match.pk).journal_ids
        legs = Journal.objects.get(pk=journal_id).entries.values_list("account__kind", "amount_minor")
        assert sorted(legs) == [("bank", 3000), ("receivable", -3000)]
        assert [owed.amount_minor for owed in debts(now=MARCH)] == [1000]
    bank.holds()
    bank.market.close(MARCH, now=APRIL)
    statement = bank.market.statement(3)
    assert (statement.opening_minor, statement.adjustments_minor, statement.closing_minor) == (-4000, 3000, -1000)
    with organization_scope(bank.market.north.id):
        assert recompute_statement(statement).sha256() == statement.content_sha256
        adjustment = Adjustment.objects.get()
    client = signed_in(bank.market.north.owner)
    page = client.get(reverse("portal:statement", args=[statement.id])).content.decode()
    assert "Repaid" in page
    assert "B-3000" in page
    told = client.get(reverse("portal:adjustment", args=[adjustment.id])).content.decode()
    assert "the bank booked it on 10 March 2026" in told or "the bank booked it on Mar 10, 2026" in told


def test_in_suspense_first_it_is_explained_later(bank):
    [match] = came_in(bank, 4000, name="Somebody")
    bank.approve(match)
    later = bank.proposes(match.entry, "repayment", **debt(bank))
    bank.approve(later, now=MARCH)
    assert (bank.balance("suspense"), bank.market.owed()) == (0, 0)
    with pytest.raises(EntryTakenError):
        bank.proposes(match.entry, "fee")
    bank.holds()


@pytest.mark.parametrize("by", [{"number": Bank.iban, "name": "N"}, {"name": "Fit Example"}])
def test_the_exact_sum_from_the_debtors_account_or_name_is_recognised(bank, by):
    [match] = came_in(bank, 4000, **by)
    assert (match.kind, match.debtor_id, match.is_exact) == ("repayment", bank.market.north.id, False)
    again = came_in(bank, 4000, reference="S-10", **{**by, "text": "once more"})
    assert [one.kind for one in again] == ["suspense"], "what waits for approval is not owed twice"
    bank.approve(match, now=MARCH)
    assert bank.market.owed() == 0


def test_what_can_not_be_a_repayment(bank):
    [more, less] = bank.imports(Movement(DAY, 4001, name="A"), Movement(DAY, 3000, name="B"), reference="S-8")
    [out] = bank.imports(Movement(DAY, -777, text="?"), reference="S-7", all_open=True)
    for match in (more, less):
        bank.rejects(match)
    for entry, given, error in (
        (more.entry, debt(bank), RepaysTooMuchError),
        (less.entry, {}, DebtNeededError),
        (less.entry, {**debt(bank), "debtor_id": bank.host.id}, RepaysTooMuchError),
        (out, debt(bank), WrongWayError),
    ):
        with pytest.raises(error):
            bank.proposes(entry, "repayment", **given)
    with organization_scope(bank.host.id), pytest.raises(DatabaseError), atomic():
        BankMatch.objects.create(
            organization_id=bank.host.id, alliance_id=less.alliance_id, entry=less.entry, kind="repayment",
            basis="person", currency="EUR", amount_minor=3000, proposed_by="x", proposed_at=MARCH,
        )  # fmt: skip


def test_a_debt_that_became_smaller_in_between_is_left_to_people(bank):
    match = repaid(bank, 3000)
    wanted = WantedAdjustment(AdjustmentKind.WRITE_OFF, bank.market.agreement.id, bank.market.north.id, 2000, "Settled")
    with organization_scope(bank.host.id):
        proposal_id = propose_adjustment(actor=bank.finance, wanted=wanted, now=MARCH)
        approve_adjustment(actor=bank.owner, proposal_id=proposal_id, now=MARCH)
    with pytest.raises(DebtSmallerError):
        bank.approve(match, now=MARCH)
    assert bank.market.owed() == -2000
    bank.rejects(match)


def test_on_the_pages_and_by_api(bank):
    [match] = came_in(bank, 3000, name="Somebody")
    bank.rejects(match)
    client = signed_in(bank.host.user(Role.FINANCE), organization=bank.host)
    page = client.get(reverse("portal:bank_entry", args=[match.entry_id]))
    assert "North · Terms · 40.00 EUR" in page.content.decode()
    unnamed = client.post(page.request["PATH_INFO"], {"kind": "repayment", "payout": "", "debt": "", "note": ""})
    assert (unnamed.status_code, "Choose the debt" in unnamed.content.decode()) == (422, True)
    value = f"{bank.market.agreement.id}:{bank.market.north.id}"
    client.post(page.request["PATH_INFO"], {"kind": "repayment", "payout": "", "debt": value, "note": "By phone"})
    [waiting] = bank.waiting()
    shown = client.get(reverse("portal:bank_match", args=[waiting.pk])).content.decode()
    assert "Repayment of a partner&#x27;s debt" in shown
    assert "North" in shown
    bank.rejects(waiting)
    caller = Caller(bank.host, [Permission.BANK_RECONCILE])
    body = {"entry_id": str(match.entry_id), "kind": "repayment", **{k: str(v) for k, v in debt(bank).items()}}
    made = caller.post("/api/v1/bank/matches", body)
    assert (made.status_code, made.json()["debtor_id"]) == (201, str(bank.market.north.id))
