"""Say what becomes of balances that stay below their threshold."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import hosted_alliances
from settlements.payouts.models import UnclaimedAction, UnclaimedRule
from settlements.payouts.services.lock_payouts import lock_payouts

MOST_MONTHS: Final = 240
MOST_DAYS: Final = 365


class UnclaimedMonthsError(InvalidInputError):
    """So many months are none."""

    code = "unclaimed_months"
    sentence = _("Say after how many months: from 1 to 240.")


class NoticeDaysError(InvalidInputError):
    """Nobody is surprised."""

    code = "notice_days"
    sentence = _("Say how many days before the partner is told: from 1 to 365.")


class UnclaimedUnchangedError(DomainError):
    """It is so already."""

    code = "unclaimed_unchanged"
    sentence = _("That is the rule already.")


def set_unclaimed_rule(
    *, actor: Actor, action: UnclaimedAction, months: int | None, notice_days: int | None, now: datetime
) -> UUID:
    """From now on balances below their threshold are carried on, paid after `months`, or may be set aside then. The row's id.

    What was announced already goes on under the rule of that day. For owners, in person, with a second factor. Raises
    `UnclaimedMonthsError`, `NoticeDaysError`, `UnclaimedUnchangedError`, `NotPermittedError`, `PersonRequiredError`,
    `SecondFactorRequiredError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    actor.require(Permission.PAYOUT_APPROVE)
    actor.require_person()
    if not any(alliance.host_id == actor.organization_id for alliance in hosted_alliances()):
        raise NotPermittedError
    after = _said(action, months, notice_days)
    with atomic():
        lock_payouts(actor.organization_id)
        last = UnclaimedRule.objects.order_by("-set_at", "-id").first()
        before = {name: getattr(last, name) if last else None for name in after}
        if before == after or (last is None and action is UnclaimedAction.CARRY):
            raise UnclaimedUnchangedError(field="action")
        rule = UnclaimedRule.objects.create(
            organization_id=actor.organization_id,
            set_at=now,
            set_by_id=actor.user_id,
            set_by=actor.label[:160],
            **after,
        )
        record(actor, "unclaimed_rule.set", rule, now=now, before=before, after=after)
    return rule.id


def _said(action: UnclaimedAction, months: int | None, notice_days: int | None) -> dict[str, str | int | None]:
    """The columns of the rule; what an action does not ask for stays empty."""
    if action is UnclaimedAction.CARRY:
        return {"action": action.value, "months": None, "notice_days": None}
    if months is None or not 1 <= months <= MOST_MONTHS:
        raise UnclaimedMonthsError(field="months")
    if action is UnclaimedAction.PAY:
        return {"action": action.value, "months": months, "notice_days": None}
    if notice_days is None or not 1 <= notice_days <= MOST_DAYS:
        raise NoticeDaysError(field="notice_days")
    return {"action": action.value, "months": months, "notice_days": notice_days}
