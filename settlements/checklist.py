"""What should be looked at before a period closes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.portal.templatetags.portal import day_name
from partners.selectors import TermsTimeline, accepted_terms, agreements_of, organization_names
from settlements.exchange.missing import missing_rates
from settlements.exchange.wanted import day_of_rates
from settlements.models import (
    DisputeState,
    LineDispute,
    Period,
    ProposalState,
    ProposedAdjustment,
    ReportedRevenue,
    SuspenseItem,
    SuspenseReason,
)
from settlements.period_terms import terms_of
from settlements.pooled_revenue import contributors_under
from settlements.services.approve_excess import waiting_excess

_OF_REFUNDS = (SuspenseReason.ORIGINAL_UNKNOWN, SuspenseReason.REFUND_TOO_LARGE)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that waits. `is_blocking`: the period can't close before it is done."""

    text: str
    href: str
    is_blocking: bool = False


def checklist(period: Period) -> list[Check]:
    """What waits, as its host sees it: what blocks the close first. Empty when everything is in order."""
    return checklists([period])[period.id]


def checklists(periods: Sequence[Period]) -> dict[UUID, list[Check]]:
    """The same of several periods, in a number of queries that does not grow with them (but for their alliances)."""
    timelines = _timelines(periods)
    revenue, suspense = missing_revenues(periods, timelines), _suspense_counts(periods)
    rates = missing_rates(periods, timelines)
    names = organization_names({party for parties in revenue.values() for party in parties})
    proposals = dict(
        ProposedAdjustment.objects.filter(
            agreement_id__in={period.agreement_id for period in periods}, state=ProposalState.WAITING
        )
        .values_list("agreement_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    disputes = dict(
        LineDispute.objects.filter(
            agreement_id__in={period.agreement_id for period in periods}, state=DisputeState.OPEN
        )
        .values_list("agreement_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    excess = dict(
        waiting_excess()
        .filter(period_id__in=[period.id for period in periods])
        .values_list("period_id")
        .annotate(count=Count("pk"))
        .order_by()
    )
    without_rate = _without_rates(periods)
    return {
        period.id: [
            *_revenue(period, sorted(names[party] for party in revenue.get(period.id, ()) if party in names)),
            *_rates(period, rates.get(period.id, ())),
            *_suspense(*suspense[period.id]),
            *_without_rate(without_rate.get(period.id, 0)),
            *_decisions(proposals.get(period.agreement_id, 0), excess.get(period.id, 0)),
            *_disputes(disputes.get(period.agreement_id, 0)),
        ]
        for period in periods
    }


def _timelines(periods: Sequence[Period]) -> dict[UUID, TermsTimeline]:
    return {alliance: accepted_terms(alliance_id=alliance) for alliance in {p.alliance_id for p in periods}}


def missing_revenues(
    periods: Sequence[Period], timelines: Mapping[UUID, TermsTimeline] | None = None
) -> dict[UUID, frozenset[UUID]]:
    """For each period whose terms pool revenue, the parties that have not reported theirs; none for most periods."""
    timelines = timelines if timelines is not None else _timelines(periods)
    wanted: dict[UUID, frozenset[UUID]] = {}
    for period in periods:
        version = terms_of(period, timelines[period.alliance_id])
        if version and (contributors := contributors_under(version)):
            wanted[period.id] = contributors
    reported: defaultdict[UUID, set[UUID]] = defaultdict(set)
    if wanted:
        rows = ReportedRevenue.objects.filter(period_id__in=list(wanted))
        for period_id, party in rows.values_list("period_id", "organization_id"):
            reported[period_id].add(party)
    missing = {period_id: parties - reported[period_id] for period_id, parties in wanted.items()}
    return {period_id: parties for period_id, parties in missing.items() if parties}


def _revenue(period: Period, names: Sequence[str]) -> Iterator[Check]:
    href = f"{reverse('portal:period', args=[period.id])}#revenue"
    for name in names:
        text = _("%(party)s has not reported its revenue, which the terms pool.") % {"party": name}
        yield Check(text, href, is_blocking=True)


def _rates(period: Period, currencies: Sequence[str]) -> Iterator[Check]:
    """Nothing is exchanged without a rate."""
    for currency in currencies:
        text = _("No exchange rate from %(base)s into %(quote)s is stored for %(day)s.")
        said = {"base": period.currency, "quote": currency, "day": day_name(day_of_rates(period))}
        yield Check(text % said, reverse("portal:rates"), is_blocking=True)


def _suspense_counts(periods: Sequence[Period]) -> Mapping[UUID, tuple[int, int]]:
    """How many refunds and other conversions of each period's time wait, as far as they could fall under its agreement."""
    parties = {agreement.id: agreement.party_ids for agreement in agreements_of()}
    wanted: dict[str, Count] = {}
    for place, period in enumerate(periods):
        own = Q(
            Q(partner_id__in=parties.get(period.agreement_id, ())) | Q(partner__isnull=True),
            alliance_id=period.alliance_id,
            occurred_at__gte=period.starts_at,
            occurred_at__lt=period.ends_at,
            currency=period.currency,
        )
        wanted[f"refunds_{place}"] = Count("pk", filter=own & Q(reason__in=_OF_REFUNDS))
        wanted[f"others_{place}"] = Count("pk", filter=own & ~Q(reason__in=_OF_REFUNDS))
    found = SuspenseItem.objects.filter(released_at__isnull=True).aggregate(**wanted) if wanted else {}
    return {
        period.id: (int(found[f"refunds_{place}"]), int(found[f"others_{place}"]))
        for place, period in enumerate(periods)
    }


def _without_rates(periods: Sequence[Period]) -> Mapping[UUID, int]:
    """How many orders of each period's time and agreement wait for a rate into its currency."""
    wanted = {
        f"waiting_{place}": Count(
            "pk",
            filter=Q(
                conversion__agreement_id=period.agreement_id,
                occurred_at__gte=period.starts_at,
                occurred_at__lt=period.ends_at,
            )
            & ~Q(currency=period.currency),
        )
        for place, period in enumerate(periods)
    }
    found = SuspenseItem.objects.filter(released_at__isnull=True).aggregate(**wanted) if wanted else {}
    return {period.id: int(found[f"waiting_{place}"]) for place, period in enumerate(periods)}


def _without_rate(count: int) -> Iterator[Check]:
    if count:
        text = ngettext(
            "%(count)s order in another currency waits for an exchange rate of its day.",
            "%(count)s orders in another currency wait for an exchange rate of their day.",
            count,
        )
        href = f"{reverse('portal:suspense')}?reason={SuspenseReason.RATE_MISSING}"
        yield Check(text % {"count": count}, href)


def _suspense(refunds: int, others: int) -> Iterator[Check]:
    href = reverse("portal:suspense")
    if refunds:
        text = ngettext(
            "%(count)s refund has no order, or takes back too much.",
            "%(count)s refunds have no order, or take back too much.",
            refunds,
        )
        yield Check(text % {"count": refunds}, f"{href}?reason={SuspenseReason.ORIGINAL_UNKNOWN}")
    if others:
        text = ngettext(
            "%(count)s conversion of this time waits in suspense.",
            "%(count)s conversions of this time wait in suspense.",
            others,
        )
        yield Check(text % {"count": others}, href)


def _decisions(proposals: int, excess: int) -> Iterator[Check]:
    if proposals:
        text = ngettext(
            "%(count)s proposed adjustment waits for approval.",
            "%(count)s proposed adjustments wait for approval.",
            proposals,
        )
        yield Check(text % {"count": proposals}, reverse("portal:proposals"))
    if excess:
        text = ngettext(
            "%(count)s conversion earned more than a cap lets through.",
            "%(count)s conversions earned more than a cap lets through.",
            excess,
        )
        yield Check(text % {"count": excess}, reverse("portal:excess"))


def _disputes(count: int) -> Iterator[Check]:
    if count:
        text = ngettext(
            "%(count)s line of a statement is disputed.", "%(count)s lines of statements are disputed.", count
        )
        yield Check(text % {"count": count}, f"{reverse('portal:disputes')}?status=open")
