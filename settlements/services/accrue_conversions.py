"""Turn conversions into what each party earned."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import connections
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from campaigns.selectors import ConversionFact, conversion_facts
from partners.selectors import TermsInForce, TermsTimeline, accepted_terms
from settlements.domain.evaluation import Evaluation, evaluate
from settlements.domain.placing import Calendar
from settlements.ledger.services.open_book import open_book
from settlements.models import Accrual, Period, PeriodStatus, SuspenseReason
from settlements.services.hold_in_suspense import Unexplained, hold_in_suspense
from settlements.services.open_months import open_months
from settlements.services.record_accruals import PlannedAccrual, record_accruals
from settlements.services.release_suspense import release_suspense

_TRIES = 5
_GATE_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
_GATE_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"

_Split = tuple[ConversionFact, TermsInForce, Evaluation]


class MonthsKeepClosingError(DomainError):
    """The months of these conversions closed again and again while they were placed."""

    code = "months_keep_closing"
    sentence = _("The months of these conversions are just being closed. Try again.")


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

    Without such terms it is held in suspense, and released here when it comes again with an agreement. A late
    conversion, whose month is closed, lands in the open month. Some 500 a call are best. Only the host's own
    conversions count; others are passed over. Raises `MonthsKeepClosingError` (try again).
    """
    actor.require(Permission.ORDER_IMPORT)
    done = Accrued()
    with atomic():
        facts = [fact for fact in conversion_facts(conversion_ids) if fact.host_id == actor.organization_id]
        for alliance_id, group in groupby(sorted(facts, key=attrgetter("alliance_id")), attrgetter("alliance_id")):
            done += _accrue(alliance_id, actor.organization_id, list(group), now)
    return done


def _accrue(alliance_id: UUID, host_id: UUID, facts: list[ConversionFact], now: datetime) -> Accrued:
    facts = _gate(alliance_id, facts)
    timeline = accepted_terms(alliance_id=alliance_id)
    split = list(_explained(facts, timeline))
    unexplained = list(_unexplained(facts, timeline))
    book_id = open_book(alliance_id=alliance_id, host_id=host_id)
    fresh = _record(book_id, split, now) if split else set()
    return Accrued(
        accrued=len(fresh),
        held=len(hold_in_suspense(book_id=book_id, unexplained=unexplained, now=now)),
        released=release_suspense(book_id=book_id, conversion_ids=fresh, now=now) if fresh else 0,
    )


def _gate(alliance_id: UUID, facts: list[ConversionFact]) -> list[ConversionFact]:
    """The facts that have not accrued yet, read so that nobody holds in suspense what somebody else accrues just now.

    Accruals of an alliance go side by side; whoever has something to hold waits until it is alone, and reads again
    whether an agreement has come meanwhile.
    """
    alone = any(fact.agreement_id is None for fact in facts)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_GATE_ALONE if alone else _GATE_SHARED, [f"settlements.accruals {alliance_id}"])
    if alone:
        facts = conversion_facts([fact.id for fact in facts])
    known = set(Accrual.objects.filter(conversion_id__in=[f.id for f in facts]).values_list("conversion_id", flat=True))
    return [fact for fact in facts if fact.id not in known]


def _terms(fact: ConversionFact, timeline: TermsTimeline) -> TermsInForce | None:
    return timeline.for_agreement(fact.agreement_id, fact.occurred_at) if fact.agreement_id else None


def _explained(facts: Iterable[ConversionFact], timeline: TermsTimeline) -> Iterator[_Split]:
    for fact in facts:
        if version := _terms(fact, timeline):
            yield fact, version, evaluate(version, base_minor=fact.amount_minor, host_id=fact.host_id)


def _unexplained(facts: Iterable[ConversionFact], timeline: TermsTimeline) -> Iterator[Unexplained]:
    for fact in facts:
        if _terms(fact, timeline) is None:
            known = fact.partner_id is not None
            yield Unexplained(fact, SuspenseReason.NO_AGREEMENT if known else SuspenseReason.UNKNOWN_PARTNER)


def _record(book_id: UUID, split: list[_Split], now: datetime) -> set[UUID]:
    """Place, hold the months open, write. When a month closes in between, place anew."""
    fact = split[0][0]
    for _attempt in range(_TRIES):
        planned = _place(split, now)
        months = {plan.placement.agreement_month for plan in planned}
        periods = open_months(book_id=book_id, host_id=fact.host_id, alliance_id=fact.alliance_id, months=months)
        if periods is not None:
            return record_accruals(book_id=book_id, planned=planned, periods=periods, now=now)
    raise MonthsKeepClosingError


def _place(split: list[_Split], now: datetime) -> list[PlannedAccrual]:
    calendar = Calendar.of(
        Period.objects.filter(
            agreement_id__in={version.agreement_id for _, version, _ in split}, status=PeriodStatus.CLOSED
        )
        .values("agreement_id")
        .annotate(latest=Max("starts_on"))
        .values_list("agreement_id", "latest")
    )
    return [
        PlannedAccrual(
            fact,
            version,
            evaluation,
            calendar.place(
                version.agreement_id,
                occurred_on=local_date(fact.occurred_at, version.terms.time_zone),
                today=local_date(now, version.terms.time_zone),
                zone=version.terms.time_zone,
                currency=fact.currency,
            ),
        )
        for fact, version, evaluation in split
    ]
