"""What payouts ask of the host's finance people, on the finance home."""

from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.kernel.permissions import Permission
from settlements.finance.queues import MOST_SHOWN, Desk, FinanceQueue, QueueAmount, QueueItem, register_finance_queue
from settlements.payouts.models import BatchState, PayoutBatch


def batches_to_approve(desk: Desk) -> FinanceQueue | None:
    """Batches that wait for approval, the oldest first; the sum is what would leave."""
    if not desk.actor.can(Permission.PAYOUT_PREPARE):
        return None
    rows = PayoutBatch.objects.filter(organization_id=desk.organization_id, state=BatchState.PREPARED)
    whole = f"{reverse('portal:payout_batches')}?{urlencode({'state': BatchState.PREPARED.value})}"
    items = []
    for batch in rows.select_related("alliance").order_by("prepared_at", "id")[:MOST_SHOWN]:
        href = reverse("portal:payout_batch", args=[batch.id])
        own = batch.prepared_by_id is not None and batch.prepared_by_id == desk.actor.user_id
        warning = _("Yours: somebody else has to approve it") if own else ""
        amount = QueueAmount(batch.total_minor, batch.currency, href)
        items.append(QueueItem(batch.reference, href, f"{batch.alliance.name} · {batch.prepared_by}", amount, warning))
    sums = rows.values_list("currency").annotate(amount=Sum("total_minor")).order_by("currency")
    return FinanceQueue(
        title=_("Payout batches"),
        count=rows.count(),
        href=whole,
        amounts=tuple(QueueAmount(int(amount), code, whole) for code, amount in sums),
        items=tuple(items),
    )


def register() -> None:
    """Called when the app is ready."""
    register_finance_queue("payouts", batches_to_approve, place=35)
