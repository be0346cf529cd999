"""Recoup advances out of a period's earnings. A step of closing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final
from uuid import UUID

from django.db.models import QuerySet, Sum

from settlements.domain.closing import Due, Unrecouped, recouped
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.models import FROM_THE_BOOKS, Adjustment, AdjustmentKind, Period
from settlements.services.find_balances import find_balances
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.post_journal import post_journal
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments

_CLOSE: Final = "the close"


@dataclass(frozen=True, slots=True)
class Recouping:
    """What one party's advances were recouped of: its earnings, what of them was there, and what was left of each before."""

    earned_minor: int
    available_minor: int
    left: tuple[tuple[Adjustment, int], ...]

    def to_json(self) -> dict[str, object]:
        """What stands on the party's statement, in the order in which they are recouped."""
        advances = [
            {
                "id": str(advance.id),
                "agreement": str(advance.agreement_id),
                "terms": advance.terms_version.document_sha256 if advance.terms_version else "",
                "advance": advance.reference,
                "left_minor": left,
            }
            for advance, left in self.left
        ]
        return {"earned_minor": self.earned_minor, "available_minor": self.available_minor, "of": advances}


def recoup_advances(*, period: Period, due: Mapping[UUID, Due], now: datetime) -> dict[UUID, Recouping]:
    """Recoup out of each party's earnings first this agreement's advances, then those of its pool.

    The earnings are what became available with the period and what adjusted it; nobody goes below nothing by it. Returns
    what it came of, for each party that has an advance to recoup.
    """
    own = list(_advances(period).filter(agreement_id=period.agreement_id))
    pools = {pool for advance in own if (pool := advance.details.get("pool"))}
    pooled = _of_pools(period, pools) if pools else []
    if not own:
        return {}
    earned, balances = _earned(period, due), find_balances(period)
    left, told = _left([*own, *pooled]), {}
    for party in sorted({advance.organization_id for advance in own}):
        mine = [advance for advance in (*own, *pooled) if advance.organization_id == party and left[advance.id]]
        found = recouped(
            [Unrecouped(a.id, left[a.id], Fraction(str(a.details["recoups"]))) for a in mine],
            earned_minor=earned[party],
            available_minor=balances.spendable(party),
        )
        if mine:
            before = tuple((advance, left[advance.id]) for advance in mine)
            told[party] = Recouping(earned[party], balances.spendable(party), before)
        _record(period, [(advance, found[advance.id]) for advance in mine if advance.id in found], now)
    return told


def _advances(period: Period) -> QuerySet[Adjustment]:
    rows = Adjustment.objects.filter(kind=AdjustmentKind.ADVANCE, host_id=period.host_id)
    return rows.select_related("terms_version").order_by("id")


def _of_pools(period: Period, pools: set[str]) -> list[Adjustment]:
    """Advances of the alliance's other agreements in the same pools, as far as the host itself paid them."""
    others = _advances(period).filter(alliance_id=period.alliance_id, currency=period.currency, counterparty=None)
    return list(others.filter(details__pool__in=pools).exclude(agreement_id=period.agreement_id))


def _earned(period: Period, due: Mapping[UUID, Due]) -> defaultdict[UUID, int]:
    earned = defaultdict(int, {party: amount.net_minor for party, amount in due.items()})
    rows = Adjustment.objects.filter(period_id=period.id).exclude(kind__in=FROM_THE_BOOKS)
    for party, other, amount in rows.values_list("organization_id", "counterparty_id", "amount_minor"):
        earned[party] += amount
        if other is not None:
            earned[other] -= amount
    return earned


def _left(advances: Sequence[Adjustment]) -> dict[UUID, int]:
    answers = Adjustment.objects.filter(answers_id__in=[a.id for a in advances]).order_by()
    sums = answers.values_list("answers_id").annotate(total=Sum("amount_minor"))
    back = {id_: int(total) for id_, total in sums}
    return {advance.id: advance.amount_minor + back.get(advance.id, 0) for advance in advances}


def _record(period: Period, parts: Sequence[tuple[Adjustment, int]], now: datetime) -> None:
    drafts = [
        AdjustmentDraft(
            AdjustmentKind.ADVANCE_RECOUPED,
            f"advance_recouped:{period.id}:{advance.id}",
            advance.organization_id,
            advance.counterparty_id,
            -amount,
            reference=advance.reference,
            details={"advance_minor": advance.amount_minor, "agreement": str(advance.agreement_id)},
            answers_id=advance.id,
            bridge=advance.agreement_id != period.agreement_id,
        )
        for advance, amount in parts
    ]
    last_day = period.ends_on - timedelta(days=1)
    recorded = record_adjustments(period=period, effective_on=last_day, drafts=drafts, by=_CLOSE, now=now)
    for draft, (advance, amount) in zip(drafts, parts, strict=True):
        if draft.bridge and draft.key in recorded:
            _arrive(advance, amount, recorded[draft.key], now)


def _arrive(advance: Adjustment, amount_minor: int, adjustment_id: UUID, now: datetime) -> None:
    """The other end of the bridge: the advance's own agreement is paid back, in its present period."""
    book_id = open_book(alliance_id=advance.alliance_id, host_id=advance.host_id)
    present = hold_present_periods(
        book_id=book_id,
        host_id=advance.host_id,
        alliance_id=advance.alliance_id,
        agreement_ids=[advance.agreement_id],
        now=now,
    )[advance.agreement_id]
    clearing = AccountSpec(advance.host_id, advance.agreement_id, advance.currency, AccountKind.CLEARING)
    owed = AccountSpec(advance.organization_id, advance.agreement_id, advance.currency, AccountKind.ADVANCE)
    accounts = open_accounts(book_id=book_id, specs=[clearing, owed])
    draft = JournalDraft(
        key=f"bridge:{adjustment_id}",
        kind="adjustment",
        agreement_id=advance.agreement_id,
        effective_on=present.effective_on,
        occurred_at=now,
        legs=(Leg(accounts[clearing], amount_minor), Leg(accounts[owed], -amount_minor)),
    )
    post_journal(book_id=book_id, draft=draft)
