"""Offset what a partner owes under one agreement against what it has under another. A step of closing."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, Sum

from partners.selectors import (
    AgreementBrief,
    TermsInForce,
    TermsTimeline,
    accepted_terms,
    agreements_of,
    terms_in_force,
)
from settlements.domain.offsetting import Side, may_offset, offsets
from settlements.ledger.domain import AccountKind
from settlements.ledger.selectors import accounts, balances
from settlements.ledger.services.open_book import open_book
from settlements.models import AdjustmentKind, DisputeState, LineDispute, Period
from settlements.payouts.models import PayoutHold
from settlements.services.find_balances import find_balances
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments

_CLOSE: Final = "the close"
_Seat = tuple[UUID, UUID]  # agreement, party


@dataclass(frozen=True, slots=True)
class _Offset:
    """So much is offset with another agreement: above 0 pays the party's debt under the period's agreement."""

    party_id: UUID
    other: AgreementBrief
    amount_minor: int
    sides: Mapping[str, object]


def agreements_to_offset(*, period: Period, now: datetime) -> list[UUID]:
    """The other agreements whose balances the close of this period may move; their calendars must be held first."""
    own = terms_in_force(agreement_id=period.agreement_id, at=period.ends_at - timedelta(microseconds=1))
    if own is None or own.terms.debts is None:
        return []
    timeline = accepted_terms(alliance_id=period.alliance_id)
    others = (timeline.last_of_agreement(agreement.id, now) for agreement in _others(period))
    return [
        version.agreement_id
        for version in others
        if version is not None
        and any(may_offset(own.terms, version.terms, party) for party in own.terms.parties if party != period.host_id)
    ]


def offset_debts(
    *, period: Period, version: TermsInForce | None, timeline: TermsTimeline, linked: Collection[UUID], now: datetime
) -> None:
    """Pay what each partner owes out of what it has under the other of two agreements, where the terms of both say so.

    The period's agreement against each of `linked`, the oldest first: what it owes by the period's end, and what it has
    by then. A line on the statements of both, in the period here and in the present one there. Nothing of a partner whose
    payouts are on hold, nothing that is disputed, nothing that is pending or kept in reserve.
    """
    if version is None or version.terms.debts is None or not linked:
        return
    others = [agreement for agreement in _others(period) if agreement.id in linked]
    seats = _seats(period, version, others, timeline, now)
    found = _found(period, seats)
    if found:
        _record(period, found, now)


def _others(period: Period) -> list[AgreementBrief]:
    found = agreements_of(alliance_id=period.alliance_id)
    return sorted((a for a in found if a.id != period.agreement_id), key=lambda agreement: agreement.id)


def _seats(
    period: Period,
    version: TermsInForce,
    others: Sequence[AgreementBrief],
    timeline: TermsTimeline,
    now: datetime,
) -> dict[UUID, list[AgreementBrief]]:
    """By partner the agreements with which its debts may be offset."""
    seats: defaultdict[UUID, list[AgreementBrief]] = defaultdict(list)
    held = set(PayoutHold.objects.filter(lifted_at__isnull=True).values_list("organization_id", flat=True))
    for agreement in others:
        other = timeline.last_of_agreement(agreement.id, now)
        for party in version.terms.parties:
            if party in held or party == period.host_id or other is None:
                continue
            if may_offset(version.terms, other.terms, party):
                seats[party].append(agreement)
    return dict(seats)


def _found(period: Period, seats: Mapping[UUID, Sequence[AgreementBrief]]) -> list[_Offset]:
    if not seats:
        return []
    ids = {agreement.id for others in seats.values() for agreement in others}
    own, there = find_balances(period), _there(period.currency, ids)
    disputed = _disputed({period.agreement_id, *ids})
    found = []
    for party in sorted(seats):
        by_id = {agreement.id: agreement for agreement in seats[party]}
        mine = _side(own.spendable(party), own.receivable(party), disputed[period.agreement_id, party])
        others = {id_: _side(*there[id_, party], disputed[id_, party]) for id_ in by_id}
        told = {
            "own": [mine.available_minor, mine.owed_minor],
            "others": [[str(id_), side.available_minor, side.owed_minor] for id_, side in others.items()],
        }
        amounts = offsets(mine, others, list(by_id))
        found += [_Offset(party, by_id[id_], amount, told) for id_, amount in amounts.items()]
    return found


def _side(available_minor: int, owed_minor: int, disputed: tuple[int, int]) -> Side:
    """Without what open disputes may still change: earnings that nobody has set aside yet, and what was taken away."""
    earned, taken = disputed
    return Side(max(0, available_minor - earned), max(0, owed_minor - taken))


def _there(currency: str, agreement_ids: Collection[UUID]) -> defaultdict[_Seat, tuple[int, int]]:
    """By agreement and party: what is available now, and what is owed."""
    held = {
        account.id: (id_, account.organization_id, account.kind)
        for id_ in agreement_ids
        for account in accounts(agreement_id=id_)
        if account.currency == currency and account.kind in {AccountKind.AVAILABLE, AccountKind.RECEIVABLE}
    }
    found: defaultdict[_Seat, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for account_id, amount in (balances(account_ids=list(held)) if held else {}).items():
        agreement_id, party, kind = held[account_id]
        available, owed = found[agreement_id, party]
        is_available = kind is AccountKind.AVAILABLE
        found[agreement_id, party] = (available - amount, owed) if is_available else (available, owed + amount)
    return found


def _disputed(agreement_ids: Collection[UUID]) -> defaultdict[_Seat, tuple[int, int]]:
    """By agreement and party: what open disputes are about, earnings that are not set aside and what was taken away."""
    rows = LineDispute.objects.filter(agreement_id__in=list(agreement_ids), state=DisputeState.OPEN).order_by()
    sums = rows.values_list("agreement_id", "organization_id").annotate(
        earned=Sum("share_minor", filter=Q(share_minor__gt=0, set_aside_minor__isnull=True), default=0),
        taken=Sum("share_minor", filter=Q(share_minor__lt=0), default=0),
    )
    found: defaultdict[_Seat, tuple[int, int]] = defaultdict(lambda: (0, 0))
    found.update({(agreement, party): (int(earned), -int(taken)) for agreement, party, earned, taken in sums})
    return found


def _record(period: Period, found: Sequence[_Offset], now: datetime) -> None:
    """First the lines here, then the same money there, each naming the other agreement."""
    own = next(a for a in agreements_of(alliance_id=period.alliance_id) if a.id == period.agreement_id)
    keys = {id(offset): f"offset:{period.id}:{offset.party_id}:{offset.other.id}" for offset in found}
    here = [_draft(keys[id(offset)], offset, offset.amount_minor, offset.other) for offset in found]
    last_day = period.ends_on - timedelta(days=1)
    recorded = record_adjustments(period=period, effective_on=last_day, drafts=here, by=_CLOSE, now=now)
    presents = hold_present_periods(
        book_id=open_book(alliance_id=period.alliance_id, host_id=period.host_id),
        host_id=period.host_id,
        alliance_id=period.alliance_id,
        agreement_ids={offset.other.id for offset in found},
        now=now,
    )
    periods = Period.objects.in_bulk([present.period_id for present in presents.values()])
    for offset in found:
        key, present = keys[id(offset)], presents[offset.other.id]
        there = _draft(key, offset, -offset.amount_minor, own, answers_id=recorded[key])
        record_adjustments(
            period=periods[present.period_id], effective_on=present.effective_on, drafts=[there], by=_CLOSE, now=now
        )


def _draft(
    key: str, offset: _Offset, amount_minor: int, other: AgreementBrief, answers_id: UUID | None = None
) -> AdjustmentDraft:
    return AdjustmentDraft(
        AdjustmentKind.OFFSET,
        key,
        offset.party_id,
        None,
        amount_minor,
        reference=other.name[:80],
        details={"agreement": str(other.id), "agreement_name": other.name, "sides": offset.sides},
        answers_id=answers_id,
    )
