"""Writing an event and its deliveries, in the transaction of the fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.events import Event, subscriptions_of
from alliance.kernel.hints import Hint, after_commit_once
from alliance.kernel.models import OutboxDelivery, OutboxMessage
from alliance.kernel.tenancy import current_organization_id, has_scope, require_organization_id

RELAY_HINT: Final = Hint(task="alliance.kernel.tasks.relay_outbox", queue="events")


@dataclass(frozen=True, slots=True)
class Published:
    """What happens once a transaction that published for this organization has committed: the relay is hinted."""

    organization_id: UUID

    def __call__(self) -> bool:
        """Hint the relay."""
        return RELAY_HINT()


def store(event: Event, *, now: datetime, operator_for: UUID | None = None) -> None:
    """Insert the message and a pending delivery for each subscriber; hint the relay after the commit."""
    organization_id = _whose_outbox(operator_for)
    message = OutboxMessage.objects.create(
        organization_id=organization_id, topic=event.topic(), payload=event.to_payload(), created_at=now
    )
    deliveries = [
        OutboxDelivery(
            organization_id=organization_id, message=message, subscriber=subscription.name, queue=subscription.queue
        )
        for subscription in subscriptions_of(event)
    ]
    if deliveries:
        OutboxDelivery.objects.bulk_create(deliveries)
        after_commit_once(Published(organization_id))


def _whose_outbox(operator_for: UUID | None) -> UUID:
    """The organization whose scope is open; inside the operators' view the one that is named."""
    if operator_for is not None and has_scope() and current_organization_id() is None:
        return operator_for
    return require_organization_id()
