"""Which terms apply when: the accepted versions of an alliance, looked up by party and instant."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from partners.domain.terms import Terms


class AmbiguousTermsError(LookupError):
    """Two agreements with the same partner are in force at the same instant: nobody can say which one pays."""

    def __init__(self, partner_id: UUID, agreement_ids: tuple[UUID, ...]) -> None:
        self.partner_id = partner_id
        self.agreement_ids = agreement_ids
        super().__init__(f"{len(agreement_ids)} agreements with {partner_id} are in force at once")


@dataclass(frozen=True, slots=True)
class TermsInForce:
    """One accepted version with its half-open `[effective_from, effective_to)`; `party_ids` in the order of rank.

    `document_sha256` is the hash that every party signed.
    """

    agreement_id: UUID
    alliance_id: UUID
    version_id: UUID
    number: int
    terms: Terms
    effective_from: datetime
    effective_to: datetime | None
    party_ids: tuple[UUID, ...]
    document_sha256: str = ""

    def covers(self, at: datetime) -> bool:
        """Whether the instant `at` lies inside."""
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)


class TermsTimeline:
    """All accepted versions of one alliance, indexed for a loop over many conversions."""

    def __init__(self, versions: Iterable[TermsInForce]) -> None:
        self._by_agreement: dict[UUID, list[TermsInForce]] = defaultdict(list)
        self._by_party: dict[UUID, list[TermsInForce]] = defaultdict(list)
        for version in versions:
            self._by_agreement[version.agreement_id].append(version)
            for party_id in version.party_ids:
                self._by_party[party_id].append(version)

    def in_force(self, *, partner_id: UUID, at: datetime) -> TermsInForce | None:
        """The version that binds `partner_id` at `at`, or `None`; raises `AmbiguousTermsError` when two agreements do."""
        fitting = [version for version in self._by_party.get(partner_id, ()) if version.covers(at)]
        if len(fitting) > 1:
            raise AmbiguousTermsError(partner_id, tuple(version.agreement_id for version in fitting))
        return fitting[0] if fitting else None

    def for_agreement(self, agreement_id: UUID, at: datetime) -> TermsInForce | None:
        """The version of one agreement in force at `at`, or `None`."""
        return next((version for version in self._by_agreement.get(agreement_id, ()) if version.covers(at)), None)
