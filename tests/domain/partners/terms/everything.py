"""Terms that say everything that terms can say, as JSON."""

import json
from typing import Any
from uuid import UUID

from partners.domain.terms import Terms
from tests.domain.partners.terms.written import (
    HOST,
    NORTH,
    SOUTH,
    clause,
    commission,
    condition,
    flat,
    split,
    tiered,
    to,
    when,
    written,
)

EVERYTHING = written(
    clause(
        commission("12.5%", minimum="0.5", maximum="200"),
        id="north-courses",
        name="Courses north sells",
        when=[
            *when(condition("partner", str(NORTH)), condition("item_kind", "course")),
            *when(condition("amount", "150.00", "more_than"), condition("date", "2026-05-01", "from")),
        ],
        deductions=[{"kind": "payment_fee"}, {"kind": "tax"}, {"kind": "platform_fee", "rate": "3%", "of": "rest"}],
        recurring={"kind": "months", "months": 12, "persons": "any"},
    ),
    clause(
        {
            "kind": "waterfall",
            "steps": [
                {
                    "take": {"of": "base", "share": "15%"},
                    "steps": [
                        {"take": {"share": "20%"}, "to": to(HOST, "tax")},
                        {
                            "steps": [
                                {"take": {"share": "5%", "at_most": "10"}, "to": to(HOST, "cashback")},
                                {"to": to(HOST)},
                            ]
                        },
                    ],
                },
                {"to": to(SOUTH)},
            ],
        },
        id="bundles",
        when=when(condition("tag", "bundle")),
    ),
    clause(split((HOST, "1/3"), (NORTH, "1/3"), (SOUTH, "1/3")), id="rest"),
    clause(flat("0.0125", per="conversion"), id="clicks", earns_on="click"),
    clause(tiered({"up_to": "10", "amount": "1"}, {"amount": "2"}, measure="quantity"), id="leads", earns_on="lead"),
    clause(flat("500", per="period"), id="retainer", earns_on="flat_fee"),
    clause(flat("5", per="conversion"), id="welcome", is_bonus=True, when=when(condition("person", "new"))),
    clause(
        split((HOST, "1/2"), (NORTH, "1/2")),
        id="pool",
        earns_on="pooled_revenue",
        pool=[{"party": str(HOST), "weight": "60%"}, {"party": str(NORTH), "weight": "40%"}],
    ),
    parties=(HOST, NORTH, SOUTH),
    precedence="highest_earning",
    rounding={"remainder": "quota_method", "earner": "down", "accumulation": "per_conversion"},
    caps=[
        {
            "id": "month",
            "party": str(NORTH),
            "amount": "1000",
            "window": "month",
            "per": "person",
            "clauses": ["clicks"],
            "excess": "waits_for_approval",
        }
    ],
    guarantees=[{"party": str(NORTH), "amount": "1000", "borne_by": str(HOST)}],
    advances=[
        {
            "id": "launch",
            "party": str(SOUTH),
            "amount": "200000",
            "paid_by": str(HOST),
            "recoups": "1/2",
            "pool": "films",
        }
    ],
    hold={"days": 30},
    reserve={"share": "10%", "days": 90},
    refunds={"bearer": "party", "party": str(HOST), "for_days": 60, "chargeback_fee": str(NORTH)},
    attribution={
        "model": "position",
        "first_share": "40%",
        "last_share": "40%",
        "click_window_days": 30,
        "view_window_days": 1,
        "precedence": "link",
        "unrelated_coupon": "voids_link",
    },
    periods={"schedule": "weekly", "weekday": 1, "cut_off": "04:00"},
    acceptance={"days": 10},
    payouts=[
        {"threshold": "50", "compare": "exceeds", "day": 31},
        {"party": str(NORTH), "currency": "JPY", "whole_units": True, "holidays": "JP", "flush_months": 12},
    ],
    debts={"offset": "other_agreements"},
    withholding=[{"party": str(NORTH), "rate": "30%", "reduced_rate": "15%", "rounding": "down"}],
    value_added_tax=[
        {
            "party": str(SOUTH),
            "treatment": "standard",
            "rate": "20%",
            "invoice": "self_billing",
            "payout": "with_invoice",
        }
    ],
    data_sharing=[
        {
            "giver": str(HOST),
            "receiver": str(NORTH),
            "scope": ["aggregates"],
            "purposes": ["settlement"],
            "retention_days": 365,
        }
    ],
    exclusivity=[{"party": str(NORTH), "categories": ["fitness"], "countries": ["DE"]}],
    territory={"rule": "except", "countries": ["US"]},
)

_CHOICES = {
    "item": "C-7",
    "category": "sport",
    "tag": "winter",
    "country": "DE",
    "person": "returning",
    "coupon": "SPRING",
    "placement": "home",
}
_MORE = [
    clause(
        tiered({"up_to": "1000", "rate": "30%"}, {"up_to": "5000", "rate": "35%"}, {"rate": "40%"}, window="quarter"),
        id="tiers",
        when=when(*(condition(field, value, "not_in") for field, value in _CHOICES.items())),
        deductions=[
            {"kind": "payment_fee", "amount": "0.25", "kept_by": str(NORTH)},
            {"kind": "shipping", "rate": "2%", "of": "gross"},
        ],
        recurring={"kind": "first_only"},
    ),
    clause(
        {
            "kind": "waterfall",
            "steps": [
                {"take": {"amount": "3"}, "to": to(HOST, "fee")},
                {"take": {"of": "base", "share": "10%", "at_most": "20"}, "to": to(NORTH)},
                {"to": to(SOUTH)},
            ],
        },
        id="more-steps",
        when=[
            {"all_of": [condition("item", "kit", "contains"), condition("quantity", 3, "at_least")]},
            {"all_of": [condition("date", "2026-12-01", "before"), condition("item_kind", "lecture", "not_in")]},
        ],
    ),
    clause(commission("5%"), id="plain"),
    clause(flat("1"), id="units"),
    clause({"kind": "nothing", "payer": str(SOUTH)}, id="free"),
]
RICH = Terms.from_json({**EVERYTHING, "clauses": [*EVERYTHING["clauses"], *_MORE]})


def unfinished_terms(host: UUID, north: UUID, south: UUID) -> dict[str, Any]:
    """Everything that terms can say, between these parties, with a few things that are not right yet."""
    text = json.dumps(RICH.to_json())
    for known, party in ((HOST, host), (NORTH, north), (SOUTH, south)):
        text = text.replace(str(known), str(party))
    terms: dict[str, Any] = json.loads(text)
    terms["hold"] = {"days": "a month"}
    terms["clauses"][0]["pays"]["rate"] = "a tenth"
    terms["caps"][0]["amount"] = "10.001"
    return terms
