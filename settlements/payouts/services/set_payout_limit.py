"""Say above which amount a batch needs a second approval."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import hosted_alliances
from settlements.payouts.limits import limit_of
from settlements.payouts.models import BatchState, PayoutBatch, PayoutLimit
from settlements.payouts.services.ask_again import ask_again
from settlements.payouts.services.lock_payouts import lock_payouts


class LimitNegativeError(InvalidInputError):
    """Nothing is below nothing."""

    code = "limit_negative"
    sentence = _("Say an amount of 0 or more: with 0 every batch needs two approvals.")


class LimitUnchangedError(DomainError):
    """It is so already."""

    code = "limit_unchanged"
    sentence = _("That is the limit already.")


def set_payout_limit(*, actor: Actor, currency: str, amount_minor: int | None, now: datetime) -> UUID:
    """From now on batches in `currency` above `amount_minor` need two approvals; `None`: as the installation says. The row's id.

    So do those that are prepared and not wholly approved: a lower limit asks for the second approval of each above it, and what
    was approved of its content counts. A higher one takes back nothing: they keep what they were asked for. For owners, in person, with a second factor. Raises
    `LimitNegativeError`, `LimitUnchangedError`, `NotPermittedError`, `PersonRequiredError`, `SecondFactorRequiredError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    actor.require(Permission.PAYOUT_APPROVE)
    actor.require_person()
    if not any(alliance.host_id == actor.organization_id for alliance in hosted_alliances()):
        raise NotPermittedError
    if amount_minor is not None and amount_minor < 0:
        raise LimitNegativeError(field="amount")
    with atomic():
        lock_payouts(actor.organization_id)
        last = PayoutLimit.objects.filter(currency=currency).order_by("-set_at", "-id").first()
        if (last.amount_minor if last else None) == amount_minor:
            raise LimitUnchangedError(field="amount")
        before = limit_of(currency)
        limit = PayoutLimit.objects.create(
            organization_id=actor.organization_id,
            currency=currency,
            amount_minor=amount_minor,
            set_at=now,
            set_by_id=actor.user_id,
            set_by=actor.label[:160],
        )
        after = {"currency": currency, "amount_minor": limit_of(currency)}
        record(actor, "payout_limit.set", limit, now=now, before={"amount_minor": before}, after=after)
        waiting = PayoutBatch.objects.select_for_update().filter(state=BatchState.PREPARED, currency=currency)
        for batch in waiting.order_by("id"):
            ask_again(actor, batch, now=now)
    return limit.id
