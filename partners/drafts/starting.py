"""Terms to start from: what most agreements look like, to be changed where one differs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.domain.proposal import AgreementFrame
from partners.domain.terms import SCHEMA

Json = dict[str, object]
Clauses = Callable[[str, Sequence[str]], list[Json]]


@dataclass(frozen=True, slots=True)
class Start:
    """One way to start. `clauses` makes them for the first party, which pays, and the others."""

    title: str | Promise
    text: str | Promise
    clauses: Clauses


def starting_terms(key: str, *, frame: AgreementFrame, parties: Sequence[UUID]) -> Json:
    """The JSON of terms to start from, between `parties` of which the first one is the payer."""
    first, *others = [str(party) for party in parties]
    return {
        "schema": SCHEMA,
        "currency": frame.currency,
        "time_zone": frame.time_zone,
        "parties": [first, *others],
        "clauses": STARTS[key].clauses(first, others),
    }


def _split(payer: str, others: Sequence[str]) -> list[Json]:
    parties = [payer, *others]
    shares: list[Json] = [{"party": party, "share": f"1/{len(parties)}"} for party in parties]
    return [{"id": "sales", "pays": {"kind": "split", "shares": shares}}]


def _commission(payer: str, others: Sequence[str]) -> list[Json]:
    only_courses: list[Json] = [{"all_of": [{"field": "item_kind", "is": "in", "value": ["course"]}]}]
    return [
        {
            "id": _numbered("courses", place, others),
            "when": _through(party, others, only_courses),
            "deductions": [{"kind": "tax"}],
            "pays": {"kind": "commission", "party": party, "payer": payer, "rate": "20%"},
        }
        for place, party in enumerate(others)
    ]


def _tiers(payer: str, others: Sequence[str]) -> list[Json]:
    tiers: list[Json] = [{"up_to": "10000", "rate": "10%"}, {"up_to": "50000", "rate": "15%"}, {"rate": "20%"}]
    return [
        {
            "id": _numbered("sales", place, others),
            "when": _through(party, others, []),
            "deductions": [{"kind": "tax"}],
            "pays": {"kind": "tiered", "party": party, "payer": payer, "window": "month", "tiers": tiers},
        }
        for place, party in enumerate(others)
    ]


def _waterfall(payer: str, others: Sequence[str]) -> list[Json]:
    fee: Json = {"take": {"share": "10%", "of": "base"}, "to": {"party": payer, "purpose": "platform"}}
    shares: list[Json] = [
        {"take": {"share": f"1/{len(others) + 1}", "of": "base"}, "to": {"party": party}} for party in others
    ]
    steps = [fee, {"steps": [*shares, {"to": {"party": payer}}]}]
    return [
        {
            "id": "sales",
            "deductions": [{"kind": "payment_fee"}, {"kind": "tax"}],
            "pays": {"kind": "waterfall", "steps": steps},
        }
    ]


def _clicks(payer: str, others: Sequence[str]) -> list[Json]:
    found: list[Json] = []
    for place, party in enumerate(others):
        for earns_on, amount in (("click", "0.1"), ("lead", "5")):
            pays: Json = {"kind": "flat", "party": party, "payer": payer, "amount": amount, "per": "conversion"}
            found.append(
                {
                    "id": _numbered(f"{earns_on}s", place, others),
                    "earns_on": earns_on,
                    "when": _through(party, others, []),
                    "pays": pays,
                }
            )
    return found


def _numbered(name: str, place: int, others: Sequence[str]) -> str:
    return name if len(others) == 1 else f"{name}-{place + 1}"


def _through(party: str, others: Sequence[str], groups: list[Json]) -> list[Json]:
    """The conditions, and where several partners earn by clauses of their own, that it is this one's conversion."""
    if len(others) == 1:
        return groups
    own: Json = {"field": "partner", "is": "in", "value": [party]}
    conditions = groups[0]["all_of"] if groups else []
    return [{"all_of": [own, *(conditions if isinstance(conditions, list) else [])]}]


STARTS: Final[Mapping[str, Start]] = MappingProxyType(
    {
        "split": Start(_("Plain split"), _("Every sale is shared by fixed ratios."), _split),
        "commission": Start(
            _("Commission on courses"),
            _("Each partner earns a percentage of the courses it sells, after tax."),
            _commission,
        ),
        "tiers": Start(
            _("Tiered commission"), _("The more a partner sells in a month, the higher its percentage."), _tiers
        ),
        "waterfall": Start(
            _("Waterfall with fees"),
            _("Payment fee and tax come off, then a platform fee; the rest is shared."),
            _waterfall,
        ),
        "clicks": Start(_("Clicks and leads"), _("A fixed amount for each click and each lead."), _clicks),
    }
)
