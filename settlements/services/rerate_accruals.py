"""Adjust what accrued under terms that others have replaced since, for a time that had begun."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import F, Sum

from alliance.kernel.actor import Actor
from alliance.kernel.arrays import one_of
from alliance.kernel.audit import record
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.selectors import conversion_facts
from partners.domain.evaluation import Totals
from partners.selectors import AgreementBrief, TermsInForce, accepted_terms, agreements_of
from settlements.domain.taking_back import Remainder, taken_back
from settlements.exchange.foreign import as_accrued
from settlements.exports.events import refunds_of
from settlements.ledger.services.open_book import open_book
from settlements.models import Accrual, AccrualShare, Adjustment, AdjustmentKind, Period, Rerating
from settlements.services.evaluate_conversions import Knowledge, evaluate_again, read_knowledge
from settlements.services.evaluate_refund import given_of, taken_so_far
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.pass_gate import pass_gate
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments
from settlements.services.tally_keys import count_on
from settlements.terms_in_use import Explained, TermsInUse

_CHUNK = 500
_Amounts = defaultdict[UUID, defaultdict[UUID, int]]


def rerate_accruals(*, actor: Actor, agreement_id: UUID, version_id: UUID, now: datetime) -> int:
    """Work out anew what accrued in the time of a version that was signed after it had begun; how many conversions.

    Accruals and statements stay as they are. For each conversion its parties get the difference, less what was taken
    back of it, as an adjustment of the agreement's present period that names accrual and version. Running totals count
    as if these terms had been there. One transaction; repeating it is harmless. Runs in the host's scope.
    """
    actor.require(Permission.PERIOD_CLOSE)
    agreement = next((a for a in agreements_of() if a.id == agreement_id), None)
    if agreement is None or agreement.host_id != actor.organization_id:
        return 0
    with atomic():
        timeline = accepted_terms(alliance_id=agreement.alliance_id)
        binding = timeline.of_agreement(agreement_id)
        versions = [v for v in binding if v.version_id == version_id]
        if not any(version.effective_from < now for version in versions):
            return 0
        pass_gate(agreement.alliance_id, alone=True)
        rerated = 0
        for version in versions:
            rows = _accrued_otherwise(version, agreement_id)
            if rows:
                uses = {
                    id_: TermsInUse(timeline.version(id_), host_id=agreement.host_id, timeline=binding)
                    for id_ in {version_id, *(before for _, before in rows)}
                }
                rerated += _rerate(actor, agreement, uses[version_id], rows, uses, now)
        if rerated:
            target = Period.objects.filter(agreement_id=agreement_id).first()
            assert target is not None  # there are accruals
            record(actor, "accruals.rerated", target, now=now, after={"version": str(version_id), "count": rerated})
    return rerated


def _accrued_otherwise(version: TermsInForce, agreement_id: UUID) -> list[tuple[Accrual, UUID]]:
    """What accrued in the version's time under another one, with the version that rules it so far."""
    rows = Accrual.objects.filter(
        period__in=Period.objects.filter(agreement_id=agreement_id, ends_at__gt=version.effective_from).values("id"),
        original__isnull=True,
        occurred_at__gte=version.effective_from,
    )
    if version.effective_to is not None:
        rows = rows.filter(occurred_at__lt=version.effective_to)
    found = list(rows.order_by("occurred_at", "id"))
    latest = dict(
        Rerating.objects.filter(accrual_id__in=one_of(row.id for row in found))
        .order_by("rerated_at", "id")
        .values_list("accrual_id", "terms_version_id")
    )
    ruling = [(row, latest.get(row.id, row.terms_version_id)) for row in found]
    return [(row, before) for row, before in ruling if before != version.version_id]


def _rerate(
    actor: Actor,
    agreement: AgreementBrief,
    use: TermsInUse,
    rows: Sequence[tuple[Accrual, UUID]],
    uses: Mapping[UUID, TermsInUse],
    now: datetime,
) -> int:
    facts = as_accrued({fact.id: fact for fact in conversion_facts([row.conversion_id for row, _ in rows])})
    explained = [Explained(facts[row.conversion_id], use) for row, _ in rows]
    before = [Explained(facts[row.conversion_id], uses[version_id]) for row, version_id in rows]
    knowledge = read_knowledge([*explained, *before])
    explanations = _explanations(rows)
    for each, explanation in zip(before, explanations, strict=True):
        _uncount(each, explanation, knowledge)
    outcomes = evaluate_again(explained, knowledge)
    written = [json.loads(outcome.explanation) for outcome in outcomes]
    nets, adjusted = _nets([row.id for row, _ in rows])
    taken = taken_so_far([row.id for row, _ in rows])
    back = _refunds([id_ for id_, amount in taken.items() if amount])
    Rerating.objects.bulk_create(
        Rerating(
            host_id=agreement.host_id,
            accrual_id=row.id,
            terms_version_id=use.version.version_id,
            explanation=explanation,
            rerated_at=now,
        )
        for (row, _), explanation in zip(rows, written, strict=True)
    )
    drafts = [
        draft
        for (row, _), explanation in zip(rows, written, strict=True)
        for draft in _drafts(row, use, explanation, nets[row.id], taken[row.id], adjusted[row.id], back[row.id])
    ]
    _record(actor, agreement, drafts, now)
    return len(rows)


def _explanations(rows: Sequence[tuple[Accrual, UUID]]) -> list[Mapping[str, object]]:
    """What each line says that it came to, by its latest terms."""
    latest = {
        rerating.accrual_id: rerating.explanation
        for rerating in Rerating.objects.filter(accrual_id__in=one_of(row.id for row, _ in rows)).order_by(
            "rerated_at", "id"
        )
    }
    return [latest.get(row.id, row.explanation) for row, _ in rows]


def _uncount(before: Explained, explanation: Mapping[str, object], knowledge: Knowledge) -> None:
    counted: Mapping[str, list[int]] = explanation.get("counted", {})  # type: ignore[assignment]
    earned: Mapping[str, int] = explanation.get("earned", {})  # type: ignore[assignment]
    if counted or earned:
        person = knowledge.of(before.fact).person
        lessened = {key: Totals(*totals).negated() for key, totals in counted.items()}
        gone = {key: -amount for key, amount in earned.items()}
        count_on(before.use, before.fact.occurred_at, person, lessened, gone, knowledge.tallies)


def _nets(accrual_ids: Sequence[UUID]) -> tuple[_Amounts, _Amounts]:
    """What each party has of each conversion so far: its share, less refunds, with earlier differences; and those alone."""
    nets: _Amounts = defaultdict(lambda: defaultdict(int))
    adjusted: _Amounts = defaultdict(lambda: defaultdict(int))
    shares = AccrualShare.objects.order_by()
    for field, rows in (
        ("accrual_id", shares.filter(accrual_id__in=one_of(accrual_ids))),
        ("accrual__original_id", shares.filter(accrual__original_id__in=one_of(accrual_ids))),
    ):
        sums = rows.values_list(F(field), "organization_id").annotate(total=Sum("share_minor"))
        for accrual_id, party, total in sums:
            nets[accrual_id][party] += int(total)
    done = Adjustment.objects.filter(accrual_id__in=one_of(accrual_ids), kind=AdjustmentKind.RERATED).order_by()
    columns = ("accrual_id", "organization_id", "counterparty_id", "amount_minor")
    for accrual_id, party, other, amount in done.values_list(*columns):
        for found in (nets, adjusted):
            found[accrual_id][party] += amount
            found[accrual_id][other] -= amount
    return nets, adjusted


def _refunds(accrual_ids: Sequence[UUID]) -> defaultdict[UUID, list[str]]:
    """The hashes of what took back of each order."""
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for event in refunds_of(accrual_ids):
        if event.original_id is not None:
            found[event.original_id].append(event.content.digest().hex())
    return found


def _drafts(
    row: Accrual,
    use: TermsInUse,
    explanation: Mapping[str, object],
    net: Mapping[UUID, int],
    taken_minor: int,
    adjusted: Mapping[UUID, int],
    refunds: Sequence[str],
) -> list[AdjustmentDraft]:
    """To each partner what it lacks, from the host."""
    given = given_of(use, explanation, row.gross_minor)
    remainder = Remainder(use.terms.rounding.remainder, use.host_id)
    back = taken_back(given, taken_minor, before_minor=0, remainder=remainder) if taken_minor else None
    due: dict[UUID, int] = defaultdict(int)
    for part in (*given.parts, *(back.parts if back else ())):
        due[part.party] += part.amount_minor
    return [
        AdjustmentDraft(
            AdjustmentKind.RERATED,
            f"rerated:{row.id}:{use.version.version_id}:{party}",
            party,
            use.host_id,
            due.get(party, 0) - net.get(party, 0),
            reference=row.reference,
            details={
                "number": use.version.number,
                "facts": explanation.get("facts", {}),
                "taken_minor": taken_minor,
                "taken_by": list(refunds),
                "adjusted_minor": adjusted.get(party, 0),
            },
            about_period_id=row.period_id,
            accrual_id=row.id,
            terms_version_id=use.version.version_id,
        )
        for party in sorted({*due, *net} - {use.host_id})
    ]


def _record(actor: Actor, agreement: AgreementBrief, drafts: Sequence[AdjustmentDraft], now: datetime) -> None:
    if not any(draft.amount_minor for draft in drafts):
        return
    present = hold_present_periods(
        book_id=open_book(alliance_id=agreement.alliance_id, host_id=agreement.host_id),
        host_id=agreement.host_id,
        alliance_id=agreement.alliance_id,
        agreement_ids=[agreement.id],
        now=now,
    )[agreement.id]
    period = Period.objects.get(pk=present.period_id)
    for start in range(0, len(drafts), _CHUNK):
        record_adjustments(
            period=period,
            effective_on=present.effective_on,
            drafts=drafts[start : start + _CHUNK],
            by=actor.label[:160],
            now=now,
        )
