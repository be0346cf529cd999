"""Take conversions out of suspense once they have accrued."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from alliance.kernel.arrays import one_of
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.models import Journal
from settlements.ledger.services.open_accounts import open_accounts
from settlements.models import SuspenseItem
from settlements.services.post_journal import post_journals


def release_suspense(*, book_id: UUID, conversion_ids: Collection[UUID], now: datetime) -> int:
    """Reverse the suspense journal of each conversion that has one, and mark it released; how many there were.

    Runs in the transaction that accrues them, so that the money is never in both places or in none.
    """
    waiting = SuspenseItem.objects.filter(released_at__isnull=True)
    if not waiting.exists():
        return 0
    items = list(waiting.filter(conversion_id__in=one_of(conversion_ids)).select_for_update().order_by("id"))
    if not items:
        return 0
    moved = [item for item in items if item.amount_minor]
    accounts = open_accounts(
        book_id=book_id,
        specs=[_account(item, kind) for item in moved for kind in (AccountKind.CLEARING, AccountKind.SUSPENSE)],
    )
    journals = dict(
        Journal.objects.filter(book_id=book_id, key__in=[f"suspense:{i.conversion_id}" for i in moved]).values_list(
            "key", "id"
        )
    )
    drafts = [
        JournalDraft(
            key=f"suspense-release:{item.conversion_id}",
            kind="suspense_release",
            agreement_id=None,
            effective_on=now.astimezone(UTC).date(),
            occurred_at=item.occurred_at,
            legs=(
                Leg(accounts[_account(item, AccountKind.CLEARING)], -item.amount_minor),
                Leg(accounts[_account(item, AccountKind.SUSPENSE)], item.amount_minor),
            ),
            reverses_id=journals[f"suspense:{item.conversion_id}"],
        )
        for item in moved
    ]
    post_journals(book_id=book_id, drafts=drafts)
    SuspenseItem.objects.filter(id__in=[item.id for item in items]).update(released_at=now)
    return len(items)


def _account(item: SuspenseItem, kind: AccountKind) -> AccountSpec:
    return AccountSpec(item.organization_id, None, item.currency, kind)
