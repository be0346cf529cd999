"""Replay past months under terms that nobody has signed: what each party would have got, beside what was settled."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from campaigns.selectors import ConversionFact, conversion_facts
from partners.domain.terms import Terms
from partners.domain.terms.clauses import EarnsOn
from partners.domain.timeline import TermsInForce
from partners.selectors import AgreementBrief, accepted_terms, agreements_of
from settlements.domain.outcomes import Outcome
from settlements.domain.simulation import CapHits, Earned, TermsSimulation, brought_by_periods, by_month
from settlements.domain.spans import Span, business_day, months_back
from settlements.exchange.foreign import as_accrued
from settlements.models import Accrual, AccrualShare, Adjustment, AdjustmentKind
from settlements.services.evaluate_conversions import Knowledge, evaluate_conversions, read_what_is_known
from settlements.services.evaluate_refund import OriginalLine, evaluate_refund, given_of
from settlements.services.hold_tallies import Count, HeldTallies
from settlements.terms_in_use import Explained, TermsInUse

MOST_CONVERSIONS: Final = 20_000
MOST_MONTHS: Final = 12
_CHUNK: Final = 1_000
_BY_PERIOD: Final = (AdjustmentKind.FLAT_FEE, AdjustmentKind.GUARANTEE)


class TooMuchToReplayError(DomainError):
    """So many conversions are not replayed while somebody waits."""

    code = "too_much_to_replay"
    sentence = _("More than 20,000 conversions fall into these months. Choose fewer months.")


class OtherFrameError(DomainError):
    """The agreement's currency or parties are others."""

    code = "other_frame"
    sentence = _("The terms name another currency or other parties than the agreement. Past months can't be replayed.")


class OnlyTheHostKnowsError(DomainError):
    """What these terms ask of a conversion is the host's alone."""

    code = "only_the_host_knows"
    sentence = _("These terms ask for what only the host knows of its orders. Ask the host to replay them.")


class ReplayedTallies(HeldTallies):
    """Running totals of a replay: they begin at nothing, and nobody writes them."""

    def __init__(self) -> None:
        super().__init__(defaultdict(Count))

    def write(self) -> None:
        """Keep them here."""
        self._changed.clear()


def simulate_terms(*, actor: Actor, agreement_id: UUID, terms: Terms, months: int, now: datetime) -> TermsSimulation:
    """The last whole `months` (1 to 12) of an agreement under `terms`, in the order in which its conversions accrued.

    Nothing is written. Refunds of orders from before these months keep their own terms, on both sides. Holds, reserves,
    advances and payouts decide when money moves, not whose it is, and stay out; so does pooled revenue. Totals begin at
    nothing in the first month. Raises `NotFoundError`, `OtherFrameError`,
    `OnlyTheHostKnowsError`, `TooMuchToReplayError`.
    """
    actor.require(Permission.STATEMENT_READ)
    agreement = next((found for found in agreements_of() if found.id == agreement_id), None)
    if agreement is None:
        raise NotFoundError
    if terms.currency != agreement.currency or set(terms.parties) != set(agreement.party_ids):
        raise OtherFrameError
    window = _window(terms, months, now)
    use = _in_use(agreement, terms, window.instants[0])
    if actor.organization_id != agreement.host_id and (use.needs.circumstances or use.needs.items):
        raise OnlyTheHostKnowsError
    replay = _Replay(use, window)
    replay.run(agreement_id)
    return replay.result(agreement_id)


def _in_use(agreement: AgreementBrief, terms: Terms, since: datetime) -> TermsInUse:
    """The terms as if they had been in force since then, after those that were."""
    signed = accepted_terms(alliance_id=agreement.alliance_id).of_agreement(agreement.id)
    before = [part for version in signed if (part := version.ending_by(since))]
    parties = tuple(agreement.party_ids)
    version = TermsInForce(agreement.id, agreement.alliance_id, new_id(), 0, terms, since, None, parties)
    return TermsInUse(version, host_id=agreement.host_id, timeline=(*before, version))


@dataclass(frozen=True, slots=True)
class _Window:
    since: date
    until: date
    zone: str
    months: tuple[str, ...]

    @property
    def instants(self) -> tuple[datetime, datetime]:
        whole = Span(self.since, self.until, self.zone)
        return whole.starts_at, whole.ends_at


def _window(terms: Terms, months: int, now: datetime) -> _Window:
    until = local_date(now, terms.time_zone).replace(day=1)
    names = months_back(until - timedelta(days=1), max(1, min(months, MOST_MONTHS)))
    return _Window(date.fromisoformat(f"{names[0]}-01"), until, terms.time_zone, names)


@dataclass(slots=True)
class _Replay:
    use: TermsInUse
    window: _Window
    tallies: ReplayedTallies = field(default_factory=ReplayedTallies)
    lines: dict[UUID, OriginalLine] = field(default_factory=dict)
    settled: Earned = field(default_factory=lambda: defaultdict(int))
    earned: Earned = field(default_factory=lambda: defaultdict(int))
    of_orders: Earned = field(default_factory=lambda: defaultdict(int))  # refunds on the day of their order
    caps: CapHits = field(default_factory=CapHits)
    conversions: int = 0
    replayed: int = 0
    unassigned_minor: int = 0

    def run(self, agreement_id: UUID) -> None:
        """Everything that accrued for these days, in the order in which it did."""
        since, until = self.window.instants
        rows = Accrual.objects.filter(
            period__agreement_id=agreement_id, occurred_at__gte=since, occurred_at__lt=until
        ).order_by("id")
        ids = list(rows.values_list("conversion_id", flat=True)[: MOST_CONVERSIONS + 1])
        if len(ids) > MOST_CONVERSIONS:
            raise TooMuchToReplayError
        self.conversions = len(ids)
        for start in range(0, len(ids), _CHUNK):
            self._chunk(ids[start : start + _CHUNK])

    def _chunk(self, ids: Sequence[UUID]) -> None:
        facts = as_accrued({fact.id: fact for fact in conversion_facts(ids)})
        settled = _settled(ids)
        ordered = [facts[id_] for id_ in ids if id_ in facts]
        knowledge = read_what_is_known([Explained(fact, self.use) for fact in ordered])
        knowledge.tallies = self.tallies
        if self.use.needs.persons:
            knowledge.recall([Explained(fact, self.use) for fact in ordered])
        for fact in ordered:
            day = business_day(fact.occurred_at, self.window.zone)
            for party, amount in settled[fact.id]:
                self.settled[party, day] += amount
            self._replay(fact, day, knowledge, settled[fact.id])

    def _replay(
        self, fact: ConversionFact, day: date, knowledge: Knowledge, settled: Iterable[tuple[UUID, int]]
    ) -> None:
        if fact.original_id is not None and fact.original_id not in self.lines:
            for party, amount in settled:  # of an order from before: its terms are frozen
                self.earned[party, day] += amount
            return
        if fact.original_id is not None:
            outcome = evaluate_refund(fact, self.lines[fact.original_id], self.tallies)
        else:
            [outcome] = evaluate_conversions([Explained(fact, self.use)], knowledge)
        self._note(fact, day, outcome, knowledge.of(fact).person)

    def _note(self, fact: ConversionFact, day: date, outcome: Outcome, person: str) -> None:
        explanation = json.loads(outcome.explanation)
        self.replayed += 1
        self.unassigned_minor += outcome.unassigned_minor
        self.caps.count_on(explanation)
        order_day = business_day(self._ordered_at(fact), self.window.zone)
        for party, amount in outcome.shares:
            self.earned[party, day] += amount
            self.of_orders[party, order_day] += amount
        if fact.original_id is None:
            self.lines[fact.id] = OriginalLine(
                accrual_id=fact.id,
                frozen=self.use,
                use=self.use,
                given=given_of(self.use, explanation, outcome.gross_minor),
                explanation=explanation,
                occurred_at=fact.occurred_at,
                quantity=fact.quantity,
                available_on=None,
                taken_minor=0,
                person=person,
            )

    def _ordered_at(self, fact: ConversionFact) -> datetime:
        line = self.lines.get(fact.original_id) if fact.original_id else None
        return line.occurred_at if line else fact.occurred_at

    def result(self, agreement_id: UUID) -> TermsSimulation:
        """The sums, with what fixed amounts and guarantees brought and would have brought."""
        terms, window = self.use.terms, self.window
        brought = brought_by_periods(terms, self.of_orders, window.since, window.until)
        for place, amount in brought.amounts.items():
            self.earned[place] += amount
        guarantees = 0
        for kind, day, party, other, amount in _by_period(agreement_id, window):
            self.settled[party, day] += amount
            self.settled[other, day] -= amount
            guarantees += amount if kind == AdjustmentKind.GUARANTEE else 0
        return TermsSimulation(
            currency=terms.currency,
            since=window.since,
            until=window.until,
            months=window.months,
            conversions=self.conversions,
            replayed=self.replayed,
            rows=by_month(self.settled, self.earned, terms.parties, window.months),
            caps=self.caps,
            guarantees_settled_minor=guarantees,
            guarantees_minor=brought.guarantees_minor,
            unassigned_minor=self.unassigned_minor,
            left_out=tuple(_left_out(self.use)),
        )


def _settled(conversion_ids: Sequence[UUID]) -> defaultdict[UUID, list[tuple[UUID, int]]]:
    """What each party got of each conversion, later terms for it included."""
    found: defaultdict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    shares = AccrualShare.objects.filter(accrual__conversion_id__in=conversion_ids).order_by()
    for id_, party, amount in shares.values_list("accrual__conversion_id", "organization_id").annotate(
        total=Sum("share_minor")
    ):
        found[id_].append((party, int(amount)))
    rerated = Adjustment.objects.filter(kind=AdjustmentKind.RERATED, accrual__conversion_id__in=conversion_ids)
    for id_, party, other, amount in rerated.values_list(
        "accrual__conversion_id", "organization_id", "counterparty_id", "amount_minor"
    ):
        found[id_] += [(party, amount), (other, -amount)]
    return found


def _by_period(agreement_id: UUID, window: _Window) -> QuerySet[Adjustment, tuple[str, date, UUID, UUID, int]]:
    return Adjustment.objects.filter(
        agreement_id=agreement_id,
        kind__in=_BY_PERIOD,
        about_period__starts_on__gte=window.since,
        about_period__ends_on__lte=window.until,
    ).values_list("kind", F("about_period__starts_on"), "organization_id", "counterparty_id", "amount_minor")


def _left_out(use: TermsInUse) -> Iterable[str]:
    """What the replay can't tell of these terms."""
    if any(clause.earns_on is EarnsOn.POOLED_REVENUE for clause in use.terms.clauses):
        yield "pooled_revenue"
    if use.terms.advances:
        yield "advances"
