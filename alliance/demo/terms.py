"""What the demo's agreements say: who shares what, and one matter of its own for each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Final
from uuid import UUID

from alliance.demo.orders import CURRENCY, TIME_ZONE
from partners.domain.proposal import Proposal

FITNESS_COURSES: Final = "Fitness courses 健身课程"
CAR_FINANCE: Final = "Car finance courses 车贷课程"
HOME_COURSES: Final = "Home courses with property 家居与物业课程"
FOREIGN_CURRENCY: Final = "EUR"  # in which the home partner is paid

Parties = Sequence[tuple[UUID, str]]
Terms = dict[str, object]


def proposal_of(name: str, parties: Parties, first_day: date) -> Proposal:
    """The proposal of an agreement of this name between these parties, the host first, with their shares as written."""
    more = _MORE.get(name)
    if more is None:
        return Proposal(shares=tuple(parties), effective_on=first_day)
    split = [{"party": str(id_), "share": share if "/" in share else f"{share}%"} for id_, share in parties]
    whole: Terms = {
        "schema": 2,
        "currency": CURRENCY,
        "time_zone": TIME_ZONE,
        "parties": [str(id_) for id_, _ in parties],
        "clauses": [{"id": "sales", "pays": {"kind": "split", "shares": split}}],
    }
    (host, _), (partner, _), *_rest = parties
    return Proposal.of_whole(more(whole, str(host), str(partner)), first_day)


def _self_billing(whole: Terms, host: str, partner: str) -> Terms:  # noqa: ARG001  all are asked alike
    """Value-added tax is added, and the host writes the partner's invoices."""
    rule = {"party": partner, "treatment": "standard", "rate": "6%", "invoice": "self_billing"}
    return {**whole, "value_added_tax": [rule]}


def _foreign_currency(whole: Terms, host: str, partner: str) -> Terms:  # noqa: ARG001  all are asked alike
    """The partner is paid in another currency: each close exchanges what is available."""
    return {**whole, "payouts": [{"party": partner, "currency": FOREIGN_CURRENCY}]}


def _showroom(whole: Terms, host: str, partner: str) -> Terms:
    """A fixed amount each month, a guaranteed minimum and a reserve."""
    rent = {"kind": "flat", "party": partner, "payer": host, "amount": "300.00", "per": "period"}
    clauses = whole["clauses"]
    assert isinstance(clauses, list)
    return {
        **whole,
        "clauses": [*clauses, {"id": "showroom", "name": "Showroom 展厅", "earns_on": "flat_fee", "pays": rent}],
        "guarantees": [{"party": partner, "amount": "2500.00", "borne_by": host}],
        "reserve": {"share": "5%", "days": 45},
    }


_MORE: Final[Mapping[str, Callable[[Terms, str, str], Terms]]] = MappingProxyType(
    {FITNESS_COURSES: _self_billing, CAR_FINANCE: _showroom, HOME_COURSES: _foreign_currency}
)
