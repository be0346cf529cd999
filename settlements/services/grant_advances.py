"""Grant the advances that signed terms promise."""

from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.domain.terms.exact import minor_units
from partners.selectors import TermsInForce, TermsTimeline
from settlements.ledger.services.open_book import open_book
from settlements.models import Adjustment, AdjustmentKind, Period
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments

_KEY: Final = "advance:"


def grant_advances(*, actor: Actor, agreement_id: UUID, timeline: TermsTimeline, now: datetime) -> int:
    """Make each advance of the terms in force available to its party, once in the agreement's life; how many now.

    It is paid like anything else that is available, and recouped by later closes. An amendment that repeats an advance
    under its id grants nothing again.
    """
    actor.require(Permission.PERIOD_CLOSE)
    version = timeline.for_agreement(agreement_id, now)
    wanted = {f"{_KEY}{advance.id}" for advance in version.terms.advances} if version else set()
    if version is None or not wanted:
        return 0
    with atomic():
        there = Adjustment.objects.filter(agreement_id=agreement_id, key__in=wanted).values_list("key", flat=True)
        if wanted == set(there):
            return 0
        return _grant(actor, version, now)


def _grant(actor: Actor, version: TermsInForce, now: datetime) -> int:
    host_id, alliance_id = actor.organization_id, version.alliance_id
    book_id = open_book(alliance_id=alliance_id, host_id=host_id)
    present = hold_present_periods(
        book_id=book_id, host_id=host_id, alliance_id=alliance_id, agreement_ids=[version.agreement_id], now=now
    )[version.agreement_id]
    period = Period.objects.get(pk=present.period_id)
    drafts = [
        AdjustmentDraft(
            AdjustmentKind.ADVANCE,
            f"{_KEY}{advance.id}",
            advance.party,
            None if advance.paid_by == host_id else advance.paid_by,
            int(minor_units(advance.amount, period.currency)),
            reference=advance.id,
            details={"recoups": str(advance.recoups), "pool": advance.pool or ""},
            terms_version_id=version.version_id,
        )
        for advance in version.terms.advances
    ]
    granted = record_adjustments(
        period=period, effective_on=present.effective_on, drafts=drafts, by=actor.label, now=now
    )
    if granted:
        record(actor, "advance.granted", period, now=now, after={"advances": sorted(granted)})
    return len(granted)
