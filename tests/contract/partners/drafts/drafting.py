"""Drafts for tests, begun through the service."""

from typing import Any
from uuid import UUID

from alliance.kernel.tenancy import organization_scope
from partners.drafts.services.start_draft import DraftStart, start_draft
from partners.models import AgreementDraft
from tests.cast import NOW, Cast, Party
from tests.domain.partners.terms.written import clause as written_clause
from tests.domain.partners.terms.written import split, written

Json = dict[str, Any]


def plain(*parties: Party, **more: object) -> Json:
    """An even split between these parties, with whatever else is said."""
    share = f"1/{len(parties)}"
    shares = split(*((party.id, share) for party in parties))
    return written(written_clause(shares), parties=tuple(party.id for party in parties), **more)


def draft_of(cast: Cast, terms: Json | None = None, *, party: Party | None = None, **more: Any) -> UUID:
    """A draft of the host, or of `party`, between host and north."""
    writer = party or cast.host
    start = DraftStart(cast.alliance.id, "Courses with kits", terms or plain(cast.host, cast.north), **more)
    with organization_scope(writer.id):
        return start_draft(actor=writer.actor(), start=start, now=NOW)


def stored(party: Party, draft_id: UUID) -> AgreementDraft:
    """The row as it is now."""
    with organization_scope(party.id):
        return AgreementDraft.objects.get(pk=draft_id)
