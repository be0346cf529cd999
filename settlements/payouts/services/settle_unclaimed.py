"""What approving or rejecting does to a notice of an unclaimed balance. A step of deciding on its proposal."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from settlements.models import ProposedAdjustment
from settlements.payouts.models import NoticeState, UnclaimedNotice
from settlements.payouts.unclaimed import reclaimed_of, unclaimed_balances


class NoticeRunningError(DomainError):
    """The partner still has time."""

    code = "notice_running"
    sentence = _("The partner was told that nothing happens before %(day)s.")

    def __init__(self, day: str) -> None:
        super().__init__(self.sentence % {"day": day})


class NoLongerUnclaimedError(DomainError):
    """The balance is not what it was."""

    code = "no_longer_unclaimed"
    sentence = _("The balance has changed since the partner was told, so it can't be set aside. Reject this proposal.")


class ReclaimedAlreadyError(DomainError):
    """More would be given back than was set aside."""

    code = "reclaimed_already"
    sentence = _("That much of it has not been set aside, or was given back already.")


def settle_unclaimed(*, proposal: ProposedAdjustment, today: date, now: datetime) -> dict[str, object]:
    """The notice of the proposal is over and the balance as it was announced; what the line says of it, as its facts.

    The caller records the line on the business day `today` in the same transaction, and holds payouts and the calendar. Raises `NoticeRunningError`, `NoLongerUnclaimedError`.
    """
    notice = UnclaimedNotice.objects.select_for_update().get(proposal_id=proposal.id)
    if today < notice.due_on:
        raise NoticeRunningError(notice.due_on.isoformat())
    found = unclaimed_balances(months=notice.months, host_id=proposal.organization_id, now=now)
    if not any(
        (one.agreement_id, one.organization_id, one.amount_minor, one.since)
        == (notice.agreement_id, notice.organization_id, notice.amount_minor, notice.waiting_since)
        for one in found
    ):
        raise NoLongerUnclaimedError
    _end(notice, NoticeState.DONE, now)
    return {
        "balance_minor": notice.amount_minor,
        "waiting_since": notice.waiting_since.isoformat(),
        "months": notice.months,
        "noticed_on": notice.noticed_on.isoformat(),
        "due_on": notice.due_on.isoformat(),
    }


def settle_withdrawn(*, proposal_id: UUID, now: datetime) -> None:
    """The proposal was rejected: the partner keeps its balance."""
    notice = UnclaimedNotice.objects.select_for_update().filter(proposal_id=proposal_id).first()
    if notice is not None:
        _end(notice, NoticeState.WITHDRAWN, now)


def settle_reclaimed(*, proposal: ProposedAdjustment) -> dict[str, object]:
    """As much of the line that set money aside is still there; its facts. Raises `ReclaimedAlreadyError`."""
    line = proposal.answers
    assert line is not None  # the table says so of what is reclaimed
    before = reclaimed_of([line.id])[line.id]
    if proposal.amount_minor > -line.amount_minor - before:
        raise ReclaimedAlreadyError
    return {"set_aside_minor": -line.amount_minor, "before_minor": before}


def _end(notice: UnclaimedNotice, state: NoticeState, now: datetime) -> None:
    notice.state, notice.ended_at = state, now
    notice.save()
