"""Set the money of a disputed line aside, or let it go again. A step of disputes; only in the host's scope."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.selectors import balances
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.models import LineDispute
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.post_journal import post_journal

ASIDE: Final = "dispute"
RELEASE: Final = "dispute_release"


def lock_agreement(agreement_id: UUID) -> None:
    """Nothing of the agreement is paid, closed or set aside until this transaction ends."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT settlements_lock_calendar(%s)", [agreement_id])


def still_available(dispute: LineDispute, currency: str) -> int:
    """What stands on the party's available account; 0 when it is below nothing. Hold the agreement first."""
    account = _accounts(dispute, currency)[0]
    return max(0, -balances(account_ids=[account])[account])


def move_disputed(dispute: LineDispute, *, key: str, amount_minor: int, now: datetime) -> None:
    """One journal `<key>:<dispute>` in the agreement's present period; posting it again changes nothing.

    `ASIDE` moves from available to reserve, `RELEASE` back, in the currency in which it is set aside. An amount of 0 posts
    nothing.
    """
    if not amount_minor:
        return
    alliance_id = dispute.statement.alliance_id
    book_id = open_book(alliance_id=alliance_id, host_id=dispute.host_id)
    present = hold_present_periods(
        book_id=book_id,
        host_id=dispute.host_id,
        alliance_id=alliance_id,
        agreement_ids=[dispute.agreement_id],
        now=now,
    )[dispute.agreement_id]
    available, reserve = _accounts(dispute, dispute.held_currency)
    source, target = (available, reserve) if key == ASIDE else (reserve, available)
    draft = JournalDraft(
        key=f"{key}:{dispute.id}",
        kind=key,
        agreement_id=dispute.agreement_id,
        effective_on=present.effective_on,
        occurred_at=now,
        legs=(Leg(source, amount_minor), Leg(target, -amount_minor)),
    )
    post_journal(book_id=book_id, draft=draft)


def _accounts(dispute: LineDispute, currency: str) -> tuple[UUID, UUID]:
    book_id = open_book(alliance_id=dispute.statement.alliance_id, host_id=dispute.host_id)
    available, reserve = (
        AccountSpec(dispute.organization_id, dispute.agreement_id, currency, kind)
        for kind in (AccountKind.AVAILABLE, AccountKind.RESERVE)
    )
    found = open_accounts(book_id=book_id, specs=[available, reserve])
    return found[available], found[reserve]
