"""One version of terms, with what must be read for it: made once for many conversions."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from alliance.kernel.clock import local_date
from campaigns.selectors import ConversionFact
from partners.domain.terms import Terms
from partners.domain.timeline import TermsInForce
from settlements.domain.needs import Needs, needs_of
from settlements.domain.plain_split import PlainSplit


class TermsInUse:
    """One version, with what must be read for it; made once for a batch. `timeline`: all that binds under the agreement."""

    def __init__(self, version: TermsInForce, *, host_id: UUID, timeline: Sequence[TermsInForce] = ()) -> None:
        self._timeline = timeline or (version,)
        self.version = version
        self.host_id = host_id
        self.terms: Terms = version.terms
        shares = self.terms.plain_shares
        self.plain = PlainSplit(version, shares, host_id=host_id) if shares is not None else None
        self.needs: Needs = needs_of(self.terms)
        self._own = frozenset(clause.id for clause in self.terms.clauses if clause.is_for_its_own)

    @property
    def follows_uncounted(self) -> bool:
        """Whether the agreement had terms under which nobody counted who bought first."""
        return self.needs.persons and any(not needs_of(before.terms).persons for before in self._timeline)

    def acquired_elsewhere(self, first_sale_at: datetime) -> frozenset[str]:
        """The clauses for their own people alone that were not in force at a person's first sale."""
        then = next((version for version in self._timeline if version.covers(first_sale_at)), None)
        return self._own - {clause.id for clause in then.terms.clauses} if then else self._own

    def available_on(self, occurred_at: datetime, effective_on: date) -> date | None:
        """From when on the money is due, by the hold; `None` without one: with its own period."""
        if not self.terms.hold.days:
            return None
        held_until = local_date(occurred_at, self.terms.time_zone) + timedelta(days=self.terms.hold.days)
        return max(held_until, effective_on)


class Explained(NamedTuple):
    """A conversion and the terms that pay for it."""

    fact: ConversionFact
    use: TermsInUse
