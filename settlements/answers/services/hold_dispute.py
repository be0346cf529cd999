"""Hold a dispute while something is decided about it. A step of every use case of disputes."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError, NotFoundError
from settlements.answers.services.move_disputed import lock_agreement
from settlements.models import LineDispute


class DisputeOverError(DomainError):
    """Somebody was faster."""

    code = "dispute_over"
    sentence = _("This dispute is over already. Load the page anew.")


def find_dispute(dispute_id: UUID) -> LineDispute:
    """A dispute of which the scope's organization is a side. Raises `NotFoundError`."""
    found = LineDispute.objects.filter(pk=dispute_id).first()
    if found is None:
        raise NotFoundError
    return found


def hold_dispute(dispute_id: UUID) -> LineDispute:
    """The dispute, held until this transaction ends."""
    rows = LineDispute.objects.select_for_update(of=("self",)).select_related("statement", "accrual")
    return rows.get(pk=dispute_id)


def hold_open_dispute(dispute_id: UUID) -> LineDispute:
    """An open dispute with its agreement, held in the order of the close. Raises `DisputeOverError`, `NotFoundError`."""
    lock_agreement(find_dispute(dispute_id).agreement_id)
    dispute = hold_dispute(dispute_id)
    if not dispute.is_open:
        raise DisputeOverError
    return dispute
