"""What should be looked at before a period closes."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.selectors import agreements_of, organization_names
from settlements.models import Period, ProposalState, ProposedAdjustment, SuspenseItem, SuspenseReason
from settlements.pooled_revenue import contributors_of, revenues_of
from settlements.services.approve_excess import waiting_excess


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that waits. `is_blocking`: the period can't close before it is done."""

    text: str
    href: str
    is_blocking: bool = False


def checklist(period: Period) -> list[Check]:
    """What waits, as its host sees it: what blocks the close first. Empty when everything is in order."""
    return [*_revenue(period), *_suspense(period), *_decisions(period)]


def _revenue(period: Period) -> Iterator[Check]:
    missing = contributors_of(period) - set(revenues_of(period))
    for name in sorted(organization_names(missing).values()):
        text = _("%(party)s has not reported its revenue, which the terms pool.") % {"party": name}
        yield Check(text, "#revenue", is_blocking=True)


def _suspense(period: Period) -> Iterator[Check]:
    """Conversions of the period's time that wait, as far as they could fall under the agreement."""
    agreement = next(a for a in agreements_of(alliance_id=period.alliance_id) if a.id == period.agreement_id)
    waiting = SuspenseItem.objects.filter(
        released_at__isnull=True,
        alliance_id=period.alliance_id,
        occurred_at__gte=period.starts_at,
        occurred_at__lt=period.ends_at,
        currency=period.currency,
    )
    own = waiting.filter(partner_id__in=agreement.party_ids) | waiting.filter(partner__isnull=True)
    counts = {reason: own.filter(reason=reason).count() for reason in SuspenseReason}
    href = reverse("portal:suspense")
    refunds = counts.pop(SuspenseReason.ORIGINAL_UNKNOWN) + counts.pop(SuspenseReason.REFUND_TOO_LARGE)
    if refunds:
        text = ngettext(
            "%(count)s refund has no order, or takes back too much.",
            "%(count)s refunds have no order, or take back too much.",
            refunds,
        )
        yield Check(text % {"count": refunds}, f"{href}?reason={SuspenseReason.ORIGINAL_UNKNOWN}")
    if rest := sum(counts.values()):
        text = ngettext(
            "%(count)s conversion of this time waits in suspense.",
            "%(count)s conversions of this time wait in suspense.",
            rest,
        )
        yield Check(text % {"count": rest}, href)


def _decisions(period: Period) -> Iterator[Check]:
    proposals = ProposedAdjustment.objects.filter(agreement_id=period.agreement_id, state=ProposalState.WAITING).count()
    if proposals:
        text = ngettext(
            "%(count)s proposed adjustment waits for approval.",
            "%(count)s proposed adjustments wait for approval.",
            proposals,
        )
        yield Check(text % {"count": proposals}, reverse("portal:proposals"))
    excess = waiting_excess().filter(period_id=period.id).count()
    if excess:
        text = ngettext(
            "%(count)s conversion earned more than a cap lets through.",
            "%(count)s conversions earned more than a cap lets through.",
            excess,
        )
        yield Check(text % {"count": excess}, reverse("portal:excess"))
