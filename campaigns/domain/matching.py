"""Which partner and which agreement an order belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from partners.domain.timeline import AmbiguousTermsError, TermsTimeline

UNKNOWN_PARTNER: Final = "unknown_partner"
NO_AGREEMENT: Final = "no_agreement"
AMBIGUOUS: Final = "ambiguous"


@dataclass(frozen=True, slots=True)
class Match:
    """An agreement, or the issue that stands in its way: exactly one of the two."""

    partner_id: UUID | None
    agreement_id: UUID | None
    issue: str


@dataclass(frozen=True, slots=True)
class Matcher:
    """The partner codes and accepted terms of one alliance."""

    codes: Mapping[str, UUID]
    timeline: TermsTimeline

    def match(self, partner_code: str, at: datetime) -> Match:
        """By code and instant; an unknown code or no single fitting agreement is an issue, not an error.

        Not by currency: what an order in another one comes to in the agreement's is settlements' to say.
        """
        partner_id = self.codes.get(partner_code)
        if partner_id is None:
            return Match(None, None, UNKNOWN_PARTNER)
        return self.match_partner(partner_id, at)

    def match_partner(self, partner_id: UUID, at: datetime) -> Match:
        """As `match`, for a partner already known."""
        try:
            terms = self.timeline.in_force(partner_id=partner_id, at=at)
        except AmbiguousTermsError:
            return Match(partner_id, None, AMBIGUOUS)
        if terms is None:
            return Match(partner_id, None, NO_AGREEMENT)
        return Match(partner_id, terms.agreement_id, "")
