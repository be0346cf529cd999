"""Retrying what was parked, and forgetting what is long done."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models.functions import Now

from alliance.kernel.models import DeliveryState, OutboxDelivery, OutboxMessage
from alliance.kernel.tenancy import across_organizations

KEPT: Final = timedelta(days=30)


def retry_parked(*, delivery_ids: list[UUID] | None = None) -> int:
    """Set parked deliveries (all, or those named) to pending with fresh attempts; how many were."""
    with across_organizations(reason="an operator retries parked deliveries"):
        parked = OutboxDelivery.objects.filter(state=DeliveryState.PARKED)
        if delivery_ids is not None:
            parked = parked.filter(pk__in=delivery_ids)
        return parked.update(state=DeliveryState.PENDING, attempts=0, hints=0, next_attempt_at=Now())


def forget_done() -> int:
    """Delete messages published over 30 days ago whose deliveries are all done; how many were."""
    with across_organizations(reason="upkeep of the outbox"):
        unfinished = OutboxDelivery.objects.exclude(state=DeliveryState.DONE).values("message_id")
        old = OutboxMessage.objects.filter(created_at__lt=Now() - KEPT).exclude(pk__in=unfinished)
        return old.delete()[1].get("kernel.OutboxMessage", 0)
