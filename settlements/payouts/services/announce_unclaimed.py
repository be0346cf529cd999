"""Tell a partner that its small balance will be set aside as abandoned property, and ask for a second person's approval."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.messages import leave_message
from partners.selectors import agreements_of
from settlements.models import AdjustmentKind, ProposedAdjustment
from settlements.payouts.events import UnclaimedAnnounced
from settlements.payouts.models import NoticeState, UnclaimedAction, UnclaimedNotice
from settlements.payouts.services.lock_payouts import lock_payouts
from settlements.payouts.unclaimed import Unclaimed, unclaimed_balances, unclaimed_rule

_TELL: Final = "SELECT settlements_tell_unclaimed(%s, %s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::text[])"


class NotUnclaimedError(DomainError):
    """The rule lets nothing happen to this balance."""

    code = "not_unclaimed"
    sentence = _("By your rule this balance is not unclaimed, or not for long enough.")


class AnnouncedAlreadyError(DomainError):
    """One notice is enough."""

    code = "announced_already"
    sentence = _("The partner was told of this already.")


def announce_unclaimed(*, actor: Actor, agreement_id: UUID, organization_id: UUID, now: datetime) -> UUID:
    """Tell the partner, and propose to set the whole balance aside once the days of notice are over. The notice's id.

    Nothing moves: another person approves the proposal, not before the notice ends. Raises `NotUnclaimedError`,
    `AnnouncedAlreadyError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.ADJUSTMENT_PROPOSE)
    agreement = next((one for one in agreements_of() if one.id == agreement_id), None)
    if agreement is None or agreement.host_id != actor.organization_id:
        raise NotPermittedError
    with atomic():
        lock_payouts(actor.organization_id, agreement_ids=[agreement_id])
        running = UnclaimedNotice.objects.filter(agreement_id=agreement_id, state=NoticeState.RUNNING)
        if running.filter(organization_id=organization_id).exists():
            raise AnnouncedAlreadyError
        found, months, notice_days = _found(actor.organization_id, agreement_id, organization_id, now)
        today = local_date(now, agreement.time_zone)
        proposal = _propose(actor, found, now)
        notice = UnclaimedNotice.objects.create(
            host_id=actor.organization_id,
            alliance_id=agreement.alliance_id,
            agreement_id=agreement_id,
            organization_id=organization_id,
            currency=found.currency,
            amount_minor=found.amount_minor,
            waiting_since=found.since,
            months=months,
            noticed_on=today,
            due_on=today + timedelta(days=notice_days),
            noticed_by=actor.label[:160],
            proposal_id=proposal.id,
        )
        after = {"amount_minor": found.amount_minor, "currency": found.currency, "due_on": notice.due_on.isoformat()}
        record(actor, "unclaimed.announced", proposal, now=now, after=after)
        told = UnclaimedAnnounced(notice_id=str(notice.id))
        leave_message(_TELL, [notice.id, organization_id], told, organization_id=organization_id, now=now)
    return notice.id


def _found(host_id: UUID, agreement_id: UUID, organization_id: UUID, now: datetime) -> tuple[Unclaimed, int, int]:
    """The balance that the host's rule lets be set aside, and the months and days of notice of that rule."""
    rule = unclaimed_rule()
    if rule is None or rule.action != UnclaimedAction.ESCHEAT or rule.notice_days is None or rule.months is None:
        raise NotUnclaimedError
    for one in unclaimed_balances(months=rule.months, host_id=host_id, now=now):
        if (one.agreement_id, one.organization_id) == (agreement_id, organization_id):
            return one, rule.months, rule.notice_days
    raise NotUnclaimedError


def _propose(actor: Actor, found: Unclaimed, now: datetime) -> ProposedAdjustment:
    return ProposedAdjustment.objects.create(
        organization_id=actor.organization_id,
        alliance_id=found.alliance_id,
        agreement_id=found.agreement_id,
        kind=AdjustmentKind.ESCHEAT,
        party_id=found.organization_id,
        currency=found.currency,
        amount_minor=-found.amount_minor,
        reason=str(_("Below the threshold of payouts since %(day)s.") % {"day": found.since.isoformat()}),
        proposed_by_id=actor.user_id,
        proposed_by=actor.label[:160],
        proposed_at=now,
    )
