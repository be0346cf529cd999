"""Random terms: one way of paying, perhaps with limits, drawn so that every draw is valid."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Final
from uuid import UUID

Json = dict[str, object]
CURRENCY: Final = "EUR"
ZONES: Final = ("UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York")
PERIODS: Final[tuple[Json, ...]] = (
    {"schedule": "monthly"},
    {"schedule": "monthly"},
    {"schedule": "half_monthly"},
    {"schedule": "weekly", "weekday": 1},
)


@dataclass(frozen=True, slots=True)
class DrawnTerms:
    """Terms as JSON, and what of them the checks know by themselves.

    `plain_shares`: the ratio of each party in the order of rank, where every conversion is split by itself; else empty.
    `cap_minor`: the most that the first partner ever gets; `None` without such a limit.
    """

    whole: Json
    plain_shares: tuple[Fraction, ...] = ()
    cap_minor: int | None = None


def draw_terms(chance: Random, parties: Sequence[UUID]) -> DrawnTerms:
    """Terms between `parties`, the host first."""
    kind = chance.choice(["split", "split", "commission", "flat", "graduated", "volume", "waterfall"])
    shares = _shares(chance, len(parties))
    cap = chance.choice([None, None, chance.randint(1, 300) * 100]) if kind == "commission" else None
    accumulation = chance.choice(["per_conversion", "per_conversion", "running_total"]) if kind == "split" else ""
    whole: Json = {
        "schema": 2,
        "currency": CURRENCY,
        "time_zone": chance.choice(ZONES),
        "parties": [str(party) for party in parties],
        "clauses": [{"id": "sales", "pays": _pays(chance, kind, parties, shares)}],
        "periods": dict(chance.choice(PERIODS)),
    }
    if accumulation:
        whole["rounding"] = {"accumulation": accumulation}
    if cap is not None:
        whole["caps"] = [{"id": "most", "party": str(parties[1]), "amount": _major(cap), "window": "all"}]
    _add_limits(chance, whole, parties)
    is_plain = kind == "split" and accumulation == "per_conversion"
    return DrawnTerms(whole, shares if is_plain else (), cap)


def _shares(chance: Random, count: int) -> tuple[Fraction, ...]:
    weights = [chance.choice([1, 1, 2, 3, 5, 60, 40]) for _ in range(count)]
    return tuple(Fraction(weight, sum(weights)) for weight in weights)


def _pays(chance: Random, kind: str, parties: Sequence[UUID], shares: Sequence[Fraction]) -> Json:
    host, partner = str(parties[0]), str(parties[1])
    earns = {"party": partner, "payer": host}
    if kind == "split":
        named = [{"party": str(p), "share": str(s)} for p, s in zip(parties, shares, strict=True)]
        return {"kind": "split", "shares": named}
    if kind == "commission":
        return {"kind": "commission", **earns, "rate": f"{chance.randint(1, 60)}%"}
    if kind == "flat":
        return {"kind": "flat", **earns, "amount": chance.choice(["0.0125", "0.5", "2"]), "per": "unit"}
    if kind == "waterfall":
        first = {"take": {"share": f"{chance.randint(1, 40)}%", "of": "base"}, "to": {"party": host, "purpose": "fee"}}
        return {"kind": "waterfall", "steps": [first, {"to": {"party": partner}}]}
    tiers = [{"up_to": f"{chance.randint(1, 30) * 100}", "rate": "10%"}, {"rate": f"{chance.randint(11, 40)}%"}]
    return {"kind": "tiered", **earns, "mode": kind, "window": "month", "tiers": tiers}


def _add_limits(chance: Random, whole: Json, parties: Sequence[UUID]) -> None:
    host, partner = str(parties[0]), str(parties[1])
    if chance.random() < 0.3:  # noqa: PLR2004  chances are written where they are taken
        whole["hold"] = {"days": chance.choice([7, 14, 30])}
    if chance.random() < 0.2:  # noqa: PLR2004
        whole["reserve"] = {"share": "10%", "days": chance.choice([30, 90])}
    if chance.random() < 0.2:  # noqa: PLR2004
        whole["guarantees"] = [{"party": partner, "amount": f"{chance.randint(1, 50)}", "borne_by": host}]
    if chance.random() < 0.2:  # noqa: PLR2004
        advance = {"id": "start", "party": partner, "amount": f"{chance.randint(10, 200)}", "paid_by": host}
        whole["advances"] = [advance]


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"
