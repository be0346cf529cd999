"""Record what a party gets or gives besides the shares of conversions."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import database_alias
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.models import AdjustmentKind, Period
from settlements.services.post_journal import post_journals

_RECORD: Final = "SELECT settlements_record_adjustments(%s, %s, %s, %s, %s::jsonb)"
_FROM_THE_BOOKS: Final = {
    AdjustmentKind.ADVANCE: AccountKind.ADVANCE,
    AdjustmentKind.ADVANCE_RECOUPED: AccountKind.ADVANCE,
    AdjustmentKind.WRITE_OFF: AccountKind.EXPENSE,
    AdjustmentKind.REPAYMENT: AccountKind.BANK,
    AdjustmentKind.VALUE_ADDED_TAX: AccountKind.TAX,
    AdjustmentKind.TAX_REVERSED: AccountKind.TAX,
    AdjustmentKind.EXCHANGED: AccountKind.FX_CLEARING,
    AdjustmentKind.OFFSET: AccountKind.CLEARING,
    AdjustmentKind.ESCHEAT: AccountKind.UNCLAIMED,
    AdjustmentKind.RECLAIMED: AccountKind.UNCLAIMED,
}


@dataclass(frozen=True, slots=True)
class AdjustmentDraft:
    """`amount_minor` to one party, less than nothing to take it back; from `counterparty_id`, or out of the host's books.

    `key` says in its agreement what it is for, once. `bridge`: an advance of another agreement is recouped.
    `other_legs`: what the journal moves besides, in another currency. `is_told_at_zero`: it is written down although it comes to
    nothing, and has no journal then.
    """

    kind: AdjustmentKind
    key: str
    organization_id: UUID
    counterparty_id: UUID | None
    amount_minor: int
    reference: str
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)
    about_period_id: UUID | None = None
    accrual_id: UUID | None = None
    answers_id: UUID | None = None
    terms_version_id: UUID | None = None
    bridge: bool = False
    is_told_at_zero: bool = False
    other_legs: tuple[tuple[AccountSpec, int], ...] = ()


def record_adjustments(
    *, period: Period, effective_on: date, drafts: Sequence[AdjustmentDraft], by: str, now: datetime
) -> dict[str, UUID]:
    """Write each adjustment once, with its journal; the id of each whose key was not there before.

    Drafts of 0 are passed over, but for what moves in another currency only (`other_legs`), and for what is told all the same: that
    moves nothing, so has no journal. The period must be held open (`close_period` and `hold_present_periods` do), and
    `effective_on` lie in it.
    """
    told = [draft for draft in drafts if draft.amount_minor or draft.other_legs or draft.is_told_at_zero]
    ids = {draft.key: new_id() for draft in told}
    if not ids:
        return {}
    rows = [_row(draft, ids[draft.key], effective_on) for draft in told]
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_RECORD, [period.host_id, period.id, now, by, json.dumps(rows)])
        fresh = {row[0] for row in cursor.fetchall()}
    recorded = {key: id_ for key, id_ in ids.items() if id_ in fresh}
    moving = [draft for draft in told if draft.key in recorded and (draft.amount_minor or draft.other_legs)]
    _post(period, effective_on, moving, recorded, now)
    return recorded


def _row(draft: AdjustmentDraft, id_: UUID, effective_on: date) -> dict[str, object]:
    def text(value: UUID | None) -> str | None:
        return str(value) if value is not None else None

    return {
        "id": str(id_),
        "about_period": text(draft.about_period_id),
        "organization": str(draft.organization_id),
        "counterparty": text(draft.counterparty_id),
        "kind": draft.kind.value,
        "key": draft.key,
        "reference": draft.reference,
        "reason": draft.reason,
        "details": dict(draft.details),
        "accrual": text(draft.accrual_id),
        "answers": text(draft.answers_id),
        "terms_version": text(draft.terms_version_id),
        "effective_on": effective_on.isoformat(),
        "amount_minor": draft.amount_minor,
    }


def _post(
    period: Period, effective_on: date, drafts: Sequence[AdjustmentDraft], ids: Mapping[str, UUID], now: datetime
) -> None:
    if not drafts:
        return
    book_id = open_book(alliance_id=period.alliance_id, host_id=period.host_id)
    legs = {draft.key: _legs(period, draft) for draft in drafts}
    accounts = open_accounts(book_id=book_id, specs=[spec for pair in legs.values() for spec, _ in pair])
    post_journals(
        book_id=book_id,
        drafts=[
            JournalDraft(
                key=f"adjustment:{ids[draft.key]}",
                kind="adjustment",
                agreement_id=period.agreement_id,
                effective_on=effective_on,
                occurred_at=now,
                legs=tuple(Leg(accounts[spec], amount) for spec, amount in legs[draft.key]),
            )
            for draft in drafts
        ],
    )


def _legs(period: Period, draft: AdjustmentDraft) -> tuple[tuple[AccountSpec, int], ...]:
    def spec(party_id: UUID, kind: AccountKind) -> AccountSpec:
        return AccountSpec(party_id, period.agreement_id, period.currency, kind)

    def own(party_id: UUID) -> AccountSpec:
        return spec(party_id, AccountKind.REVENUE if party_id == period.host_id else AccountKind.AVAILABLE)

    if not draft.amount_minor:
        return draft.other_legs
    receiving = own(draft.organization_id)
    if draft.counterparty_id is not None:
        giving = own(draft.counterparty_id)
    elif draft.bridge:
        giving = spec(period.host_id, AccountKind.CLEARING)
    else:
        kind = _FROM_THE_BOOKS[draft.kind]
        giving = spec(draft.organization_id if kind is AccountKind.ADVANCE else period.host_id, kind)
    is_offset = draft.kind is AdjustmentKind.OFFSET and draft.amount_minor > 0
    if is_offset or draft.kind in {AdjustmentKind.WRITE_OFF, AdjustmentKind.REPAYMENT}:
        receiving = spec(draft.organization_id, AccountKind.RECEIVABLE)
    return (receiving, -draft.amount_minor), (giving, draft.amount_minor), *draft.other_legs
