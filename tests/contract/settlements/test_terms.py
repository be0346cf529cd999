"""Whole terms settle: each kind of payment, what came before, refunds of one order, holds; all through the services."""

from datetime import UTC, datetime, timedelta

import pytest

from alliance.kernel.tenancy import organization_scope
from partners.catalogue.category_tree import CategoryTree
from settlements.models import Accrual, Tally
from settlements.services.accrue_conversions import Accrued, accrue_conversions
from tests.contract.settlements.market import Market
from tests.domain.partners.terms import written
from tests.items import item_of
from tests.orders import OrderOf, recorded
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db

JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 15, 12, 0, tzinfo=UTC)
MARCH = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)


def at(day, month=1, hour=12):
    return datetime(2026, month, day, hour, tzinfo=UTC)


def order(amount, reference="", **more):
    return OrderOf(amount, reference=reference, occurred_at=more.pop("occurred_at", JANUARY), **more)


def refund(amount, of, **more):
    return OrderOf(
        -amount, kind="refund", refund_of=of, partner_code="", occurred_at=more.pop("occurred_at", JANUARY), **more
    )


def test_a12_deductions_and_a_waterfall_among_four(db):
    steps = [
        {"take": {"of": "base", "share": "10%"}, "to": written.to(written.EAST)},
        {"take": {"share": "60%"}, "to": written.to(written.NORTH)},
        {"to": written.to(written.SOUTH)},
    ]
    joint = written.clause({"kind": "waterfall", "steps": steps}, deductions=[{"kind": "payment_fee"}, {"kind": "tax"}])
    market = Market([joint], more_partners=("South", "East"))
    [sale] = market.sell(order(10000, reported=(("tax", 600), ("payment_fee", 300))))
    assert [market.earned(sale, party=party)[0] for party in (market.others[1], market.north, market.others[0])] == [
        910,
        4914,
        3276,
    ]
    assert [market.balance(kind) for kind in ("clearing", "fees", "tax")] == [10000, -300, -600]
    with organization_scope(market.host.id):
        accrual = Accrual.objects.get(conversion_id=sale)
    assert (accrual.base_minor, accrual.deducted_minor, accrual.gross_minor) == (9100, 900, 10000)


def test_what_earns_nothing_has_no_line_for_the_partner(db):
    market = Market([written.clause(written.commission("20%"))])
    [tiny, sale] = market.sell(order(2), order(1000))
    assert market.earned(tiny, sale) == [None, 200]
    assert market.earned(tiny, sale, party=market.host) == [2, 800]


def test_items_earn_by_their_own_clause(db):
    course = written.clause(written.commission("30%"), id="course", when=written.when(written.condition("item", "A")))
    rest = written.clause(written.commission("10%"), id="rest")
    market = Market([course, rest])
    [sale] = market.sell(order(1500, items=(("A", 1000), ("B", 500))))
    assert market.earned(sale) == [350]
    [back] = market.sell(refund(1500, of=_reference(market, sale)))
    assert market.earned(back) == [-350]


def test_items_earn_by_what_the_catalogue_says_of_them(db):
    courses = written.clause(
        written.commission("30%"), id="courses", when=written.when(written.condition("item_kind", "course"))
    )
    fitness = written.clause(
        written.commission("20%"), id="fitness", when=written.when(written.condition("category", "fitness"))
    )
    tagged = written.clause(written.commission("15%"), id="new", when=written.when(written.condition("tag", "new")))
    rest = written.clause(written.commission("10%"), id="rest")
    market = Market([courses, fitness, tagged, rest], precedence="first_match")
    item_of(market.host, code="A", kind="course")
    item_of(market.host, code="B", kind="physical_good", category=below_fitness())
    item_of(market.host, code="C", kind="physical_good", tags=("new",))
    [sale] = market.sell(order(4000, items=(("A", 1000), ("B", 1000), ("C", 1000), ("unknown", 1000))))
    assert market.earned(sale) == [300 + 200 + 150 + 100]


def below_fitness():
    """The key of a category somewhere under fitness."""
    tree = CategoryTree.read()
    return next(node.key for node in tree if node.key.startswith("fitness."))


def _reference(market, conversion_id):
    with organization_scope(market.host.id):
        return Accrual.objects.get(conversion_id=conversion_id).reference


def test_three_refunds_end_at_zero(db):
    market = Market([written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))], hold={"days": 30})
    market.sell(order(999, "W-1"))
    refunds = [market.sell(refund(333, "W-1"))[0] for _ in range(3)]
    assert market.earned(*refunds) == [-133, -133, -134]
    assert market.earned(*refunds, party=market.host) == [-200, -200, -199]
    assert [market.balance("clearing"), market.balance("revenue"), market.balance("pending", market.north)] == [0, 0, 0]


def test_a_refund_keeps_the_terms_of_its_order(db):
    market = Market([written.clause(written.commission("10%"))])
    with organization_scope(market.host.id):
        version = market.agreement.version_id
    [first] = market.sell(order(5000, "W-1", occurred_at=at(10)))
    _amend(market, written.commission("15%"), from_day=at(20))
    [second] = market.sell(order(5000, "W-2", occurred_at=at(25)))
    [back] = market.sell(refund(5000, "W-1", occurred_at=at(26)))
    assert market.earned(first, second, back) == [500, 750, -500]
    with organization_scope(market.host.id):
        assert Accrual.objects.get(conversion_id=back).terms_version_id == version


def _amend(market, pays, *, from_day):
    from partners.domain.proposal import Proposal
    from partners.models import TermsVersion
    from partners.services.propose_version import propose_version
    from tests.cast import NOW, AgreementOf, accept

    with organization_scope(market.host.id):
        terms = TermsVersion.objects.get(pk=market.agreement.version_id).document["terms"]
        own = {str(written.HOST): str(market.host.id), str(written.NORTH): str(market.north.id)}
        real = {key: own.get(value, value) for key, value in pays.items()}
        whole = {**terms, "clauses": [{**terms["clauses"][0], "pays": real}]}
        proposed = propose_version(
            actor=market.host.system,
            agreement_id=market.agreement.id,
            proposal=Proposal.of_whole(whole, from_day.date()),
            now=NOW,
        )
    version = AgreementOf(
        market.agreement.id, proposed.version_id, proposed.document_sha256, market.alliance, market.agreement.parties
    )
    for party in version.parties:
        accept(version, party)


def test_tiers_count_the_month_and_refunds_count_down(db):
    steps = ({"up_to": "1000.00", "rate": "30%"}, {"rate": "40%"})
    market = Market([written.clause(written.tiered(*steps))])
    sales = [market.sell(order(50000, f"W-{n}"))[0] for n in range(3)]
    assert market.earned(*sales) == [15000, 15000, 20000]
    [next_month] = market.sell(order(50000, occurred_at=FEBRUARY), now=FEBRUARY)
    assert market.earned(next_month) == [15000]
    [part, rest] = [
        market.sell(refund(amount, "W-2", occurred_at=FEBRUARY), now=FEBRUARY)[0] for amount in (40000, 10000)
    ]
    assert market.earned(part, rest) == [-16000, -4000]
    with organization_scope(market.host.id):
        assert dict(Tally.objects.values_list("window", "amount_minor")) == {"2026-01": 100000, "2026-02": 50000}


def test_a_cap_gives_back_only_what_counted(db):
    cap = {"id": "month", "party": str(written.NORTH), "amount": "500.00", "window": "month"}
    market = Market([written.clause(written.split((written.HOST, "1/2"), (written.NORTH, "1/2")))], caps=[cap])
    sales = market.sell(*(order(40000, f"W-{n}") for n in range(3)))
    assert market.earned(*sales) == [20000, 20000, 10000]
    assert market.earned(*sales, party=market.host) == [20000, 20000, 30000]
    [back] = market.sell(refund(40000, "W-0"))
    assert market.earned(back) == [-10000]


def test_a_cap_for_each_person(db):
    cap = {"id": "m", "party": str(written.NORTH), "amount": "10.00", "window": "month", "per": "person"}
    market = Market([written.clause(written.commission("100%"))], caps=[cap])
    sales = market.sell(
        *(order(amount, f"W-{n}", customer=who) for n, (amount, who) in enumerate([(700, "a"), (600, "a"), (600, "b")]))
    )
    assert market.earned(*sales) == [700, 300, 600]


def test_new_and_returning_persons(db):
    new = written.clause(written.commission("30%"), id="new", when=written.when(written.condition("person", "new")))
    again = written.clause(
        written.commission("10%"), id="again", when=written.when(written.condition("person", "returning"))
    )
    market = Market([new, again])
    sales = market.sell(*(order(1000, customer="ann", occurred_at=at(day)) for day in (3, 9, 12)), order(1000))
    assert market.earned(*sales) == [300, 100, 100, None]


def test_fractions_of_a_cent_and_running_totals(db):
    running = {"accumulation": "running_total"}
    market = Market([written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))], rounding=running)
    sales = [market.sell(*(order(1) for _ in range(10))) for _ in range(10)]
    assert sum(sum(market.earned(*ids)) for ids in sales) == 40


def test_repeating_and_doubling_counts_once(db):
    cap = {"id": "month", "party": str(written.NORTH), "amount": "500.00", "window": "month"}
    market = Market([written.clause(written.commission("50%"))], caps=[cap])
    ids = market.sell(order(40000, "W-1"), order(40000, "W-2"))
    with organization_scope(market.host.id):
        again = accrue_conversions(actor=market.host.system, conversion_ids=[*ids, *ids], now=JANUARY)
        assert again == Accrued()
    deliver_all()
    with organization_scope(market.host.id):
        assert Tally.objects.get().amount_minor == 40000


def test_a_refund_whose_order_has_not_accrued_yet_brings_it_along(db):
    market = Market([written.clause(written.commission("20%"))])
    sale, back = recorded(market.alliance, [order(1000, "W-1"), refund(250, "W-1")], now=JANUARY)
    with organization_scope(market.host.id):
        done = accrue_conversions(actor=market.host.system, conversion_ids=[back], now=JANUARY)
    assert done == Accrued(accrued=2)
    assert market.earned(sale, back) == [200, -50]


def test_what_is_held_becomes_available_with_its_day(db):
    market = Market([written.clause(written.commission("40%"))], hold={"days": 30})
    last = datetime(2026, 1, 1, 23, 59, 59, tzinfo=UTC)
    market.sell(order(10000, occurred_at=last), order(5000, occurred_at=at(2)))
    market.sell(order(1000, occurred_at=FEBRUARY), now=FEBRUARY)
    market.close(JANUARY, now=FEBRUARY)
    assert market.balance("available", market.north) == -4000
    market.close(FEBRUARY, now=MARCH)
    assert market.balance("available", market.north) == -6000
    assert market.balance("pending", market.north) == -400


def test_a_refund_inside_the_hold_leaves_nothing(db):
    market = Market([written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))], hold={"days": 30})
    market.sell(order(10000, "W-1"))
    market.sell(refund(10000, "W-1", occurred_at=JANUARY + timedelta(days=3)))
    market.close(JANUARY, now=FEBRUARY)
    assert [market.balance(kind, market.north) for kind in ("pending", "available")] == [0, 0]


@pytest.mark.parametrize(
    ("rule", "north", "host"),
    [
        ({"bearer": "proportional"}, -400, -600),
        ({"bearer": "party", "party": str(written.HOST)}, None, -1000),
        ({"bearer": "party", "party": str(written.NORTH)}, -1000, None),
        ({"for_days": 2}, None, -1000),
        ({"for_days": 5}, -400, -600),
    ],
)
def test_who_bears_a_refund(db, rule, north, host):
    pays = written.split((written.HOST, "60%"), (written.NORTH, "40%"))
    market = Market([written.clause(pays)], refunds=rule)
    market.sell(order(1000, "W-1"))
    [back] = market.sell(refund(1000, "W-1", occurred_at=JANUARY + timedelta(days=3)))
    assert market.earned(back) + market.earned(back, party=market.host) == [north, host]


def test_a_lead_costs_the_host(db):
    from campaigns.models import ConversionKind
    from campaigns.services.record_conversion import ConversionGiven, record_conversion

    lead = written.clause(written.flat("12.50", per="conversion"), id="leads", earns_on="lead")
    market = Market([lead])
    given = ConversionGiven(
        kind=ConversionKind.LEAD, reference="L-1", occurred_at=JANUARY, currency="EUR", partner_code="north"
    )
    with organization_scope(market.host.id):
        found = record_conversion(
            actor=market.host.system, alliance_id=market.alliance.id, conversion=given, now=JANUARY
        )
        accrue_conversions(actor=market.host.system, conversion_ids=[found.conversion_id], now=JANUARY)
    assert market.earned(found.conversion_id) == [1250]
    assert [market.balance("revenue"), market.balance("pending", market.north)] == [1250, -1250]


def test_where_no_clause_applies_the_money_stays_with_the_host(db):
    abroad = written.clause(written.commission("20%"), when=written.when(written.condition("country", "DE")))
    market = Market([abroad])
    [home] = market.sell(order(1000, country="FR"))
    assert (market.earned(home), market.earned(home, party=market.host)) == ([None], [1000])
    assert market.balance("revenue") == -1000


def test_a_chargeback_that_is_won_ends_where_it_began(db):
    market = Market([written.clause(written.commission("40%"))])
    market.sell(order(10000, "W-1"))
    charge = OrderOf(-10000, kind="chargeback", refund_of="W-1", partner_code="", occurred_at=JANUARY)
    won = OrderOf(10000, kind="chargeback_won", refund_of="W-1", partner_code="", occurred_at=JANUARY)
    [lost], [back] = market.sell(charge), market.sell(won)
    assert market.earned(lost, back) == [-4000, 4000]
    assert market.balance("pending", market.north) == -4000
