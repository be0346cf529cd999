"""The acceptance cases of earning and closing with their exact figures; each test is named by its case.

Payments, taxes, disputes and files have their cases beside their own tests.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from campaigns.domain.details import OrderDetails
from campaigns.models import Conversion, ConversionKind
from campaigns.services.record_conversion import ConversionGiven, record_conversion
from campaigns.services.record_orders import record_orders
from settlements.models import Accrual, Entry, Period, StatementLine, SuspenseItem
from settlements.services.accrue_conversions import accrue_conversions
from tests.cast import LONG_AGO, agreement_on, alliance_of, host_organization, join, partner_organization
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf, draft_of, recorded

pytestmark = pytest.mark.django_db

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
PERCENT = written.clause(written.commission("20%"))


def sale(amount, reference="", **more):
    return OrderOf(amount, reference=reference, occurred_at=more.pop("at", JANUARY), **more)


def refund(amount, of, reference="", at=JANUARY, **more):
    return OrderOf(-amount, kind="refund", refund_of=of, partner_code="", reference=reference, occurred_at=at, **more)


def shares(market, id_):
    """Host, north and the others of one conversion."""
    return tuple(market.earned(id_, party=party)[0] or 0 for party in (market.host, market.north, *market.others))


def legs(market, id_):
    """What one conversion posted, by account and whose it is."""
    names = {market.host.id: "host", market.north.id: "north"}
    with organization_scope(market.host.id):
        rows = Entry.objects.filter(journal__key=f"accrual:{id_}")
        found = rows.values_list("account__kind", "account__organization_id", "amount_minor")
        return sorted((kind, names[owner], amount) for kind, owner, amount in found)


def test_s01_an_order_of_100_posts_three_legs():
    market = Market([SHARED])
    [id_] = market.sell(sale(10000))
    assert legs(market, id_) == [
        ("clearing", "host", 10000),
        ("pending", "north", -4000),
        ("revenue", "host", -6000),
    ]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param("largest_remainder", (599, 400), id="S02-largest-remainder"),
        pytest.param("first_in_order", (600, 399), id="S02-first-in-order"),
    ],
)
def test_remainders_follow_the_agreements_policy(policy, expected):
    market = Market([SHARED], rounding={"remainder": policy})
    [id_] = market.sell(sale(999))
    assert shares(market, id_) == expected


def test_s03_one_cent_makes_two_legs_and_a_line_of_nothing():
    market = Market([SHARED])
    [id_] = market.sell(sale(1))
    assert shares(market, id_) == (1, 0)
    assert len(legs(market, id_)) == 2
    market.close(JANUARY, now=FEBRUARY)
    with organization_scope(market.north.id):
        assert StatementLine.objects.get().share_minor == 0


@pytest.mark.parametrize(
    ("parts", "amount", "expected"),
    [
        pytest.param(("1/3", "1/3", "1/3"), 1, (1, 0, 0), id="S04-three"),
        pytest.param(("1/4", "1/4", "1/4", "1/4"), 2, (1, 1, 0, 0), id="S04-four"),
        pytest.param(("0", "50%", "50%"), 1003, (0, 502, 501), id="S05"),
        pytest.param(("1/3", "1/3", "1/3"), 10001, (3334, 3334, 3333), id="A11"),
    ],
)
def test_equal_remainders_go_by_rank(parts, amount, expected):
    names = (written.HOST, written.NORTH, written.SOUTH, written.EAST)[: len(parts)]
    clause = written.clause(written.split(*zip(names, parts, strict=True)))
    market = Market([clause], more_partners=("South", "East")[: len(parts) - 2])
    [id_] = market.sell(sale(amount))
    assert shares(market, id_) == expected


@pytest.mark.parametrize(
    ("currency", "rates", "amount", "expected"),
    [
        pytest.param("JPY", ("60%", "40%"), 101, (61, 40), id="S06"),
        pytest.param("KWD", ("33.3%", "66.7%"), 12345, (4111, 8234), id="S07"),
    ],
)
def test_currencies_split_in_their_own_minor_units(currency, rates, amount, expected):
    clause = written.clause(written.split((written.HOST, rates[0]), (written.NORTH, rates[1])))
    market = Market([clause], currency=currency)
    [id_] = market.sell(sale(amount, currency=currency))
    assert shares(market, id_) == expected


def test_s08_e3_a_full_refund_inside_the_hold_mirrors_the_sale():
    market = Market([SHARED], hold={"days": 30})
    order, back = market.sell(sale(10000, "O"), refund(10000, "O"))
    mirrored = [(kind, owner, -amount) for kind, owner, amount in legs(market, order)]
    assert legs(market, back) == sorted(mirrored)
    assert market.owed() == 0
    market.close(JANUARY, now=FEBRUARY)
    with organization_scope(market.north.id):
        assert sorted(StatementLine.objects.values_list("share_minor", flat=True)) == [-4000, 4000]
    assert market.statement(1).closing_minor == 0


def test_s09_three_refunds_of_a_third_end_at_nothing():
    market = Market([SHARED])
    _, *backs = market.sell(sale(999, "O"), *(refund(333, "O", f"R{n}") for n in range(3)))
    assert [shares(market, back) for back in backs] == [(-200, -133), (-200, -133), (-199, -134)]
    assert {market.balance(kind) for kind in ("clearing", "revenue")} == {0}
    assert market.owed() == 0


def test_s10_e8_more_than_is_left_is_refused_and_posts_nothing():
    market = Market([SHARED])
    market.sell(sale(999, "O"))
    drafts = [draft_of(refund(1000, "O", "R"))]
    with organization_scope(market.host.id):
        found = record_orders(
            actor=market.host.system, alliance_id=market.alliance.id, import_id=None, drafts=drafts, now=JANUARY
        )
        assert (found.new, len(found.refused)) == ([], 1)
        assert not Conversion.objects.filter(reference="R").exists()
    assert market.owed() == 400


def test_s14_a_hold_ends_on_the_agreements_clock_across_summer_time():
    """Bought in New York at 23:59:59 on 1 October; 30 days later the clocks have not yet gone back, in November they have."""
    market = Market([SHARED], hold={"days": 30}, time_zone="America/New_York")
    bought = datetime(2026, 10, 16, 3, 59, 59, tzinfo=UTC)  # 15 October, 23:59:59
    market.sell(sale(10000, at=bought), now=bought)
    with organization_scope(market.host.id):
        assert Accrual.objects.get().available_on == date(2026, 11, 14)


@pytest.mark.parametrize(
    ("zone", "month"),
    [pytest.param("America/New_York", 11, id="S15-new-york"), pytest.param("Europe/Berlin", 12, id="S15-berlin")],
)
def test_the_period_is_that_of_the_agreements_zone(zone, month):
    market = Market([SHARED], time_zone=zone)
    bought = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)  # 30 November, 23:30 in New York
    market.sell(sale(10000, at=bought), now=bought)
    with organization_scope(market.host.id):
        assert Period.objects.get().starts_on == date(2026, month, 1)


def test_s19_b2_the_same_order_again_is_known_and_another_amount_is_reported():
    market = Market([SHARED])
    market.sell(sale(10000, "O"))
    same, other = draft_of(sale(10000, "O")), draft_of(sale(9900, "O", items=(("item", 9000), ("extra", 900))))
    for draft, known, changed in ((same, [same], []), (other, [], [other])):
        with organization_scope(market.host.id):
            found = record_orders(
                actor=market.host.system, alliance_id=market.alliance.id, import_id=None, drafts=[draft], now=JANUARY
            )
            assert (found.known, found.changed, found.new) == (known, changed, [])
    with organization_scope(market.host.id):
        assert Accrual.objects.get().gross_minor == 10000


def test_s20_a_refund_before_its_order_waits_and_ends_where_the_right_order_does():
    early, late = Market([SHARED]), Market([SHARED])
    early.sell(refund(999, "O", "R"))
    with organization_scope(early.host.id):
        assert SuspenseItem.objects.filter(released_at=None).count() == 1
    early.sell(sale(999, "O"))
    with organization_scope(early.host.id):
        accrue_conversions(
            actor=early.host.system, conversion_ids=Conversion.objects.values_list("id", flat=True), now=JANUARY
        )
        assert not SuspenseItem.objects.filter(released_at=None).exists()
    late.sell(sale(999, "O"), refund(999, "O", "R"))
    kinds = ("clearing", "revenue", "pending")
    assert [early.balance(kind) for kind in kinds] == [late.balance(kind) for kind in kinds]
    assert early.owed() == late.owed() == 0


@pytest.mark.parametrize(
    ("mode", "amount", "expected"),
    [
        pytest.param("graduated", 150000, 50000, id="S27-graduated"),
        pytest.param("volume", 150000, 60000, id="S27-volume"),
        pytest.param("graduated", 100000, 30000, id="S27-graduated-at-the-bound"),
        pytest.param("volume", 100000, 30000, id="S27-volume-at-the-bound"),
        pytest.param("graduated", 100001, 30000, id="S27-graduated-a-cent-above"),
    ],
)
def test_tiers(mode, amount, expected):
    tiers = ({"up_to": "1000.00", "rate": "30%"}, {"rate": "40%"})
    market = Market([written.clause(written.tiered(*tiers, mode=mode, window="month"))])
    [id_] = market.sell(sale(amount))
    assert market.earned(id_) == [expected]


def test_s28_a_refund_takes_back_what_the_tiers_give_less():
    tiers = ({"up_to": "1000.00", "rate": "30%"}, {"rate": "40%"})
    market = Market([written.clause(written.tiered(*tiers, mode="graduated", window="month"))])
    _, back = market.sell(sale(150000, "O"), refund(60000, "O"))
    assert market.earned(back) == [-23000]


def test_s29_a_cap_of_the_month_and_a_refund_below_it():
    cap = {"id": "m", "party": str(written.NORTH), "amount": "500", "window": "month"}
    market = Market([written.clause(written.commission("20%"))], caps=[cap])
    *sales, back = market.sell(*(sale(100000, f"O{n}") for n in range(3)), refund(100000, "O0"))
    assert market.earned(*sales, back) == [20000, 20000, 10000, -10000]


def clicked(market, number, **more):
    """So many clicks, recorded one by one; their conversions."""
    ids = []
    for _ in range(number):
        given = ConversionGiven(
            kind=ConversionKind.CLICK,
            reference=f"click-{new_id()}",
            occurred_at=JANUARY,
            currency="EUR",
            partner_code="north",
            **more,
        )
        with organization_scope(market.host.id):
            found = record_conversion(
                actor=market.host.system, alliance_id=market.alliance.id, conversion=given, now=JANUARY
            )
            ids.append(found.conversion_id)
    with organization_scope(market.host.id):
        accrue_conversions(actor=market.host.system, conversion_ids=ids, now=JANUARY)
    return ids


def test_s33_fractions_of_a_cent_are_never_lost():
    clause = written.clause(written.flat("0.0125"), earns_on="click")
    market = Market([clause], rounding={"accumulation": "running_total"})
    assert sum(amount or 0 for amount in market.earned(*clicked(market, 3))) == 4
    clicked(market, 77)
    assert market.owed() == 100


@pytest.mark.parametrize(
    ("accumulation", "expected"),
    [
        pytest.param("running_total", (60, 40), id="S34-running-total"),
        pytest.param("per_conversion", (100, 0), id="S34-per-order"),
    ],
)
def test_a_hundred_orders_of_a_cent(accumulation, expected):
    market = Market([SHARED], rounding={"accumulation": accumulation})
    ids = market.sell(*(sale(1) for _ in range(100)))
    found = [shares(market, id_) for id_ in ids[:1]] if accumulation == "per_conversion" else []
    assert found in ([], [(1, 0)])
    totals = [sum(amount or 0 for amount in market.earned(*ids, party=p)) for p in (market.host, market.north)]
    assert tuple(totals) == expected


def test_s46_two_tenants_use_the_same_order_id():
    for amount in (10000, 5000):
        market = Market([SHARED])
        [id_] = market.sell(sale(amount, "SAME"))
        assert shares(market, id_) == (amount * 6 // 10, amount * 4 // 10)


# --- Earning, from the commission cases ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "amount", "expected"),
    [
        pytest.param("20%", 1000, 200, id="A1"),
        pytest.param("20%", 3, 1, id="A2"),
        pytest.param("10%", 15, 2, id="A3"),
        pytest.param("20%", 2, None, id="A4"),
        pytest.param("2.9%", 500, 15, id="A5"),
    ],
)
def test_percentages_round_half_up_for_the_earner(rate, amount, expected):
    market = Market([written.clause(written.commission(rate))])
    [id_] = market.sell(sale(amount))
    assert market.earned(id_) == [expected]


def test_a6_flat_counts_units_and_a_percentage_does_not():
    flat = Market([written.clause(written.flat("5.00"))])
    percent = Market([PERCENT])
    units = (("item", 500), ("item", 500))
    [two] = flat.sell(sale(1000, items=units))
    [five] = percent.sell(sale(1000, items=(("item", 200),) * 5))
    assert (flat.earned(two), percent.earned(five)) == ([1000], [200])


def test_a7_a_sale_of_nothing_is_kept_and_earns_nothing():
    market = Market([PERCENT])
    [id_] = market.sell(sale(0))
    with organization_scope(market.host.id):
        assert Accrual.objects.get(conversion_id=id_).base_minor == 0
    assert market.owed() == 0


def test_a8_clicks_pay_by_country():
    named = [{"all_of": [{"field": "country", "is": "in", "value": ["US", "GB", "AU"]}]}]
    market = Market(
        [
            written.clause(written.flat("1.00"), id="named", earns_on="click", when=named),
            written.clause(written.flat("0.20"), id="rest", earns_on="click"),
        ]
    )
    ids = [
        *clicked(market, 3, details=OrderDetails(country="US")),
        *clicked(market, 2, details=OrderDetails(country="FR")),
    ]
    assert market.earned(*ids) == [100, 100, 100, 20, 20]
    assert market.owed() == 340


def test_a9_the_highest_earning_clause_counts_as_money():
    dear = [{"all_of": [{"field": "amount", "is": "more_than", "value": "150.00"}]}]
    market = Market(
        [
            written.clause(written.commission("10%"), id="rate"),
            written.clause(written.flat("5.00"), id="flat", when=dear),
        ],
        precedence="highest_earning",
    )
    [id_] = market.sell(sale(100000))
    assert market.earned(id_) == [10000]


def test_d1_d4_persons_earn_once_or_at_two_rates():
    new = written.clause(written.commission("20%"), id="new", when=written.when(written.condition("person", "new")))
    rest = written.clause(written.commission("5%"), id="rest")
    once, both = Market([new]), Market([new, rest])
    for market, expected in ((once, [200, None]), (both, [200, 50])):
        ids = market.sell(
            sale(1000, customer="c1"), sale(1000, customer="c1", at=JANUARY + timedelta(days=1)), now=FEBRUARY
        )
        assert market.earned(*ids) == expected


def test_e5_a_quarter_refunded_leaves_three_quarters():
    market = Market([PERCENT])
    order, back = market.sell(sale(10000, "O"), refund(2500, "O"))
    assert market.earned(order, back) == [2000, -500]


def test_e6_s11_a_refund_after_the_close_is_on_the_next_statement():
    market = Market([PERCENT])
    market.sell(sale(10000, "O"))
    market.close(JANUARY, now=FEBRUARY)
    market.sell(refund(10000, "O", at=FEBRUARY), now=FEBRUARY)
    market.close(FEBRUARY, now=MARCH)
    assert [market.statement(month).closing_minor for month in (1, 2)] == [2000, 0]


def test_e7_e15_a_refund_is_worked_out_with_the_rate_of_its_order():
    host, north = host_organization(), partner_organization(name="North")
    alliance = alliance_of(host)
    join(alliance, north, code="north")

    def signed(rate, begin, end):
        clause = {
            "id": "sales",
            "pays": {"kind": "commission", "party": str(north.id), "payer": str(host.id), "rate": rate},
        }
        agreement_on(alliance, [host, north], {"clauses": [clause]}, effective_from=begin, effective_to=end)

    signed("10%", LONG_AGO, date(2026, 2, 1))
    signed("15%", date(2026, 2, 1), None)
    orders = [sale(10000, "A"), sale(10000, "B", at=FEBRUARY), refund(10000, "A", "R", at=FEBRUARY)]
    ids = recorded(alliance, orders, now=FEBRUARY)
    with organization_scope(host.id):
        accrue_conversions(actor=host.system, conversion_ids=ids, now=FEBRUARY)
        rows = Accrual.objects.filter(conversion_id__in=ids, shares__organization_id=north.id)
        found = dict(rows.values_list("conversion_id", "shares__share_minor"))
    assert [found[id_] for id_ in ids] == [1000, 1500, -1000]


def test_e9_a_refund_delivered_twice_counts_once():
    market = Market([PERCENT])
    _, back = market.sell(sale(10000, "O"), refund(2500, "O", "R"))
    recorded(market.alliance, [refund(2500, "O", "R")], now=JANUARY)
    with organization_scope(market.host.id):
        accrue_conversions(actor=market.host.system, conversion_ids=[back, back], now=JANUARY)
    assert market.owed() == 1500


def test_e16_as_much_earned_as_taken_back_leaves_both_lines():
    market = Market([PERCENT])
    market.sell(sale(2500, "O"), refund(2500, "O"))
    market.close(JANUARY, now=FEBRUARY)
    assert (market.statement(1).line_count, market.statement(1).closing_minor) == (2, 0)


def test_s54_half_months_and_quarters_end_where_the_calendar_says():
    for schedule, ends in (("half_monthly", date(2026, 1, 16)), ("quarterly", date(2026, 4, 1))):
        market = Market([SHARED], periods={"schedule": schedule})
        market.sell(sale(10000, at=datetime(2026, 1, 5, tzinfo=UTC)))
        with organization_scope(market.host.id):
            assert Period.objects.get(agreement_id=market.agreement.id).ends_on == ends
