"""Terms as people write them in JSON, with short names for the parties."""

from typing import Any
from uuid import UUID

from partners.domain.terms import Terms

HOST, NORTH, SOUTH, EAST = (UUID(int=number) for number in range(1, 5))
Json = dict[str, Any]


def split(*shares: tuple[UUID, str]) -> Json:
    return {"kind": "split", "shares": [{"party": str(party), "share": share} for party, share in shares]}


def commission(rate: str, *, party: UUID = NORTH, payer: UUID = HOST, **more: object) -> Json:
    return {"kind": "commission", "party": str(party), "payer": str(payer), "rate": rate, **more}


def flat(amount: str, *, per: str = "unit", party: UUID = NORTH, payer: UUID = HOST) -> Json:
    return {"kind": "flat", "party": str(party), "payer": str(payer), "amount": amount, "per": per}


def tiered(*tiers: Json, party: UUID = NORTH, payer: UUID = HOST, **more: object) -> Json:
    return {"kind": "tiered", "party": str(party), "payer": str(payer), "tiers": list(tiers), **more}


def to(party: UUID, purpose: str = "share") -> Json:
    return {"party": str(party), "purpose": purpose}


def clause(pays: Json, **more: object) -> Json:
    return {"id": "sales", "pays": pays, **more}


def when(*conditions: Json) -> list[Json]:
    return [{"all_of": list(conditions)}]


def condition(field: str, value: object, is_: str = "in") -> Json:
    return {"field": field, "is": is_, "value": [value] if is_ in {"in", "not_in", "contains"} else value}


def written(*clauses: Json, parties: tuple[UUID, ...] = (HOST, NORTH), **more: object) -> Json:
    named = [str(party) for party in parties]
    return {
        "schema": 2,
        "currency": "EUR",
        "time_zone": "UTC",
        "parties": named,
        "clauses": list(clauses) or [clause(split((parties[0], "3/5"), (parties[1], "2/5")))],
        **more,
    }


def terms_of(*clauses: Json, **more: Any) -> Terms:
    return Terms.from_json(written(*clauses, **more))
