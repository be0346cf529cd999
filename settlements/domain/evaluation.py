"""What a conversion earns whom: the split under its terms, with every step written down."""

from dataclasses import dataclass
from uuid import UUID

from alliance.kernel.money.allocation import Allocation, explain_allocation
from partners.domain.timeline import TermsInForce

_NOBODY = -1  # the host has no share: the policies that speak of the platform speak of nobody


@dataclass(frozen=True, slots=True)
class PartyPart:
    """One party's part, in minor units with the sign of the base."""

    organization_id: UUID
    part_minor: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A base split by terms. The parts and `unassigned_minor` sum to `base_minor`."""

    base_minor: int
    parts: tuple[PartyPart, ...]
    unassigned_minor: int
    explanation: dict[str, object]


def evaluate(version: TermsInForce, *, base_minor: int, host_id: UUID) -> Evaluation:
    """Split `base_minor` by the version's shares, in the order of rank. A negative base mirrors a positive one."""
    terms = version.terms
    party_ids = [party.organization_id for party in terms.shares]
    split = explain_allocation(
        base_minor,
        [party.share for party in terms.shares],
        policy=terms.remainder,
        platform=party_ids.index(host_id) if host_id in party_ids else _NOBODY,
    )
    return Evaluation(
        base_minor=base_minor,
        parts=tuple(PartyPart(*pair) for pair in zip(party_ids, split.parts, strict=True)),
        unassigned_minor=split.unassigned_minor,
        explanation=_explanation(version, split),
    )


def _explanation(version: TermsInForce, split: Allocation) -> dict[str, object]:
    """Terms, base, exact shares, floors, and who got the units that were left over; plain JSON."""
    shares = version.terms.shares
    rows = zip(shares, split.exact, split.floors, split.parts, strict=True)
    return {
        "terms": {"version_id": str(version.version_id), "number": version.number, "sha256": version.document_sha256},
        "currency": version.terms.currency,
        "base_minor": split.amount_minor,
        "parties": [
            {
                "organization_id": str(party.organization_id),
                "share": str(party.share),
                "exact": str(exact),
                "floor_minor": floor,
                "extra_minor": part - floor,
                "part_minor": part,
            }
            for party, exact, floor, part in rows
        ],
        "remainder": {
            "policy": split.policy.value,
            "units_minor": split.remainder_minor,
            "to": [str(shares[i].organization_id) for i in split.receivers],
            "unassigned_minor": split.unassigned_minor,
        },
    }
