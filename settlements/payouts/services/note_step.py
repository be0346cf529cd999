"""Write a step of a payout into its timeline. A step of the services that move it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from settlements.payouts.models import Payout, PayoutStep, StepKind

_LONGEST = 200


def note_step(
    payout: Payout, kind: StepKind, *, now: datetime, detail: str = "", journal_ids: Sequence[UUID] = ()
) -> None:
    """One line that host and partner read, with the journals that it posted."""
    PayoutStep.objects.create(
        host_id=payout.host_id,
        payout=payout,
        organization_id=payout.organization_id,
        kind=kind,
        at=now,
        detail=detail[:_LONGEST],
        journal_ids=[str(journal_id) for journal_id in journal_ids],
    )
