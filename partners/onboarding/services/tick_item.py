"""A reviewer ticks an item of the checklist, or takes the tick back."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side
from partners.onboarding.models import ReviewItem, ReviewTick
from partners.onboarding.services.move_application import ApplicationDecidedError, locked_application


class ReviewItemUnknownError(InvalidInputError):
    """The checklist has no such item."""

    code = "review_item_unknown"
    sentence = _("The checklist has no such item.")


def tick_item(*, actor: Actor, application_id: UUID, item: str, is_ticked: bool, now: datetime) -> None:
    """Keep that the actor has found the item right, or take it back. Repeating it changes nothing.

    Raises `NotFoundError`, `ReviewItemUnknownError`, `ApplicationDecidedError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_REVIEW)
    if item not in ReviewItem.values:
        raise ReviewItemUnknownError(field="item")
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.HOST)
        if not application.is_open:
            raise ApplicationDecidedError
        present = ReviewTick.objects.filter(application=application, item=item)
        if present.exists() == is_ticked:
            return
        if is_ticked:
            ReviewTick.objects.create(
                organization_id=actor.organization_id,
                application=application,
                item=item,
                ticked_by=actor.label[:160],
                ticked_at=now,
            )
        else:
            present.delete()
        audit.record(actor, "application.ticked", application, now=now, after={"item": item, "is_ticked": is_ticked})
