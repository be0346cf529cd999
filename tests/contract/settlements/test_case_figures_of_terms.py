"""More acceptance cases of earning and closing with their exact figures: conditions, caps, versions, late orders, shares."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError

from alliance.kernel.tenancy import atomic, organization_scope
from campaigns.domain.tally import Tally
from campaigns.models import OrderImport, OrderImportError
from campaigns.services.record_orders import record_orders
from partners.agreements.services.add_version import ImpossibleTermsError
from partners.models import TermsVersion
from settlements.ledger.domain import JournalDraft, Leg
from settlements.ledger.refusals import PeriodClosedError
from settlements.models import Accrual, Journal, LedgerPeriod, StatementLine, SuspenseItem
from settlements.services.post_journal import post_journal
from tests.cast import full_cast, signed_in
from tests.contract.campaigns import sheets
from tests.contract.settlements.market import JANUARY, MARCH, Market
from tests.contract.settlements.test_case_figures import SHARED, clicked, refund, sale, shares
from tests.contract.settlements.test_rerating import amended, shared
from tests.contract.settlements.test_simulate_terms import simulated
from tests.domain.partners.terms import written
from tests.orders import draft_of
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db

HOST, NORTH = written.HOST, written.NORTH


def at(month, day, hour=12, minute=0, second=0, year=2026):
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def conditional(*conditions):
    return written.clause(written.commission("20%"), when=written.when(*conditions))


@pytest.mark.parametrize(
    "conditions",
    [
        pytest.param([{"field": "amount", "is": "more_than", "value": "1.00"}], id="A10-greater-than-100-of-100"),
        pytest.param([written.condition("country", "DE")], id="A10-missing-in"),
        pytest.param([written.condition("country", "DE", "not_in")], id="A10-missing-not-in"),
        pytest.param([written.condition("country", "D", "contains")], id="A10-missing-contains"),
    ],
)
def test_what_is_equal_or_unknown_matches_no_condition(conditions):
    market = Market([conditional(*conditions)])
    [id_] = market.sell(sale(100))
    assert market.earned(id_) == [None]


@pytest.mark.parametrize(
    "empty",
    [
        pytest.param({"field": "country", "is": "in", "value": []}, id="A10-in-nothing"),
        pytest.param({"field": "item", "is": "contains", "value": [""]}, id="A10-contains-nothing"),
        pytest.param({"field": "amount", "is": "more_than", "value": 100.5}, id="I9-a-float"),
    ],
)
def test_a_condition_without_a_value_is_not_signed(empty):
    with pytest.raises(ImpossibleTermsError):
        Market([conditional(empty)])


def test_a13_the_partners_rate_before_the_items_before_the_general_one():
    general = written.clause(written.commission("10%"), id="general")
    of_item = written.when(written.condition("item", "COURSE-7"))
    item = written.clause(written.commission("12%"), id="item", when=of_item)
    gift = written.when(written.condition("item", "GIFT"))
    nothing = written.clause({"kind": "nothing", "payer": str(HOST)}, id="nothing", when=gift)
    of_partner = [{"all_of": [{"field": "partner", "is": "in", "value": [str(NORTH)]}]}]
    partner = written.clause(written.commission("15%"), id="partner", when=of_partner)
    course = sale(10000, items=(("COURSE-7", 10000),))
    for clauses, expected in (([general, item, partner], 1500), ([general, item], 1200), ([general], 1000)):
        market = Market(clauses)
        assert market.earned(*market.sell(course)) == [expected]
    market = Market([general, nothing])
    assert market.earned(*market.sell(sale(10000, items=(("GIFT", 10000),)))) == [None]


def test_d2_twelve_months_after_the_first_sale_it_stops():
    market = Market([written.clause(written.commission("20%"), recurring={"kind": "months", "months": 12})])
    days = (at(1, 31, year=2025), at(1, 30), at(1, 31))
    ids = market.sell(*(sale(1000, customer="c1", at=day) for day in days), now=at(2, 1))
    assert market.earned(*ids) == [200, 200, None]


ONCE = written.clause(written.commission("20%"), id="once", recurring={"kind": "first_only"})


def recurring_clause(id_="months", **recurring):
    return written.clause(written.commission("20%"), id=id_, recurring={"kind": "months", "months": 12, **recurring})


def everybody(persons=None):
    recurring = {"kind": "lifetime", "persons": persons}
    return written.clause(written.commission("20%"), id="all", recurring=recurring)


def customers_of(clauses, later, *, customer="c1", also="c2"):
    """What is earned with a customer acquired under these clauses, and with one acquired under the later ones."""
    market = Market(clauses)
    ids = market.sell(*(sale(1000, customer=customer, at=at(1, day)) for day in (2, 20)))
    amended(market, later, since=date(2026, 2, 1), now=at(1, 25))
    ids += market.sell(sale(1000, customer=customer, at=at(2, 10)), now=at(2, 21))
    again = market.sell(*(sale(1000, customer=also, at=at(2, day)) for day in (11, 12)), now=at(2, 21))
    return market, ids, market.earned(*ids), market.earned(*again)


def test_d1_d3_who_came_under_a_one_off_clause_stays_with_it_when_a_new_recurring_one_is_signed():
    market, ids, earned, others = customers_of([ONCE], [recurring_clause()])
    assert (earned, others) == ([200, None, None], [200, 200])
    with organization_scope(market.host.id):
        told = Accrual.objects.get(conversion_id=ids[2]).explanation
    assert [step for step in steps_of(told["evaluation"]) if step["step"] == "acquired_elsewhere"] == [
        {"step": "acquired_elsewhere", "clause": "months"}
    ]
    assert told["facts"]["of"][0]["acquired_elsewhere"] == ["months"]


@pytest.mark.parametrize(
    ("before", "later", "expected"),
    [
        pytest.param(recurring_clause("once", months=1), recurring_clause("once"), 200, id="kept-id"),
        pytest.param(recurring_clause("two"), recurring_clause("three"), None, id="new-id"),
        pytest.param(ONCE, recurring_clause(persons="any"), 200, id="any-person"),
        pytest.param(everybody(), recurring_clause(), None, id="uncounted"),
        pytest.param(ONCE, everybody("own"), None, id="lifetime-own"),
        pytest.param(ONCE, everybody(), 200, id="lifetime"),
    ],
)
def test_d3_a_recurring_clause_is_for_those_who_came_under_it(before, later, expected):
    _, _, earned, others = customers_of([before], [later])
    assert (earned[2], others) == (expected, [200, 200])


def test_d3_a_simulation_counts_people_from_before_its_months():
    market, *_ = customers_of([ONCE], [recurring_clause()])
    for clauses, brought in (([recurring_clause()], 400), ([recurring_clause(persons="any")], 600), ([ONCE], 200)):
        replayed = simulated(market, clauses, months=1, now=MARCH)
        [north] = [row for row in replayed.rows if row.party == market.north.id]
        assert (north.settled_minor, north.simulated_minor, replayed.left_out) == (400, brought, ())


def test_d5_after_a_first_sale_that_was_taken_back_no_later_one_is_the_first():
    market = Market([written.clause(written.commission("20%"), recurring={"kind": "first_only"})])
    ids = market.sell(sale(1000, "O", customer="c1"), refund(1000, "O"), sale(1000, customer="c1", at=at(1, 20)))
    assert market.earned(*ids) == [200, -200, None]


def test_d6_a_cap_of_10_a_month_for_each_person():
    cap = {"id": "m", "party": str(NORTH), "amount": "10.00", "window": "month", "per": "person"}
    market = Market([written.clause(written.commission("100%"))], caps=[cap])
    ids = market.sell(*(sale(amount, customer="c1") for amount in (700, 600, 500)))
    assert market.earned(*ids) == [700, 300, None]
    with organization_scope(market.north.id):
        told = Accrual.objects.get(conversion_id=ids[1]).explanation["evaluation"]
    assert any(step["step"] == "cap" for step in steps_of(told))


def test_d7_what_was_refunded_does_not_count_towards_a_cap():
    cap = {"id": "m", "party": str(NORTH), "amount": "10.00", "window": "month", "per": "person"}
    market = Market([written.clause(written.commission("100%"))], caps=[cap])
    orders = (sale(700, "O", customer="c1"), refund(700, "O"), sale(600, customer="c1", at=at(1, 16)))
    ids = [id_ for order in orders for id_ in market.sell(order)]
    assert market.earned(*ids) == [700, -700, 600]


PAYS = {"kind": "commission", "party": str(NORTH), "payer": str(HOST)}


@pytest.mark.parametrize(
    ("clause", "more"),
    [
        pytest.param(
            written.commission("20%"),
            {"caps": [{"id": "m", "party": str(NORTH), "amount": "1000"}]},
            id="D9-limit-without-interval",
        ),
        pytest.param(
            written.commission("20%"),
            {"caps": [{"id": "m", "party": str(NORTH), "window": "month"}]},
            id="D9-interval-without-limit",
        ),
        pytest.param({**PAYS, "rate": "20%", "amount": "5.00"}, {}, id="D9-both"),
    ],
)
def test_rewards_that_contradict_themselves_are_not_signed(clause, more):
    with pytest.raises(ImpossibleTermsError):
        Market([written.clause(clause)], **more)


@pytest.mark.parametrize("earns_on", [pytest.param(kind, id=f"D9-percent-of-a-{kind}") for kind in ("click", "lead")])
def test_nothing_is_a_percentage_of_an_event_without_an_amount(earns_on):
    with pytest.raises(ImpossibleTermsError):
        Market([written.clause(written.commission("20%"), earns_on=earns_on)])


def test_d10_what_exceeds_a_cap_of_an_action_is_kept_for_approval():
    cap = {"id": "m", "party": str(NORTH), "amount": "1.00", "window": "all", "excess": "waits_for_approval"}
    market = Market([written.clause(written.flat("0.60"), earns_on="click")], caps=[cap])
    assert market.earned(*clicked(market, 2)) == [60, 40]
    with organization_scope(market.host.id):
        assert Accrual.objects.filter(explanation__icontains="waits").count() == 1


def test_s16_an_order_of_october_that_comes_in_november_is_prior_there():
    october, november = at(10, 31), at(11, 5)
    market = Market([shared("60%", "40%")])
    market.sell(sale(10000, at=at(10, 15)), now=at(10, 16))
    amended(market, [shared("70%", "30%")], since=date(2026, 11, 1), now=at(10, 20))
    market.close(at(10, 1), now=at(11, 1, 1))
    before = market.statement(10)
    with organization_scope(market.host.id):
        entry = Journal.objects.get(kind="accrual").entries.select_related("account")[0]
        legs = (Leg(entry.account_id, 1), Leg(entry.account_id, -1))
        draft = JournalDraft("late", "adjustment", market.agreement.id, october.date(), october, legs)
        with pytest.raises(PeriodClosedError), atomic():
            post_journal(book_id=entry.journal.book_id, draft=draft)
        assert not LedgerPeriod.objects.get(starts_on=date(2026, 10, 1)).is_open
    market.sell(sale(10000, "LATE", at=october), now=november)
    market.close(at(11, 1), now=at(12, 2))
    with organization_scope(market.north.id):
        late = StatementLine.objects.select_related("accrual__terms_version").get(reference="LATE")
    assert (late.section, late.occurred_at, late.effective_on, late.share_minor, late.accrual.terms_version.number) == (
        "prior",
        october,
        november.date(),
        4000,
        1,
    )
    after = market.statement(10)
    assert (after.content_sha256, after.lines_root) == (before.content_sha256, before.lines_root)


def test_s21_of_a_thousand_orders_with_a_wrong_one_the_others_post_once(client):
    cast = full_cast()
    signed_in(cast.host.finance, client=client)
    rows = [(f"{n}", "2026-02-03 10:00:00", "A-1", "Course", "1", "1.00", "", "north") for n in range(1000)]
    rows[500] = (*rows[500][:4], "many", *rows[500][5:])
    for new, known in ((999, 0), (0, 999)):
        import_id = sheets.imported(client, cast, sheets.csv_bytes(rows))
        deliver_all()
        with organization_scope(cast.host.id):
            done = Tally.from_json(OrderImport.objects.get(pk=import_id).tally)
            assert (done.orders_new, done.orders_known, done.rows_rejected) == (new, known, 1)
            assert Journal.objects.filter(kind="accrual").count() == Accrual.objects.count() == 999
            assert [(e.row_number, e.column) for e in OrderImportError.objects.filter(order_import_id=import_id)] == [
                (502, "Qty")
            ]


def test_s43_each_order_by_the_version_of_its_time_and_a_gap_waits():
    market = Market([shared("60%", "40%")], effective_from=date(2026, 11, 1))
    second = amended(market, [shared("70%", "30%")], since=date(2026, 11, 15), now=at(11, 10))
    gap, first, last = market.sell(
        sale(10000, at=at(10, 31)),
        sale(10000, at=at(11, 14, 23, 59, 59)),
        sale(10000, at=at(11, 15, 0)),
        now=at(11, 20),
    )
    assert [shares(market, id_) for id_ in (first, last)] == [(6000, 4000), (7000, 3000)]
    with organization_scope(market.host.id):
        assert SuspenseItem.objects.get().conversion_id == gap
        with pytest.raises(DatabaseError), atomic():
            TermsVersion.objects.filter(pk=market.agreement.version_id).update(effective_to=None)
        assert TermsVersion.objects.get(pk=second).effective_from == at(11, 15, 0)


def test_s45_a_nested_split():
    inner = [
        {"take": {"share": "5%", "at_most": "10.00"}, "to": written.to(HOST, "cashback")},
        {"to": written.to(HOST, "revenue")},
    ]
    platform = {
        "take": {"of": "base", "share": "15%"},
        "steps": [{"take": {"share": "20%"}, "to": written.to(HOST, "tax")}, {"steps": inner}],
    }
    market = Market([written.clause({"kind": "waterfall", "steps": [platform, {"to": written.to(NORTH, "merchant")}]})])
    [id_] = market.sell(sale(10000))
    assert shares(market, id_) == (60 + 1140, 8500)
    assert market.balance("tax") == -300
    with organization_scope(market.host.id):
        told = Accrual.objects.get(conversion_id=id_).explanation["evaluation"]
    given = {
        (step["purpose"], step["amount_minor"]) for step in steps_of(told) if {"purpose", "amount_minor"} <= step.keys()
    }
    assert given == {("tax", 300), ("cashback", 60), ("revenue", 1140), ("merchant", 8500)}


def steps_of(told):
    """Every step of an explanation."""
    yield told
    for inner in told.get("because", ()):
        yield from steps_of(inner)


def of_weights(*weights, **rounding):
    """A market of host, north and others that share by these weights."""
    names = (HOST, NORTH, written.SOUTH)[: len(weights)]
    parts = [f"{weight}/{sum(weights)}" for weight in weights]
    clause = written.clause(written.split(*zip(names, parts, strict=True)))
    return Market([clause], more_partners=("South",)[: len(weights) - 2], rounding=rounding)


def test_i1_to_i5_shares_add_up_stay_within_their_quota_mirror_and_never_reach_who_has_none():
    market = of_weights(5, 0, 3)
    amounts = (1, 7, 10003, 999999)
    for amount in amounts:
        order, back = market.sell(sale(amount, f"O{amount}"), refund(amount, f"O{amount}"))
        parts = shares(market, order)
        assert sum(parts) == amount
        assert parts[1] == 0
        assert all(abs(8 * part - weight * amount) < 8 for part, weight in zip(parts, (5, 0, 3), strict=True))
        assert shares(market, back) == tuple(-part for part in parts)
    tied = of_weights(1, 1, 1)
    assert {shares(tied, id_) for id_ in tied.sell(*(sale(2) for _ in range(3)))} == {(1, 1, 0)}


@pytest.mark.parametrize(
    ("policy", "of_ten", "of_eleven"),
    [
        pytest.param("largest_remainder", (4, 4, 2), (5, 5, 1), id="I8-largest-remainder-loses-one"),
        pytest.param("quota_method", (5, 4, 1), (5, 5, 1), id="I8-quota-method-does-not"),
    ],
)
def test_whether_a_share_may_fall_as_revenue_grows(policy, of_ten, of_eleven):
    market = of_weights(6, 6, 2, remainder=policy)
    ten, eleven = market.sell(sale(10), sale(11))
    assert (shares(market, ten), shares(market, eleven)) == (of_ten, of_eleven)


def test_i7_i8_cumulated_over_a_period_the_quota_method_takes_nothing_back():
    market = of_weights(6, 6, 2, remainder="quota_method", accumulation="running_total")
    ten, one = market.sell(sale(10), sale(1))
    assert (shares(market, ten), shares(market, one)) == ((5, 4, 1), (0, 1, 0))


def test_i9_fractions_are_exact():
    eighths = Market([written.clause(written.split((HOST, "62.5%"), (NORTH, "37.5%")))])
    [id_] = eighths.sell(sale(10**15))
    assert shares(eighths, id_) == (625 * 10**12, 375 * 10**12)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([], id="I10-empty"),
        pytest.param(["0", "0"], id="I10-nothing"),
        pytest.param(["150%", "-50%"], id="I10-negative"),
        pytest.param(["60%", "60%"], id="I10-more-than-all"),
        pytest.param([0.6, 0.4], id="I9-I10-float"),
    ],
)
def test_impossible_shares_are_not_signed(parts):
    with pytest.raises(ImpossibleTermsError):
        Market([written.clause(written.split(*zip((HOST, NORTH), parts, strict=False)))])


def test_i6_s02_the_policy_is_on_the_statement():
    market = Market([SHARED], rounding={"remainder": "first_in_order"})
    market.sell(sale(999))
    market.close(JANUARY, now=MARCH)
    with organization_scope(market.north.id):
        statement = market.statement(1)
        assert [terms["remainder"] for terms in statement.terms] == ["first_in_order"]
    page = signed_in(market.north.owner).get(f"/statements/{statement.id}/").content.decode()
    assert "one unit each, in the order of the parties" in page


def test_e14_an_order_is_never_edited_and_a_full_refund_keeps_its_numbers():
    market = Market([written.clause(written.commission("20%"))])
    [order] = market.sell(sale(10000, "O"))
    changed = draft_of(sale(0, "O", items=(("item", 0), ("extra", 0))))
    with organization_scope(market.host.id):
        found = record_orders(
            actor=market.host.system, alliance_id=market.alliance.id, import_id=None, drafts=[changed], now=JANUARY
        )
        assert (found.new, found.changed) == ([], [changed])
    [back] = market.sell(refund(10000, "O", at=JANUARY + timedelta(days=1)))
    assert market.earned(order, back) == [2000, -2000]
