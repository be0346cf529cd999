"""Turn conversions into what each party earned."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from django.db import connections
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.arrays import one_of
from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from campaigns.selectors import ConversionFact, conversion_facts
from partners.selectors import TermsTimeline, accepted_terms
from settlements.domain.evaluation import Evaluator
from settlements.domain.placing import Calendar, Placement
from settlements.ledger.services.open_book import open_book
from settlements.models import Accrual, Period, PeriodStatus, SuspenseReason
from settlements.services.hold_in_suspense import Unexplained, hold_in_suspense
from settlements.services.open_months import open_months
from settlements.services.record_accruals import PlannedAccrual, record_accruals
from settlements.services.release_suspense import release_suspense

_TRIES = 5
_GATE_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
_GATE_ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"

_Explained = tuple[ConversionFact, Evaluator]


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
    explained, unexplained = _explain(facts, accepted_terms(alliance_id=alliance_id), host_id)
    book_id = open_book(alliance_id=alliance_id, host_id=host_id)
    fresh = _record(book_id, explained, now) if explained else set()
    return Accrued(
        accrued=len(fresh),
        held=len(hold_in_suspense(book_id=book_id, unexplained=unexplained, now=now)),
        released=release_suspense(book_id=book_id, conversion_ids=fresh, now=now) if fresh else 0,
    )


def _gate(alliance_id: UUID, facts: list[ConversionFact]) -> list[ConversionFact]:
    """The facts, read so that nobody holds in suspense what somebody else accrues just now.

    Accruals of an alliance go side by side; whoever has something to hold waits until it is alone, and reads again
    whether an agreement has come meanwhile.
    """
    alone = any(fact.agreement_id is None for fact in facts)
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_GATE_ALONE if alone else _GATE_SHARED, [f"settlements.accruals {alliance_id}"])
    if alone:
        return conversion_facts([fact.id for fact in facts])
    return facts


def _explain(
    facts: list[ConversionFact], timeline: TermsTimeline, host_id: UUID
) -> tuple[list[_Explained], list[Unexplained]]:
    """The facts with the evaluators of their terms, and those that have none."""
    evaluators: dict[UUID, Evaluator] = {}
    explained: list[_Explained] = []
    unexplained: list[Unexplained] = []
    for fact in facts:
        version = timeline.for_agreement(fact.agreement_id, fact.occurred_at) if fact.agreement_id else None
        if version is None or version.terms.plain_shares is None:
            known = fact.partner_id is not None
            reason = SuspenseReason.NO_AGREEMENT if known else SuspenseReason.UNKNOWN_PARTNER
            unexplained.append(Unexplained(fact, reason))
            continue
        evaluator = evaluators.get(version.version_id)
        if evaluator is None:
            evaluator = evaluators[version.version_id] = Evaluator(version, host_id=host_id)
        explained.append((fact, evaluator))
    return explained, unexplained


def _record(book_id: UUID, explained: list[_Explained], now: datetime) -> set[UUID]:
    """Place, hold the months open, write. When a month closes in between, place anew."""
    fact = explained[0][0]
    for _attempt in range(_TRIES):
        placements = _place(explained, now)
        if any(placement.is_late for placement in placements):
            explained = _not_accrued(explained)
            placements = _place(explained, now)
        if not explained:
            return set()
        periods = open_months(
            book_id=book_id,
            host_id=fact.host_id,
            alliance_id=fact.alliance_id,
            months={placement.agreement_month for placement in set(placements)},
        )
        if periods is not None:
            planned = [
                PlannedAccrual(fact, evaluator, evaluator.evaluate(fact.amount_minor), placement)
                for (fact, evaluator), placement in zip(explained, placements, strict=True)
            ]
            return record_accruals(book_id=book_id, planned=planned, periods=periods, now=now)
    raise MonthsKeepClosingError


def _not_accrued(explained: list[_Explained]) -> list[_Explained]:
    """Without what accrued while its month was open: it must not open another month when its message comes again."""
    accrued = Accrual.objects.filter(conversion_id__in=one_of(fact.id for fact, _ in explained))
    known = set(accrued.values_list("conversion_id", flat=True))
    return [(fact, evaluator) for fact, evaluator in explained if fact.id not in known]


def _place(explained: list[_Explained], now: datetime) -> list[Placement]:
    """Where each fact lands; worked out once for each agreement and day."""
    calendar = _calendar({evaluator.version.agreement_id for _, evaluator in explained})
    found: dict[tuple[UUID, date], Placement] = {}
    placements = []
    for fact, evaluator in explained:
        terms, agreement_id = evaluator.version.terms, evaluator.version.agreement_id
        day = local_date(fact.occurred_at, terms.time_zone)
        placement = found.get((agreement_id, day))
        if placement is None:
            placement = found[agreement_id, day] = calendar.place(
                agreement_id,
                occurred_on=day,
                today=local_date(now, terms.time_zone),
                zone=terms.time_zone,
                currency=terms.currency,
            )
        placements.append(placement)
    return placements


def _calendar(agreement_ids: Collection[UUID]) -> Calendar:
    closed = Period.objects.filter(agreement_id__in=agreement_ids, status=PeriodStatus.CLOSED)
    latest = closed.order_by().values("agreement_id").annotate(latest=Max("starts_on"))
    return Calendar(dict(latest.values_list("agreement_id", "latest")))
