"""Adjustments as the services record them."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.tenancy import atomic, organization_scope
from settlements.ledger.services.open_book import open_book
from settlements.models import AdjustmentKind, Period
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments
from tests.cast import AgreementOf, Party


def adjustment_of(agreement: AgreementOf, party: Party, amount_minor: int, *, now: datetime, key: str = "it") -> UUID:
    """A correction in the agreement's present period, between a partner and the host."""
    host, alliance_id = agreement.alliance.host, agreement.alliance.id
    with organization_scope(host.id), atomic():
        present = hold_present_periods(
            book_id=open_book(alliance_id=alliance_id, host_id=host.id),
            host_id=host.id,
            alliance_id=alliance_id,
            agreement_ids=[agreement.id],
            now=now,
        )[agreement.id]
        draft = AdjustmentDraft(
            AdjustmentKind.CORRECTION, key, party.id, host.id, amount_minor, reference="C-1", reason="Counted twice"
        )
        period = Period.objects.get(pk=present.period_id)
        recorded = record_adjustments(
            period=period, effective_on=present.effective_on, drafts=[draft], by="Somebody", now=now
        )
    return recorded[key]
