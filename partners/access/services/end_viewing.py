"""A look through a member's eyes ends."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import atomic
from partners.models import Viewing


def end_viewing(*, actor: Actor, viewing_id: UUID, now: datetime) -> None:
    """End the view, at the latest at its own end. Repeating it changes nothing. Raises `NotFoundError`.

    Runs in the organization's scope, for the operator who began it or for the clock.
    """
    with atomic():
        viewing = Viewing.objects.select_for_update().filter(pk=viewing_id).first()
        if viewing is None:
            raise NotFoundError
        if viewing.ended_at is not None:
            return
        viewing.ended_at = min(now, viewing.expires_at)
        viewing.save(update_fields=["ended_at"])
        audit.record(actor, "viewing.ended", viewing, now=now, after={"ended_at": viewing.ended_at})
