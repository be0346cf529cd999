"""One version of terms, with what must be read for it: made once for many conversions."""

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
    """One version, with what must be read for it; made once for a batch."""

    def __init__(self, version: TermsInForce, *, host_id: UUID) -> None:
        self.version = version
        self.host_id = host_id
        self.terms: Terms = version.terms
        shares = self.terms.plain_shares
        self.plain = PlainSplit(version, shares, host_id=host_id) if shares is not None else None
        self.needs: Needs = needs_of(self.terms)

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
