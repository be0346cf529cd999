"""Do what terms ask for by the calendar alone: grant advances, open the periods that pay without any conversion."""

from datetime import datetime, timedelta
from uuid import UUID

from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.tenancy import across_organizations, atomic, organization_scope
from partners.domain.terms import Terms
from partners.domain.terms.clauses import EarnsOn
from partners.selectors import AllianceBrief, TermsTimeline, accepted_terms, agreements_of, hosted_alliances
from settlements.domain.placing import AgreementPeriod
from settlements.domain.spans import business_day
from settlements.ledger.services.open_book import open_book
from settlements.services.grant_advances import grant_advances
from settlements.services.open_periods import open_periods, read_calendar


def follow_terms(*, now: datetime) -> None:
    """For every agreement in force. Runs outside any scope; repeating it is harmless."""
    with across_organizations(reason="the clock follows every organization's terms"):
        hosts = sorted({alliance.host_id for alliance in hosted_alliances()})
    for host_id in hosts:
        with organization_scope(host_id):
            follow_terms_of(actor=system_actor(host_id, label="the clock"), now=now)


def follow_terms_of(*, actor: Actor, now: datetime) -> None:
    """For every agreement in force of the alliances that one organization hosts."""
    for alliance in hosted_alliances():
        if alliance.host_id == actor.organization_id:
            _follow(actor, alliance, now)


def _follow(actor: Actor, alliance: AllianceBrief, now: datetime) -> None:
    timeline = accepted_terms(alliance_id=alliance.id)
    for agreement in agreements_of(alliance_id=alliance.id, signed_only=True):
        versions = timeline.of_agreement(agreement.id)
        if any(pays_by_the_calendar(version.terms) for version in versions):
            _open(alliance, agreement.id, agreement.currency, timeline, now)
        if any(version.terms.advances for version in versions):
            grant_advances(actor=actor, agreement_id=agreement.id, timeline=timeline, now=now)


def pays_by_the_calendar(terms: Terms) -> bool:
    """Whether a period has something to settle though nothing was sold in it."""
    fixed = {EarnsOn.FLAT_FEE, EarnsOn.POOLED_REVENUE}
    return bool(terms.guarantees) or any(clause.earns_on in fixed for clause in terms.clauses)


def _open(alliance: AllianceBrief, agreement_id: UUID, currency: str, timeline: TermsTimeline, now: datetime) -> None:
    """Every period from the last closed one, or the beginning of what pays by the calendar, up to the present one."""
    with atomic():
        calendar = read_calendar([agreement_id])
        wanted: set[AgreementPeriod] = set()
        for version in timeline.of_agreement(agreement_id):
            if not pays_by_the_calendar(version.terms) or version.effective_from > now:
                continue
            zone, rule = version.terms.time_zone, version.terms.periods
            end = min(now, version.effective_to - timedelta(microseconds=1)) if version.effective_to else now
            first, last = business_day(version.effective_from, zone, rule), business_day(end, zone, rule)
            day = max(first, calendar.closed_until.get(agreement_id, first))
            while day <= last:
                placed = calendar.place(
                    agreement_id, occurred_on=day, today=last, zone=zone, currency=currency, rule=rule
                )
                wanted.add(placed.period)
                day = placed.period.span.ends_on
        book_id = open_book(alliance_id=alliance.id, host_id=alliance.host_id)
        open_periods(book_id=book_id, host_id=alliance.host_id, alliance_id=alliance.id, wanted=wanted)
