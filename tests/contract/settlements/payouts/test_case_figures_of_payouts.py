"""The acceptance cases of holds, refunds against payouts, and paying, with their exact figures; each named by its case."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.jobs import running
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.banking.services.create_payment_file import create_payment_file
from settlements.models import Adjustment, AdjustmentKind, Entry, Export, ExportFormat, Statement, SuspenseItem
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.models import PayoutPart
from settlements.payouts.services.place_hold import place_hold
from settlements.payouts.services.plan_payouts import plan_payouts
from settlements.payouts.services.prepare_batch import NothingPayableError, UnknownGatewayError
from settlements.payouts.services.settle_payout import settle_payout
from settlements.services import run_export
from settlements.services.approve_adjustment import approve_adjustment
from settlements.services.propose_adjustment import (
    AdjustmentOfNothingError,
    NotAPartnerOfItError,
    ReasonMissingError,
    WantedAdjustment,
    propose_adjustment,
)
from tests.api import Caller, problem
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.contract.settlements.test_case_figures import SHARED, refund, sale
from tests.domain.partners.terms import written
from tests.jobs import run_all_jobs
from tests.payouts import Desk, bank_account_of

pytestmark = pytest.mark.django_db

WHOLE = written.clause(written.commission("100%"))
APRIL = datetime(2026, 4, 15, 12, tzinfo=UTC)
OWN = {"number": "FR1420041010050500013M02606", "holder_name": "Lectern"}


def payable(*earned, clauses=(WHOLE,), **terms):
    """North has earned these amounts in January, its period is closed, and its account is known."""
    market = Market(clauses, **terms)
    currency = terms.get("currency", "EUR")
    market.sell(*(sale(amount, f"O-{n}", currency=currency) for n, amount in enumerate(earned, 1)))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    market.desk = Desk(market.host, market.alliance, currency=currency)
    return market


def plan(market, now=FEBRUARY):
    """What would be paid, and what stays with its reason."""
    with organization_scope(market.host.id):
        found = plan_payouts(alliance_id=market.alliance.id, currency=market.desk.currency, now=now)
    return found.total_minor, [(one.amount_minor, one.reason.value) for one in found.not_paid]


def happens(market, payout, *statuses, now=FEBRUARY):
    """What the bank says of a payout, one after another."""
    with organization_scope(market.host.id):
        for status in statuses:
            report = Report(ReportStatus(status), code="AC04" if status == "rejected" else "")
            settle_payout(actor=market.host.system, payout_id=payout.id, report=report, now=now)


def paid(market, *, now=FEBRUARY):
    """Everything that is payable is paid; the payout."""
    batch_id = market.desk.sent(now=now)
    market.desk.carry_out()
    [payout] = market.desk.payouts(batch_id)
    happens(market, payout, "paid", now=now)
    return payout


def legs(market, kind):
    """What the payout's journals of a kind moved: account and amount, debits positive."""
    with organization_scope(market.host.id):
        rows = Entry.objects.filter(journal__kind=kind).order_by("journal_id", "line")
        return list(rows.values_list("account__kind", "amount_minor"))


def adjust(market, amount_minor, kind, *, now=FEBRUARY, **more):
    """Finance proposes, the owner approves."""
    given = {"party_id": market.north.id, "reason": "Agreed", **more}
    wanted = WantedAdjustment(kind=kind, agreement_id=market.agreement.id, amount_minor=amount_minor, **given)
    with organization_scope(market.host.id):
        proposal_id = propose_adjustment(actor=market.host.actor(Role.FINANCE), wanted=wanted, now=now)
        return approve_adjustment(actor=market.host.actor(), proposal_id=proposal_id, now=now)


@pytest.mark.parametrize(
    ("threshold", "compare", "balance", "expected"),
    [
        pytest.param("50.00", "at_least", 4999, (0, [(4999, "below_threshold")]), id="S13-at-least-49.99"),
        pytest.param("50.00", "at_least", 5000, (5000, []), id="S13-at-least-50.00"),
        pytest.param("50.00", "exceeds", 5000, (0, [(5000, "below_threshold")]), id="S13-exceeds-50.00"),
        pytest.param("50.00", "exceeds", 5001, (5001, []), id="S13-exceeds-50.01"),
        pytest.param("100.00", "at_least", 9999, (0, [(9999, "below_threshold")]), id="G1-9999"),
        pytest.param("100.00", "at_least", 10000, (10000, []), id="G1-10000"),
    ],
)
def test_thresholds_to_the_cent(threshold, compare, balance, expected):
    assert plan(payable(balance, payouts=[{"threshold": threshold, "compare": compare}])) == expected


def test_s49_forints_are_paid_whole():
    assert plan(payable(1045, currency="HUF")) == (1000, [(45, "below_threshold")])


def test_s53_twelve_months_under_the_threshold_it_is_paid_where_the_terms_say_so():
    year_later = FEBRUARY.replace(year=2027)
    carried = payable(1200, payouts=[{"threshold": "50"}])
    flushed = payable(1200, payouts=[{"threshold": "50", "flush_months": 12}])
    assert plan(flushed, year_later - timedelta(days=1)) == (0, [(1200, "below_threshold")])
    assert plan(flushed, year_later) == (1200, [])
    assert plan(carried, year_later) == (0, [(1200, "below_threshold")])


@pytest.mark.parametrize(
    ("bought", "paid_minor"),
    [
        pytest.param(datetime(2026, 1, 2, 1, tzinfo=UTC), 0, id="E1-29-days-23-hours"),
        pytest.param(datetime(2026, 1, 1, 23, 59, 59, tzinfo=UTC), 4000, id="E1-30-days-1-second"),
    ],
)
def test_a_hold_of_thirty_days_at_the_end_of_january(bought, paid_minor):
    market = Market([SHARED], hold={"days": 30})
    market.sell(sale(10000, at=bought))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    market.desk = Desk(market.host, market.alliance)
    assert plan(market)[0] == paid_minor


def test_e2_what_people_adjust_has_no_hold():
    market = Market([SHARED], hold={"days": 30})
    market.sell(sale(10000))
    adjust(market, 700, AdjustmentKind.CORRECTION, now=JANUARY)
    market.close(JANUARY, now=FEBRUARY)
    assert market.balance("available", market.north) == -700
    assert market.balance("pending", market.north) == -4000


def test_e4_a_refund_of_what_a_prepared_payout_holds_makes_it_smaller():
    market = payable(700, 500)
    batch_id = market.desk.prepare(now=FEBRUARY)
    assert market.desk.batch(batch_id).total_minor == 1200
    market.sell(refund(500, "O-2", at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert not market.desk.approve(batch_id, now=MARCH).is_reserved
    assert market.desk.batch(batch_id).state == "cancelled"
    assert market.desk.batch(market.desk.prepare(now=MARCH)).total_minor == 700


def test_e4_when_nothing_is_left_no_payout_is():
    market = payable(500)
    batch_id = market.desk.prepare(now=FEBRUARY)
    market.sell(refund(500, "O-1", at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert not market.desk.approve(batch_id, now=MARCH).is_reserved
    with pytest.raises(NothingPayableError):
        market.desk.prepare(now=MARCH)


def test_e10_a_debt_of_80_less_20_earned_is_carried_and_nothing_is_paid():
    market = payable(8000)
    paid(market)
    market.sell(refund(8000, "O-1", at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert market.statement(2).closing_minor == -8000
    market.sell(sale(2000, at=MARCH), now=MARCH)
    market.close(MARCH, now=APRIL)
    statement = market.statement(3)
    assert (statement.opening_minor, statement.current_minor, statement.closing_minor) == (-8000, 2000, -6000)
    assert plan(market, APRIL) == (0, [])
    with pytest.raises(NothingPayableError):
        market.desk.prepare(now=APRIL)


def test_e11_a_clawback_of_5_names_its_reason():
    market = payable(8000)
    for changes, error in (
        ({"reason": " "}, ReasonMissingError),
        ({"amount_minor": 0}, AdjustmentOfNothingError),
        ({"party_id": market.alliance.id}, NotAPartnerOfItError),
    ):
        given = {"amount_minor": 500, "kind": AdjustmentKind.CLAWBACK, **changes}
        with pytest.raises(error):
            adjust(market, **given)
    adjust(market, 500, AdjustmentKind.CLAWBACK)
    with organization_scope(market.north.id):
        row = Adjustment.objects.get()
        assert (row.kind, row.amount_minor, row.reason) == ("clawback", -500, "Agreed")
    assert market.owed() == 7500


def test_e12_a_clawback_counts_while_payouts_are_on_hold():
    market = payable(8000)
    with organization_scope(market.host.id):
        place_hold(actor=market.host.actor(Role.FINANCE), organization_id=market.north.id, reason="Risk", now=FEBRUARY)
    adjust(market, 500, AdjustmentKind.CLAWBACK)
    market.close(FEBRUARY, now=MARCH)
    assert (market.statement(2).adjustments_minor, market.owed()) == (-500, 7500)
    assert plan(market, MARCH) == (0, [(7500, "on_hold")])


def test_e13_what_was_earned_is_never_edited_paid_or_not():
    market = payable(8000)
    paid(market)
    caller = Caller(market.host)
    [accrual] = caller.get("/api/v1/accruals").json()["results"]
    for refused in (caller.patch, caller.put):
        assert refused(f"/api/v1/accruals/{accrual['id']}", {"state": "refunded"}).status_code == 405
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        PayoutPart.objects.update(gross_minor=1)


def test_s23_70_is_set_aside_and_paid():
    market = payable(17500, clauses=(SHARED,))
    payout = paid(market)
    assert payout.amount_minor == 7000
    assert legs(market, "payout_reserved") == [("available", 7000), ("in_transit", -7000)]
    assert legs(market, "payout_confirmed") == [("in_transit", 7000), ("bank", -7000)]
    market.close(FEBRUARY, now=MARCH)
    page = signed_in(market.north.owner).get(reverse("portal:statement", args=[market.statement(2).id]))
    assert "Paid out" in page.content.decode()
    assert payout.reference in page.content.decode()


def test_s23_70_that_the_bank_rejects_is_returned_and_paid_once_by_the_next_run():
    market = payable(17500, clauses=(SHARED,))
    market.desk.sent(now=FEBRUARY)
    market.desk.carry_out()
    [payout] = market.desk.payouts()
    happens(market, payout, "rejected", "rejected")
    assert legs(market, "payout_returned") == [("available", -7000), ("in_transit", 7000)]
    market.close(FEBRUARY, now=MARCH)
    statement = market.statement(2)
    assert (statement.opening_minor, statement.paid_minor, statement.closing_minor) == (7000, 0, 7000)
    page = signed_in(market.north.owner).get(reverse("portal:statement", args=[statement.id])).content.decode()
    assert "Payout returned" in page
    assert payout.reference in page
    again = market.desk.prepare(now=MARCH)
    assert [one.amount_minor for one in market.desk.payouts(again)] == [7000]
    with pytest.raises(NothingPayableError):
        market.desk.prepare(now=MARCH)


def of_three(sold_minor=10003):
    """North, south and east are payable: three payments in one batch that is approved."""
    shares = written.split(*((party, "1/4") for party in (written.HOST, written.NORTH, written.SOUTH, written.EAST)))
    market = Market([written.clause(shares)], more_partners=("South", "East"))
    market.sell(sale(sold_minor))
    market.close(JANUARY, now=FEBRUARY)
    names = ("Nord & Söhne GmbH", '=HYPERLINK("x")', "江泰体育用品有限公司")
    for party, name in zip((market.north, *market.others), names, strict=True):
        bank_account_of(party, now=JANUARY, holder_name=name)
    bank_account_of(market.host, now=JANUARY, **OWN)
    market.desk = Desk(market.host, market.alliance)
    market.batch_id = market.desk.prepare(now=FEBRUARY)
    market.desk.approve(market.batch_id, now=FEBRUARY)
    return market


def asked_for_file(market, file_format=ExportFormat.PAIN_09):
    with organization_scope(market.host.id):
        return create_payment_file(
            actor=market.host.actor(), batch_id=market.batch_id, file_format=file_format, now=FEBRUARY
        )


def file_of(market, export_id):
    with organization_scope(market.host.id):
        export = Export.objects.get(pk=export_id)
    with default_storage.open(export.stored_as) as file:
        return export, file.read()


def texts(content, tag):
    return [element.text for element in fromstring(content, forbid_dtd=True).iter() if element.tag.endswith(f"}}{tag}")]


def test_s26_s51_three_payments_in_one_file_that_sums_to_the_cent():
    market = of_three()
    export_id = asked_for_file(market)
    run_all_jobs(market.host.id)
    export, content = file_of(market, export_id)
    amounts = [Decimal(text) for text in texts(content, "InstdAmt")]
    assert texts(content, "NbOfTxs") == ["3", "3"]
    assert texts(content, "CtrlSum") == [f"{sum(amounts)}"] * 2 == ["75.02", "75.02"]
    assert "pain.001.001.09.xsd" in export.checked_with
    signs = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
    for name in texts(content, "Nm"):
        assert len(name) <= 70
        assert set(name) <= signs
    assert any(name.startswith("Nord + Sohne") for name in texts(content, "Nm"))
    assert any(name.startswith("Jiang Tai Ti Yu") for name in texts(content, "Nm"))
    assert all(len(text) <= 140 for text in texts(content, "Ustrd"))
    ids = texts(content, "EndToEndId")
    assert len(set(ids)) == 3
    assert all(len(id_) <= 35 for id_ in ids)


class _Killed(BaseException):
    """A worker that dies says nothing to anybody."""


@pytest.mark.parametrize(
    ("module", "name"),
    [
        pytest.param(run_export, "store", id="S25-before-the-commit"),
        pytest.param(running, "_finish", id="S25-after-the-commit"),
    ],
)
def test_a_worker_killed_over_the_banks_file_leaves_the_same_payments_to_the_next(monkeypatch, module, name):
    undisturbed = of_three()
    wanted = asked_for_file(undisturbed)
    run_all_jobs(undisturbed.host.id)
    export, expected = file_of(undisturbed, wanted)
    again = asked_for_file(undisturbed)
    works = getattr(module, name)

    def dies(*args, **kwargs):
        works(*args, **kwargs)
        raise _Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, name, dies)
        with pytest.raises(_Killed):
            run_all_jobs(undisturbed.host.id)
    with organization_scope(undisturbed.host.id):
        Export.objects.filter(pk=again).update(lease_until=None)  # its lease runs out
    run_all_jobs(undisturbed.host.id)
    second, content = file_of(undisturbed, again)
    assert (content, second.sha256, second.state) == (expected, export.sha256, "succeeded")
    assert texts(content, "MsgId") == ["PB-000001"]
    assert sorted(texts(content, "EndToEndId")) == [f"PO-000001-00{n}" for n in (1, 2, 3)]


def test_s47_after_the_end_sales_wait_refunds_still_count_and_a_rest_is_written_off_by_two():
    market = Market([SHARED], effective_to=date(2026, 2, 1))
    market.sell(sale(10000, "O-1"))
    market.close(JANUARY, now=FEBRUARY)
    bank_account_of(market.north, now=JANUARY)
    market.desk = Desk(market.host, market.alliance)
    paid(market)
    late, _back = market.sell(sale(5000, at=FEBRUARY), refund(10000, "O-1", at=FEBRUARY), now=FEBRUARY)
    with organization_scope(market.host.id):
        assert SuspenseItem.objects.get().conversion_id == late
    market.close(FEBRUARY, now=MARCH)
    assert (market.statement(2).closing_minor, market.balance("receivable", market.north)) == (-4000, 4000)
    adjust(market, 4000, AdjustmentKind.WRITE_OFF, now=MARCH)
    assert (market.owed(), market.balance("receivable", market.north), market.balance("expense")) == (0, 0, 4000)
    market.close(MARCH, now=APRIL)
    assert market.statement(3).closing_minor == 0


def test_g2_g3_g4_what_is_earned_after_the_end_goes_to_a_payout_of_its_own():
    market = payable(3000, 1200)
    market.sell(sale(700, at=FEBRUARY), now=FEBRUARY)
    first = paid(market)
    market.close(FEBRUARY, now=MARCH)
    [second] = market.desk.payouts(market.desk.prepare(now=MARCH))
    with organization_scope(market.host.id):
        first.refresh_from_db()
        parts = [list(one.parts.values_list("gross_minor", flat=True)) for one in (first, second)]
        assert Statement.objects.filter(organization_id=market.north.id).count() == 2
    assert (first.state, first.amount_minor, second.amount_minor) == ("confirmed", 4200, 700)
    assert parts == [[4200], [700]]
    assert first.amount_minor + second.amount_minor == 3000 + 1200 + 700


def test_g5_a_batch_names_what_it_takes_and_nothing_else():
    market = payable(3000)
    caller = Caller(market.host)
    body = {"alliance_id": str(market.alliance.id), "currency": "EUR", "gateway": "manual"}
    both = {**body, "agreement_ids": [str(market.agreement.id)], "excluded_ids": [str(market.agreement.id)]}
    problem(caller.post("/api/v1/payout-batches", both), 422, "invalid_input")
    assert market.desk.payouts() == []


def test_g8_nothing_is_confirmed_for_a_gateway_that_nobody_set_up(settings):
    settings.PAYOUT_SANDBOX_URL = ""
    market = payable(3000)
    with pytest.raises(UnknownGatewayError):
        Desk(market.host, market.alliance, gateway="sandbox").prepare(now=FEBRUARY)


def test_g13_opening_earned_reversed_withheld_and_paid_make_the_closing():
    market = payable(10000, withholding=[{"party": str(written.NORTH), "rate": "30%"}])
    payout = paid(market)
    market.sell(sale(5000, at=FEBRUARY), refund(2000, "O-1", at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    row = market.statement(2)
    assert payout.amount_minor == row.paid_minor == 7000
    assert (row.opening_minor, row.withheld_minor) == (10000, 3000)
    assert (row.current_minor + row.prior_minor, row.adjustments_minor) == (5000 - 2000, 0)
    assert row.closing_minor == 10000 + 5000 - 2000 - 3000 - 7000
