"""Which terms apply when: the accepted versions of an alliance, looked up by party and instant."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
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
    """One version with the half-open `[effective_from, effective_to)` in which it binds; `party_ids` in order of rank.

    `document_sha256` is the hash that every party signed. `is_fallback`: an earlier version whose terms apply again,
    because the one that followed it has ended and names it.
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
    is_fallback: bool = False

    def covers(self, at: datetime) -> bool:
        """Whether the instant `at` lies inside."""
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)

    def ending_by(self, end: datetime | None) -> "TermsInForce | None":
        """The part before `end`, `None` when nothing is left."""
        if end is None:
            return self
        if end <= self.effective_from:
            return None
        return self if self.effective_to is not None and self.effective_to <= end else replace(self, effective_to=end)


@dataclass(frozen=True, slots=True)
class AcceptedVersion:
    """One accepted version: its own range, the number it falls back to, and when its agreement ends as a whole."""

    version: TermsInForce
    fallback_number: int | None = None
    agreement_ends_at: datetime | None = None


def periods_in_force(accepted: Iterable[AcceptedVersion]) -> list[TermsInForce]:
    """What binds when, over any number of agreements.

    Of one agreement at most one version binds at an instant. Between the end of a version that falls back and the
    beginning of the next one, the earlier version it names binds again. Nothing binds from the agreement's end on.
    """
    by_agreement: dict[UUID, list[AcceptedVersion]] = defaultdict(list)
    for each in accepted:
        by_agreement[each.version.agreement_id].append(each)
    found = []
    for chain in by_agreement.values():
        chain.sort(key=lambda each: each.version.effective_from)
        end = chain[0].agreement_ends_at
        found += [period for part in _unended(chain) if (period := part.ending_by(end))]
    return found


def _unended(chain: list[AcceptedVersion]) -> Iterator[TermsInForce]:
    """The periods of one agreement in order, were it never ended as a whole."""
    by_number = {each.version.number: each.version for each in chain}
    for each, following in pairwise([*chain, None]):
        if each is None:
            continue
        yield each.version
        begin, end = each.version.effective_to, following.version.effective_from if following else None
        fallback = by_number.get(each.fallback_number) if each.fallback_number is not None else None
        if fallback is not None and begin is not None and begin != end:
            yield replace(fallback, effective_from=begin, effective_to=end, is_fallback=True)


class TermsTimeline:
    """All that binds in one alliance, indexed for a loop over many conversions."""

    def __init__(self, versions: Iterable[TermsInForce]) -> None:
        self._by_agreement: dict[UUID, list[TermsInForce]] = defaultdict(list)
        self._by_party: dict[UUID, list[TermsInForce]] = defaultdict(list)
        self._by_id: dict[UUID, TermsInForce] = {}
        for version in versions:
            self._by_id[version.version_id] = version
            self._by_agreement[version.agreement_id].append(version)
            for party_id in version.party_ids:
                self._by_party[party_id].append(version)

    def in_force(self, *, partner_id: UUID, at: datetime) -> TermsInForce | None:
        """The version that binds `partner_id` at `at`, or `None`; raises `AmbiguousTermsError` when two agreements do."""
        fitting = self.all_in_force(partner_id=partner_id, at=at)
        if len(fitting) > 1:
            raise AmbiguousTermsError(partner_id, tuple(version.agreement_id for version in fitting))
        return fitting[0] if fitting else None

    def all_in_force(self, *, partner_id: UUID, at: datetime) -> tuple[TermsInForce, ...]:
        """Every version that binds `partner_id` at `at`: one of each agreement at most."""
        return tuple(version for version in self._by_party.get(partner_id, ()) if version.covers(at))

    def version(self, version_id: UUID) -> TermsInForce:
        """One version by its id; raises `KeyError` when it is none of the alliance's accepted ones."""
        return self._by_id[version_id]

    def for_agreement(self, agreement_id: UUID, at: datetime) -> TermsInForce | None:
        """The version of one agreement in force at `at`, or `None`."""
        return next((version for version in self._by_agreement.get(agreement_id, ()) if version.covers(at)), None)

    def last_of_agreement(self, agreement_id: UUID, at: datetime) -> TermsInForce | None:
        """As `for_agreement`, or where none is in force the last one that was: what is left is paid under it."""
        begun = [version for version in self._by_agreement.get(agreement_id, ()) if version.effective_from <= at]
        return max(begun, key=lambda version: version.effective_from, default=None)

    def agreement_ids(self) -> tuple[UUID, ...]:
        """The agreements of which anything ever binds."""
        return tuple(self._by_agreement)

    def of_agreement(self, agreement_id: UUID) -> tuple[TermsInForce, ...]:
        """Everything that binds under one agreement, in order of time."""
        return tuple(sorted(self._by_agreement.get(agreement_id, ()), key=lambda version: version.effective_from))
