"""The row of a visibility, made when an item first needs it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from partners.catalogue.domain.visibility import Visibility
from partners.catalogue.models import ItemVisibility
from partners.models import AllianceMembership


class NotYourAllianceError(InvalidInputError):
    """Nobody offers anything in an alliance they are not in."""

    code = "not_your_alliance"
    sentence = _("Your organization is not in this alliance.")


def ensure_visibility(*, actor: Actor, visibility: Visibility) -> UUID:
    """The id of the actor's organization's row for this visibility, also when somebody else is making it right now.

    Raises `NotPermittedError`, `NotYourAllianceError`.
    """
    actor.require(Permission.ITEM_WRITE)
    wanted = visibility.tidy()
    mine = {"organization_id": actor.organization_id, "reach": wanted.reach, "alliance_ids": list(wanted.alliance_ids)}
    ids = ItemVisibility.objects.filter(**mine).values_list("pk", flat=True)
    if (present := ids.first()) is not None:
        return present
    _require_membership(actor.organization_id, wanted.alliance_ids)
    ItemVisibility.objects.bulk_create([ItemVisibility(**mine)], ignore_conflicts=True)
    return ids.get()


def _require_membership(organization_id: UUID, alliance_ids: tuple[UUID, ...]) -> None:
    places = AllianceMembership.objects.filter(organization_id=organization_id, alliance_id__in=alliance_ids)
    if places.count() != len(alliance_ids):
        raise NotYourAllianceError(field="visibility")
