"""Which parties' revenue a period pools, and what they have said of it."""

from uuid import UUID

from partners.selectors import TermsInForce, accepted_terms
from settlements.domain.pooling import pool_clauses
from settlements.models import Period, ReportedRevenue
from settlements.period_terms import terms_of


def contributors_of(period: Period) -> frozenset[UUID]:
    """The parties whose revenue counts with a weight above 0; none for most periods."""
    version = terms_of(period, accepted_terms(alliance_id=period.alliance_id))
    return contributors_under(version) if version else frozenset()


def contributors_under(version: TermsInForce) -> frozenset[UUID]:
    """The same, of a version."""
    clauses = pool_clauses(version.terms)
    return frozenset(part.party for clause in clauses for part in clause.pool if part.weight)


def revenues_of(period: Period) -> dict[UUID, int]:
    """What has been reported, by party."""
    rows = ReportedRevenue.objects.filter(period=period)
    return dict(rows.values_list("organization_id", "amount_minor"))
