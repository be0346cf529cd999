"""Hold a batch while something is done with it. A step of the services that do."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from settlements.payouts.models import BatchState, PayoutBatch, PayoutPart
from settlements.payouts.services.lock_payouts import lock_payouts


class BatchMovedOnError(DomainError):
    """The batch is past this."""

    code = "batch_moved_on"
    sentence = _("The batch has moved on in the meantime. Load the page anew.")


def hold_batch(actor: Actor, batch_id: UUID, *states: BatchState) -> PayoutBatch:
    """The batch in one of these states, held with all of the host's payouts until this transaction ends.

    Raises `BatchMovedOnError`, `NotFoundError`.
    """
    drawn_on = PayoutPart.objects.filter(payout__batch_id=batch_id).values_list("agreement_id", flat=True)
    lock_payouts(actor.organization_id, agreement_ids=set(drawn_on))
    batch = PayoutBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise NotFoundError
    if batch.state not in states:
        raise BatchMovedOnError
    return batch
