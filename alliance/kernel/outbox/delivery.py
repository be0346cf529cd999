"""One delivery, exactly once: the handler's effect and the receipt stand or fall in one transaction."""

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from alliance.kernel.clock import utc_now
from alliance.kernel.events import subscription_named
from alliance.kernel.models import DeliveryState, OutboxDelivery
from alliance.kernel.scrubbing import scrubbed_text
from alliance.kernel.tenancy import organization_scope

logger = logging.getLogger(__name__)

MAX_ATTEMPTS: Final = 5
_PAUSES: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
_ERROR_LENGTH: Final = 2000


class UnknownSubscriberError(LookupError):
    """This process has no subscriber of that name: an older or newer version of the code wrote the delivery."""


def deliver(delivery_id: UUID, *, organization_id: UUID) -> bool:
    """Let the subscriber act on one delivery; `True` when it acted now, `False` when there was nothing to do.

    The attempt is counted and committed first, so a handler that kills its process is parked after five deaths.
    Copies of one hint that run at the same time act once. Raises what the handler raised, after noting it.
    """
    if not _count_attempt(delivery_id, organization_id):
        return False
    try:
        return _act(delivery_id, organization_id, now=utc_now())
    except Exception as error:
        _note_failure(delivery_id, organization_id, error)
        raise


def _count_attempt(delivery_id: UUID, organization_id: UUID) -> bool:
    """Count one more attempt. A delivery that another process works on right now is left to it, uncounted."""
    with organization_scope(organization_id):
        delivery = (
            OutboxDelivery.objects.select_for_update(skip_locked=True)
            .filter(pk=delivery_id, state=DeliveryState.PENDING)
            .first()
        )
        if delivery is None:
            return False
        if delivery.attempts >= MAX_ATTEMPTS:
            _park(delivery, delivery.last_error or "The worker died at each attempt.")
            return False
        delivery.attempts += 1
        delivery.save(update_fields=["attempts"])
        return True


def _act(delivery_id: UUID, organization_id: UUID, *, now: datetime) -> bool:
    with organization_scope(organization_id):
        delivery = OutboxDelivery.objects.select_for_update(of=("self",)).select_related("message").get(pk=delivery_id)
        if not delivery.is_pending:
            return False
        subscription = subscription_named(delivery.subscriber)
        if subscription is None:
            raise UnknownSubscriberError(delivery.subscriber)
        event = subscription.event_class.from_payload(delivery.message.payload)
        subscription.handler(event, organization_id=organization_id, now=now)
        OutboxDelivery.objects.filter(pk=delivery_id).update(state=DeliveryState.DONE, done_at=now)
        return True


def _note_failure(delivery_id: UUID, organization_id: UUID, error: Exception) -> None:
    """Keep the reason, and either set the next attempt or park."""
    with organization_scope(organization_id):
        delivery = OutboxDelivery.objects.select_for_update().get(pk=delivery_id)
        if not delivery.is_pending:
            return
        reason = scrubbed_text(f"{type(error).__name__}: {error}")[:_ERROR_LENGTH]
        if delivery.attempts >= MAX_ATTEMPTS:
            _park(delivery, reason)
            return
        OutboxDelivery.objects.filter(pk=delivery_id).update(
            last_error=reason, hints=0, next_attempt_at=Now() + _PAUSES[min(delivery.attempts, len(_PAUSES)) - 1]
        )


def _park(delivery: OutboxDelivery, reason: str) -> None:
    logger.error(
        "delivery parked",
        extra={"delivery_id": str(delivery.pk), "subscriber": delivery.subscriber, "attempts": delivery.attempts},
    )
    OutboxDelivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.PARKED, last_error=reason, hints=F("hints")
    )
