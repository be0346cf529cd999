"""Discrepancies on the finance home."""

from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.kernel.permissions import Permission
from settlements.auditing.models import Discrepancy
from settlements.finance.queues import MOST_SHOWN, Desk, FinanceQueue, QueueAmount, QueueItem, register_finance_queue


def discrepancies(desk: Desk) -> FinanceQueue | None:
    """What differs now in the host's books, the oldest first."""
    if not desk.actor.can(Permission.PERIOD_CLOSE):
        return None
    rows = Discrepancy.objects.filter(organization_id=desk.organization_id, resolved_at__isnull=True)
    return FinanceQueue(
        title=_("Figures that differ"),
        count=rows.count(),
        href=reverse("portal:discrepancies"),
        items=tuple(_item(row) for row in rows.order_by("first_seen_at", "id")[:MOST_SHOWN]),
        tone="bad",
    )


def _item(row: Discrepancy) -> QueueItem:
    return QueueItem(
        title=row.label,
        href=row.address,
        detail=row.get_kind_display(),
        amount=QueueAmount(row.difference_minor, row.currency, row.address) if not row.is_counted else None,
        warning=_("Must be equal"),
    )


def register() -> None:
    """Called when the app is ready; before every other queue."""
    register_finance_queue("discrepancies", discrepancies, place=5)
