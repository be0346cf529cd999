"""What a conversion earns whom: split, booked, explained, once."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from alliance.kernel.tenancy import organization_scope
from partners.domain.terms import RemainderPolicy
from settlements.ledger.models import Entry, Journal
from settlements.models import Accrual, AccrualShare, Period
from settlements.services.accrue_conversions import Accrued, accrue_conversions
from tests.cast import alliance_of, full_cast, host_organization, join, partner_organization, signed_agreement
from tests.orders import OrderOf, recorded
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 1, 20, 8, 0, tzinfo=UTC)


@pytest.fixture
def cast(db):
    return full_cast()


def accrue(alliance, conversion_ids, now=NOW):
    with organization_scope(alliance.host.id):
        return accrue_conversions(actor=alliance.host.system, conversion_ids=conversion_ids, now=now)


def legs(alliance):
    """Every leg in the book: (organization, account kind, amount)."""
    with organization_scope(alliance.host.id):
        rows = Entry.objects.order_by("journal_id", "line").values_list(
            "account__organization_id", "account__kind", "amount_minor"
        )
        return list(rows)


def shares(alliance, conversion_id):
    with organization_scope(alliance.host.id):
        rows = AccrualShare.objects.filter(accrual__conversion_id=conversion_id).values_list(
            "organization_id", "share_minor"
        )
        return dict(rows)


def test_a_sale_is_split_and_booked(cast):
    [sale] = recorded(cast.alliance, [OrderOf(10000)], now=NOW)
    assert accrue(cast.alliance, [sale]) == Accrued(accrued=1)
    assert legs(cast.alliance) == [
        (cast.host.id, "clearing", 10000),
        (cast.host.id, "revenue", -6000),
        (cast.north.id, "pending", -4000),
    ]
    assert shares(cast.alliance, sale) == {cast.host.id: 6000, cast.north.id: 4000}


def test_delivering_the_outbox_accrues(cast):
    [sale] = recorded(cast.alliance, [OrderOf(10000)], now=NOW)
    deliver_all()
    assert shares(cast.alliance, sale) == {cast.host.id: 6000, cast.north.id: 4000}


def test_a_refund_mirrors_its_sale(cast):
    sale, refund = recorded(cast.alliance, [OrderOf(999), OrderOf(-999, kind="refund")], now=NOW)
    accrue(cast.alliance, [sale, refund])
    assert shares(cast.alliance, sale) == {cast.host.id: 599, cast.north.id: 400}
    assert shares(cast.alliance, refund) == {cast.host.id: -599, cast.north.id: -400}
    totals = {}
    for organization_id, kind, amount in legs(cast.alliance):
        totals[organization_id, kind] = totals.get((organization_id, kind), 0) + amount
    assert set(totals.values()) == {0}


def test_one_cent_makes_exactly_two_legs(cast):
    [sale] = recorded(cast.alliance, [OrderOf(1)], now=NOW)
    accrue(cast.alliance, [sale])
    assert legs(cast.alliance) == [(cast.host.id, "clearing", 1), (cast.host.id, "revenue", -1)]
    assert shares(cast.alliance, sale) == {cast.host.id: 1, cast.north.id: 0}


def test_an_order_of_zero_accrues_and_posts_nothing(cast):
    [sale] = recorded(cast.alliance, [OrderOf(0)], now=NOW)
    assert accrue(cast.alliance, [sale]) == Accrued(accrued=1)
    assert legs(cast.alliance) == []
    assert shares(cast.alliance, sale) == {cast.host.id: 0, cast.north.id: 0}


@pytest.mark.parametrize(
    ("policy", "host_part", "partner_part"),
    [
        (RemainderPolicy.LARGEST_REMAINDER, 599, 400),
        (RemainderPolicy.FIRST_IN_ORDER, 600, 399),
        (RemainderPolicy.PLATFORM_KEEPS, 600, 399),
        (RemainderPolicy.PARTNER_FAVOURED, 599, 400),
        (RemainderPolicy.QUOTA_METHOD, 600, 399),
        (RemainderPolicy.SUSPENSE, 599, 399),
    ],
)
def test_i6_the_agreements_policy_places_the_remainder(db, policy, host_part, partner_part):
    alliance, host, partner = _pair(policy=policy)
    [sale] = recorded(alliance, [OrderOf(999, partner_code="p")], now=NOW)
    accrue(alliance, [sale])
    assert shares(alliance, sale) == {host.id: host_part, partner.id: partner_part}
    assert sum(amount for _, _, amount in legs(alliance)) == 0
    unassigned = sum(-amount for _, kind, amount in legs(alliance) if kind == "suspense")
    assert unassigned == 999 - host_part - partner_part


def _pair(*, policy=RemainderPolicy.LARGEST_REMAINDER, shares_=("3/5", "2/5"), **terms):
    host, partner = host_organization(), partner_organization()
    alliance = alliance_of(host)
    join(alliance, partner, code="p")
    signed_agreement(
        alliance,
        [(host, Fraction(shares_[0])), (partner, Fraction(shares_[1]))],
        remainder=policy,
        **terms,
    )
    return alliance, host, partner


def test_three_parties_and_one_without_a_share(db):
    host, first, second = host_organization(), partner_organization(), partner_organization()
    alliance = alliance_of(host)
    join(alliance, first, code="first")
    join(alliance, second, code="second")
    signed_agreement(alliance, [(host, Fraction(0)), (first, Fraction(1, 2)), (second, Fraction(1, 2))])
    [sale] = recorded(alliance, [OrderOf(1003, partner_code="first")], now=NOW)
    accrue(alliance, [sale])
    assert shares(alliance, sale) == {host.id: 0, first.id: 502, second.id: 501}


@pytest.mark.parametrize(
    ("currency", "shares_", "amount", "parts"),
    [("JPY", ("3/5", "2/5"), 101, (61, 40)), ("KWD", ("333/1000", "667/1000"), 12345, (4111, 8234))],
)
def test_currencies_without_and_with_three_decimals(db, currency, shares_, amount, parts):
    alliance, host, partner = _pair(shares_=shares_, currency=currency)
    [sale] = recorded(alliance, [OrderOf(amount, partner_code="p", currency=currency)], now=NOW)
    accrue(alliance, [sale])
    assert shares(alliance, sale) == {host.id: parts[0], partner.id: parts[1]}


def test_the_explanation_tells_every_step(cast):
    [sale] = recorded(cast.alliance, [OrderOf(999)], now=NOW)
    accrue(cast.alliance, [sale])
    with organization_scope(cast.north.id):
        explanation = Accrual.objects.get(conversion_id=sale).explanation
    assert explanation["terms"]["version_id"] == str(cast.agreement.version_id)
    assert explanation["terms"]["number"] == 1
    [clause] = explanation["evaluation"]["because"]
    assert (clause["clause"], clause["base_minor"]) == ("sales", 999)
    [split] = clause["because"]
    assert split["because"] == [
        {
            "step": "share",
            "party": str(cast.host.id),
            "purpose": "share",
            "share": "3/5",
            "exact": "2997/5",
            "amount_minor": 599,
            "extra_minor": 0,
        },
        {
            "step": "share",
            "party": str(cast.north.id),
            "purpose": "share",
            "share": "2/5",
            "exact": "1998/5",
            "amount_minor": 400,
            "extra_minor": 1,
        },
        {"step": "remainder", "policy": "largest_remainder", "units_minor": 1},
    ]


def test_accruing_again_changes_nothing(cast):
    ids = recorded(cast.alliance, [OrderOf(100 * n) for n in range(1, 6)], now=NOW)
    assert accrue(cast.alliance, ids) == Accrued(accrued=5)
    before = legs(cast.alliance)
    assert accrue(cast.alliance, list(reversed(ids))) == Accrued()
    deliver_all()
    assert legs(cast.alliance) == before
    with organization_scope(cast.host.id):
        assert Journal.objects.count() == Accrual.objects.count() == 5


def test_who_sees_what(cast):
    [sale] = recorded(cast.alliance, [OrderOf(10000)], now=NOW)
    accrue(cast.alliance, [sale])
    for party, seen in ((cast.host, 2), (cast.north, 1), (cast.south, 0), (cast.stranger, 0)):
        with organization_scope(party.id):
            assert Accrual.objects.count() == min(seen, 1)
            assert AccrualShare.objects.count() == seen
            assert Period.objects.count() == min(seen, 1)


def test_a_partner_accrues_nothing(cast):
    [sale] = recorded(cast.alliance, [OrderOf(10000)], now=NOW)
    with organization_scope(cast.north.id):
        assert accrue_conversions(actor=cast.north.system, conversion_ids=[sale], now=NOW) == Accrued()


def test_the_month_is_the_agreements_not_the_servers(db):
    late_evening = datetime(2026, 12, 1, 4, 30, tzinfo=UTC)  # 23:30 of 30 November in New York
    for zone, month in (("America/New_York", "2026-11"), ("Europe/Berlin", "2026-12")):
        alliance, host, _ = _pair(time_zone=zone)
        [sale] = recorded(alliance, [OrderOf(100, partner_code="p", occurred_at=late_evening)], now=late_evening)
        accrue(alliance, [sale], now=late_evening)
        with organization_scope(host.id):
            assert Accrual.objects.get(conversion_id=sale).period.month == month
            assert [p.month for p in Period.objects.all()] == [month]


def test_the_number_of_queries_does_not_grow_with_the_batch(cast, django_assert_max_num_queries):
    recorded_ids = recorded(cast.alliance, [OrderOf(100 + n) for n in range(200)], now=NOW)
    accrue(cast.alliance, recorded_ids[:10])
    with organization_scope(cast.host.id), django_assert_max_num_queries(14):
        accrue_conversions(actor=cast.host.system, conversion_ids=recorded_ids[10:], now=NOW)
