"""Read a batch as the content that approvals are bound to. A step of preparing and approving."""

from settlements.payouts.domain.batch_content import BatchContent, PartContent, PayoutContent
from settlements.payouts.models import Payout, PayoutBatch, PayoutState


def read_content(batch: PayoutBatch) -> BatchContent:
    """What the batch pays, of all its payouts that are not cancelled."""
    payouts = Payout.objects.filter(batch=batch).exclude(state=PayoutState.CANCELLED)
    return BatchContent(
        batch_id=batch.id,
        reference=batch.reference,
        host_id=batch.organization_id,
        alliance_id=batch.alliance_id,
        currency=batch.currency,
        gateway=batch.gateway,
        payouts=tuple(_payout(payout) for payout in payouts.prefetch_related("parts__statement")),
    )


def _payout(payout: Payout) -> PayoutContent:
    return PayoutContent(
        reference=payout.reference,
        organization_id=payout.organization_id,
        amount_minor=payout.amount_minor,
        account_sha256=payout.account_sha256,
        parts=tuple(
            PartContent(
                part.agreement_id,
                part.gross_minor,
                part.withheld_minor,
                part.statement.number if part.statement else "",
                part.statement.content_sha256 if part.statement else "",
            )
            for part in payout.parts.all()
        ),
    )
