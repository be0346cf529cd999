"""Months under every kind of terms, each closed and sealed: what the verifier is held against."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.contract.settlements.proof.evidence import seal
from tests.domain.partners.terms import written
from tests.domain.partners.terms.written import EAST, HOST, NORTH, SOUTH
from tests.orders import OrderOf


@dataclass(frozen=True)
class World:
    """Terms and the orders of a month; `follows` where terms open periods by themselves."""

    clauses: list[Any]
    orders: list[OrderOf]
    partners: tuple[str, ...] = ()
    terms: dict[str, Any] = field(default_factory=dict)
    follows: bool = False


def sale(amount, reference, day=10, **more):
    return OrderOf(amount, reference=reference, occurred_at=datetime(2026, 1, day, 12, tzinfo=UTC), **more)


def refund(amount, of, day=20, kind="refund", **more):
    return OrderOf(
        -amount, kind=kind, refund_of=of, partner_code="", occurred_at=datetime(2026, 1, day, 12, tzinfo=UTC), **more
    )


def sales(*amounts, **more):
    return [sale(amount, f"W-{place}", **more) for place, amount in enumerate(amounts)]


def cap(**more):
    return {"id": "month", "party": str(NORTH), "amount": "500.00", "window": "month", **more}


def bonus(pays, **more):
    return written.clause(pays, id="bonus", is_bonus=True, **more)


THIRDS = written.split((HOST, "1/3"), (NORTH, "1/3"), (SOUTH, "1/3"))
SIXTY = written.split((HOST, "60%"), (NORTH, "40%"))
STEPS = ({"up_to": "1000.00", "rate": "30%"}, {"rate": "40%"})
DEEP = {
    "kind": "waterfall",
    "steps": [
        {
            "take": {"share": "15%", "of": "base"},
            "steps": [
                {"take": {"share": "20%"}, "to": written.to(HOST, "tax")},
                {
                    "steps": [
                        {"take": {"share": "5%", "at_most": "10.00"}, "to": written.to(HOST, "cashback")},
                        {"take": {"amount": "1.25"}, "to": written.to(SOUTH)},
                        {"to": written.to(HOST)},
                    ]
                },
            ],
        },
        {"to": written.to(NORTH)},
    ],
}

WORLDS = {
    "a plain split": World(
        [written.clause(SIXTY)], [*sales(999, 10000, 1, 0), *(refund(333, "W-0", n) for n in (11, 12, 13))]
    ),
    **{
        f"a third each, {policy}": World(
            [written.clause(THIRDS)],
            [*sales(1, 2, 100, 1001, 77), refund(40, "W-2"), refund(1001, "W-3")],
            ("South",),
            {"rounding": {"remainder": policy}},
        )
        for policy in ("first_in_order", "platform_keeps", "partner_favoured", "quota_method", "suspense")
    },
    "a percentage": World(
        [written.clause(written.commission("12.5%", minimum="0.50", maximum="20.00"))],
        [
            *sales(2, 999, 100000, 5000),
            refund(499, "W-1"),
            refund(500, "W-1"),
            refund(2500, "W-3", kind="chargeback"),
            OrderOf(
                2500,
                kind="chargeback_won",
                refund_of="W-3",
                partner_code="",
                occurred_at=datetime(2026, 1, 22, tzinfo=UTC),
            ),
        ],
        (),
        {"rounding": {"earner": "down"}},
    ),
    "an amount for each unit, finer than a cent": World(
        [written.clause(written.flat("0.0125"))], [*sales(*[100] * 9), refund(60, "W-1"), refund(40, "W-1")]
    ),
    "an amount for each sale": World(
        [written.clause(written.flat("2.50", per="conversion"))], [*sales(1000, 200), refund(500, "W-0")]
    ),
    "graduated tiers": World(
        [written.clause(written.tiered(*STEPS))],
        [*sales(50000, 50000, 50000), refund(30000, "W-2"), refund(20000, "W-2"), sale(1, "W-9", 25)],
    ),
    "tiers by volume": World(
        [written.clause(written.tiered(*STEPS, mode="volume"))], [*sales(80000, 50000), refund(10000, "W-0")]
    ),
    "tiers by units of a year": World(
        [
            written.clause(
                written.tiered({"up_to": "2", "amount": "1"}, {"amount": "2.5"}, measure="quantity", window="year")
            )
        ],
        sales(1000, 1000, 1000, 1000),
    ),
    "a cap": World(
        [written.clause(SIXTY)], [*sales(40000, 100000, 40000), refund(40000, "W-0")], (), {"caps": [cap()]}
    ),
    "caps of one sale and of all, the excess waiting": World(
        [written.clause(written.commission("50%"))],
        [*sales(40000, 90000, 3000), refund(45000, "W-1")],
        (),
        {
            "caps": [
                cap(id="each", amount="200", window="conversion"),
                cap(id="ever", window="all", excess="waits_for_approval"),
            ]
        },
    ),
    "a cap for each person": World(
        [written.clause(written.commission("100%"))],
        [
            sale(700, "W-0", customer="a"),
            sale(600, "W-1", customer="a"),
            sale(600, "W-2", customer="b"),
            refund(100, "W-1"),
        ],
        (),
        {"caps": [cap(amount="10.00", per="person")]},
    ),
    "a waterfall, deductions, the gateway's costs": World(
        [
            written.clause(
                DEEP,
                deductions=[
                    {"kind": "payment_fee"},
                    {"kind": "tax"},
                    {"kind": "platform_fee", "rate": "3%", "of": "rest", "kept_by": str(NORTH)},
                    {"kind": "shipping", "amount": "0.75"},
                ],
            )
        ],
        [
            sale(10000, "W-0", reported=(("tax", 600), ("payment_fee", 300))),
            sale(333, "W-1"),
            sale(60, "W-2"),
            refund(5000, "W-0"),
        ],
        ("South",),
    ),
    "a waterfall among four": World(
        [
            written.clause(
                {
                    "kind": "waterfall",
                    "steps": [
                        {"take": {"of": "base", "share": "10%"}, "to": written.to(EAST)},
                        {"take": {"share": "60%"}, "to": written.to(NORTH)},
                        {"to": written.to(SOUTH)},
                    ],
                }
            )
        ],
        [*sales(10000, 7, 9999), refund(9999, "W-2")],
        ("South", "East"),
    ),
    "items, countries, new persons, first sales, days": World(
        [
            written.clause(written.commission("30%"), id="item", when=written.when(written.condition("item", "A"))),
            written.clause(
                written.commission("25%"),
                id="new",
                when=written.when(written.condition("person", "new"), written.condition("country", "DE")),
            ),
            written.clause(
                written.commission("22%"),
                id="late",
                when=written.when(
                    written.condition("date", "2026-01-20", "from"), written.condition("amount", "5.00", "more_than")
                ),
            ),
            written.clause(
                written.commission("20%"),
                id="start",
                recurring={"kind": "first_only"},
                when=written.when(written.condition("country", "FR", "not_in")),
            ),
            written.clause(written.commission("10%"), id="rest"),
            bonus(written.flat("1.00", per="conversion"), when=written.when(written.condition("person", "new"))),
        ],
        [
            sale(1500, "W-0", items=(("A", 1000), ("B", 500)), customer="ann", country="DE"),
            sale(2000, "W-1", customer="ann", country="DE", day=12),
            sale(900, "W-2", 21),
            sale(300, "W-3", 22, country="FR"),
            sale(800, "W-4", country="AT", customer="bob"),
            refund(750, "W-0"),
        ],
    ),
    "what no clause pays for": World(
        [written.clause(written.commission("20%"), when=written.when(written.condition("country", "DE")))],
        [sale(1000, "W-0", country="FR"), sale(1000, "W-1", country="DE"), refund(500, "W-0")],
    ),
    "the earner's own choice": World(
        [
            written.clause(written.commission("10%"), id="a"),
            written.clause(written.flat("3.00", per="conversion"), id="b"),
        ],
        sales(1000, 5000),
        (),
        {"precedence": "highest_earning"},
    ),
    "a running total": World(
        [written.clause(SIXTY)],
        [*sales(*[1] * 7), refund(1, "W-3")],
        (),
        {"rounding": {"accumulation": "running_total"}},
    ),
    "refunds that one bears, or the host after some days": World(
        [written.clause(SIXTY)],
        [*sales(1000, 3000), refund(500, "W-0", 12), refund(500, "W-0", 28)],
        (),
        {"refunds": {"bearer": "party", "party": str(NORTH), "for_days": 5}},
    ),
    "a fee, an advance and a guarantee": World(
        [
            written.clause(SIXTY),
            written.clause(written.flat("50.00", per="period"), id="fee", name="Shelf rent", earns_on="flat_fee"),
        ],
        sales(10000, 2500),
        (),
        {"guarantees": [{"party": str(NORTH), "amount": "300", "borne_by": str(HOST)}]},
        follows=True,
    ),
    "a reserve": World([written.clause(SIXTY)], sales(10000, 2501), (), {"reserve": {"share": "10%", "days": 90}}),
}


def closed(world):
    """The world's market with its January closed, and everything sealed."""
    more = {"effective_from": date(2026, 1, 1)} if world.follows else {}
    market = Market(world.clauses, more_partners=world.partners, **more, **world.terms)
    if world.follows:
        market.follow_terms(JANUARY)
    for order in world.orders:
        market.sell(order)
        if order.reference == "W-0":
            seal(market)
    market.close(JANUARY, now=FEBRUARY)
    seal(market)
    return market
