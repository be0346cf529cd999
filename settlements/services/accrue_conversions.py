"""Turn conversions into what each party earned."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.arrays import one_of
from alliance.kernel.clock import local_date
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.selectors import ConversionFact, conversion_facts
from partners.domain.terms import Terms
from partners.selectors import TermsInForce, TermsTimeline, accepted_terms
from settlements.domain.placing import AgreementPeriod, Placement
from settlements.domain.spans import business_day
from settlements.exchange.foreign import exchanged_refund, exchanged_sale, foreign_taken, told
from settlements.ledger.services.open_book import open_book
from settlements.models import Accrual, SuspenseReason
from settlements.rates.domain.choosing import ChosenRate
from settlements.rates.selectors import rate_for
from settlements.services.evaluate_conversions import evaluate_conversions, read_knowledge
from settlements.services.evaluate_refund import OriginalLine, evaluate_refund, read_originals
from settlements.services.hold_in_suspense import Unexplained, hold_in_suspense
from settlements.services.hold_tallies import HeldTallies
from settlements.services.open_periods import PeriodsKeepClosingError, open_periods, read_calendar
from settlements.services.pass_gate import pass_gate
from settlements.services.record_accruals import PlannedAccrual, record_accruals
from settlements.services.release_suspense import release_suspense
from settlements.terms_in_use import Explained, TermsInUse

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Accrued:
    """How many conversions accrued now, went into suspense now, and came out of it now."""

    accrued: int = 0
    held: int = 0
    released: int = 0

    def __add__(self, other: "Accrued") -> "Accrued":
        return Accrued(self.accrued + other.accrued, self.held + other.held, self.released + other.released)


def accrue_conversions(*, actor: Actor, conversion_ids: Collection[UUID | str], now: datetime) -> Accrued:
    """Accrue each conversion under the terms in force at its time, exactly once, whatever is repeated or races.

    Without such terms it is held in suspense, and released here when it comes again with an agreement. So is an order in another
    currency than its agreement's of whose day no rate is stored; with one it accrues in the agreement's currency. A late
    conversion, whose period is closed, lands in the open period. Some 500 a call are best. Only the host's own
    conversions count; others are passed over. Raises `PeriodsKeepClosingError` (try again).
    """
    actor.require(Permission.ORDER_IMPORT)
    done = Accrued()
    with atomic():
        facts = [fact for fact in conversion_facts(conversion_ids) if fact.host_id == actor.organization_id]
        for alliance_id, group in groupby(sorted(facts, key=attrgetter("alliance_id")), attrgetter("alliance_id")):
            done += _accrue(alliance_id, actor.organization_id, list(group), now)
    return done


def _accrue(alliance_id: UUID, host_id: UUID, facts: list[ConversionFact], now: datetime) -> Accrued:
    timeline, facts = _gate(alliance_id, _with_originals(facts))
    batch = _Batch(timeline, host_id, open_book(alliance_id=alliance_id, host_id=host_id))
    explained, refunds, unexplained = _explain(facts, batch)
    fresh = _record(batch, explained, now) | _record_refunds(batch, refunds, now)
    unexplained += _of_waiting_orders(refunds, unexplained)
    return Accrued(
        accrued=len(fresh),
        held=len(hold_in_suspense(book_id=batch.book_id, unexplained=unexplained, now=now)),
        released=release_suspense(book_id=batch.book_id, conversion_ids=fresh, now=now) if fresh else 0,
    )


@dataclass(slots=True)
class _Batch:
    """What the conversions of one call share."""

    timeline: TermsTimeline
    host_id: UUID
    book_id: UUID
    uses: dict[UUID, TermsInUse] = field(default_factory=dict)
    rates: dict[tuple[str, str, date], ChosenRate | None] = field(default_factory=dict)

    def use(self, version: TermsInForce) -> TermsInUse:
        """The version made ready, once."""
        if version.version_id not in self.uses:
            timeline = self.timeline.of_agreement(version.agreement_id)
            self.uses[version.version_id] = TermsInUse(version, host_id=self.host_id, timeline=timeline)
        return self.uses[version.version_id]

    def rate(self, fact: ConversionFact, terms: Terms) -> ChosenRate | None:
        """The host's stored rate of the order's local day into the agreement's currency, looked up once."""
        key = (fact.currency, terms.currency, local_date(fact.occurred_at, terms.time_zone))
        if key not in self.rates:
            self.rates[key] = rate_for(base=key[0], quote=key[1], on=key[2])
        return self.rates[key]

    def frozen(self, version_id: UUID) -> TermsInUse:
        """The version that a line keeps, however long ago it ended."""
        return self.use(self.timeline.version(version_id))


def _with_originals(facts: list[ConversionFact]) -> list[ConversionFact]:
    """With the orders that refunds take back, whose own messages may still be under way."""
    wanted = {fact.original_id for fact in facts if fact.original_id is not None} - {fact.id for fact in facts}
    if not wanted:
        return facts
    there = Accrual.objects.filter(conversion_id__in=one_of(wanted)).values_list("conversion_id", flat=True)
    missing = wanted - set(there)
    return [*conversion_facts(missing), *facts] if missing else facts


def _gate(alliance_id: UUID, facts: list[ConversionFact]) -> tuple[TermsTimeline, list[ConversionFact]]:
    """The terms and the facts, read so that nobody holds in suspense what somebody else accrues just now.

    Accruals of an alliance go side by side; whoever has something to hold waits until it is alone, and reads again
    whether an agreement has come meanwhile.
    """
    timeline = accepted_terms(alliance_id=alliance_id)
    alone = any(_may_wait(fact, timeline) for fact in facts)
    pass_gate(alliance_id, alone=alone)
    if alone:
        return accepted_terms(alliance_id=alliance_id), conversion_facts([fact.id for fact in facts])
    return timeline, facts


def _may_wait(fact: ConversionFact, timeline: TermsTimeline) -> bool:
    """Whether it has no agreement, or one in another currency: then it may wait for a rate."""
    versions = timeline.of_agreement(fact.agreement_id) if fact.agreement_id else ()
    return fact.agreement_id is None or any(version.terms.currency != fact.currency for version in versions[:1])


def _explain(
    facts: list[ConversionFact], batch: _Batch
) -> tuple[list[Explained], list[ConversionFact], list[Unexplained]]:
    """The facts with their terms, those that take back an order, and those that nothing explains."""
    explained: list[Explained] = []
    refunds: list[ConversionFact] = []
    unexplained: list[Unexplained] = []
    for fact in facts:
        if fact.agreement_id is not None and fact.original_id is not None:
            refunds.append(fact)
            continue
        agreement_id = fact.agreement_id
        version = batch.timeline.for_agreement(agreement_id, fact.occurred_at) if agreement_id else None
        if version is None:
            unexplained.append(Unexplained(fact, _reason(fact)))
        elif fact.currency == version.terms.currency:
            explained.append(Explained(fact, batch.use(version)))
        elif (rate := batch.rate(fact, version.terms)) is not None:
            explained.append(Explained(exchanged_sale(fact, rate), batch.use(version)))
        else:
            unexplained.append(Unexplained(fact, SuspenseReason.RATE_MISSING))
    return explained, refunds, unexplained


def _of_waiting_orders(refunds: list[ConversionFact], unexplained: list[Unexplained]) -> list[Unexplained]:
    """What takes back of orders that wait for a rate waits with them."""
    waiting = {each.fact.id for each in unexplained if each.reason is SuspenseReason.RATE_MISSING}
    return [Unexplained(fact, SuspenseReason.RATE_MISSING) for fact in refunds if fact.original_id in waiting]


def _reason(fact: ConversionFact) -> SuspenseReason:
    if fact.match_issue in {SuspenseReason.ORIGINAL_UNKNOWN, SuspenseReason.REFUND_TOO_LARGE}:
        return SuspenseReason(fact.match_issue)
    return SuspenseReason.NO_AGREEMENT if fact.partner_id is not None else SuspenseReason.UNKNOWN_PARTNER


def _record(batch: _Batch, explained: list[Explained], now: datetime) -> set[UUID]:
    """Place, hold the periods open, evaluate, write. When a period closes in between, place anew.

    Where terms count what came before, their totals are held first; whoever waited for them then sees what has
    accrued meanwhile, so that nothing counts twice.
    """
    if not explained:
        return set()
    knowledge = read_knowledge(explained)
    if any(e.use.needs.history for e in explained):
        explained = _not_accrued(explained)
    for _attempt in range(_TRIES):
        placements = _place(explained, now)
        if any(placement.is_late for placement in placements):
            explained = _not_accrued(explained)
            placements = _place(explained, now)
        if not explained:
            return set()
        if (periods := _held_open(batch, explained[0].fact, placements)) is not None:
            planned = [
                PlannedAccrual(
                    e.fact, e.use, outcome, placement, e.use.available_on(e.fact.occurred_at, placement.effective_on)
                )
                for e, outcome, placement in zip(
                    explained, evaluate_conversions(explained, knowledge), placements, strict=True
                )
            ]
            return record_accruals(book_id=batch.book_id, planned=planned, periods=periods, now=now)
    raise PeriodsKeepClosingError


def _record_refunds(batch: _Batch, refunds: list[ConversionFact], now: datetime) -> set[UUID]:
    """As `_record`, for what takes back orders. Their lines are held, so that refunds of one order count each other."""
    if not refunds:
        return set()
    lines, tallies = read_originals(refunds, batch.frozen)
    there = Accrual.objects.filter(conversion_id__in=one_of(fact.id for fact in refunds))
    accrued = set(there.values_list("conversion_id", flat=True))
    coming = [fact for fact in refunds if fact.id not in accrued and fact.original_id in lines]
    explained = [Explained(fact, lines[cast("UUID", fact.original_id)].use) for fact in coming]
    for _attempt in range(_TRIES if explained else 0):
        placements = _place(explained, now)
        if (periods := _held_open(batch, coming[0], placements)) is not None:
            taken = foreign_taken([line.accrual_id for line in lines.values() if _exchanged(line)])
            planned = [
                _planned_refund(fact, lines[cast("UUID", fact.original_id)], tallies, placement, taken)
                for fact, placement in zip(coming, placements, strict=True)
            ]
            tallies.write()
            return record_accruals(book_id=batch.book_id, planned=planned, periods=periods, now=now)
    if explained:
        raise PeriodsKeepClosingError
    return set()


def _planned_refund(
    fact: ConversionFact,
    line: OriginalLine,
    tallies: HeldTallies,
    placement: Placement,
    foreign: dict[UUID, int],
) -> PlannedAccrual:
    if was := _exchanged(line):
        before = foreign.get(line.accrual_id, 0)
        foreign[line.accrual_id] = before + fact.amount_minor
        currency = line.frozen.terms.currency
        fact = exchanged_refund(fact, was, taken_minor=before, given_back_minor=line.taken_minor, currency=currency)
    outcome = told(evaluate_refund(fact, line, tallies), fact)
    due = line.available_with(placement.effective_on)
    return PlannedAccrual(fact, line.frozen, outcome, placement, due, line.accrual_id)


def _exchanged(line: OriginalLine) -> Mapping[str, Any] | None:
    """What the order was in its own currency, if that is another one."""
    found: Mapping[str, Any] | None = line.explanation.get("facts", {}).get("exchanged")
    return found


def _held_open(batch: _Batch, fact: ConversionFact, placements: list[Placement]) -> dict[AgreementPeriod, UUID] | None:
    return open_periods(
        book_id=batch.book_id,
        host_id=fact.host_id,
        alliance_id=fact.alliance_id,
        wanted={placement.period for placement in set(placements)},
    )


def _not_accrued(explained: list[Explained]) -> list[Explained]:
    """Without what has accrued: it must not open another period, or count again, when its message comes again."""
    accrued = Accrual.objects.filter(conversion_id__in=one_of(e.fact.id for e in explained))
    known = set(accrued.values_list("conversion_id", flat=True))
    return [e for e in explained if e.fact.id not in known]


def _place(explained: Sequence[Explained], now: datetime) -> list[Placement]:
    """Where each fact lands; worked out once for each agreement and day."""
    calendar = read_calendar({e.use.version.agreement_id for e in explained})
    found: dict[tuple[UUID, date], Placement] = {}
    placements = []
    for fact, use in explained:
        agreement_id, zone, rule = use.version.agreement_id, use.terms.time_zone, use.terms.periods
        day = business_day(fact.occurred_at, zone, rule)
        placement = found.get((agreement_id, day))
        if placement is None:
            placement = found[agreement_id, day] = calendar.place(
                agreement_id,
                occurred_on=day,
                today=business_day(now, zone, rule),
                zone=zone,
                currency=use.terms.currency,
                rule=rule,
            )
        placements.append(placement)
    return placements
