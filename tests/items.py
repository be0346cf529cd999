"""Items for tests: plain builders over the real services."""

from itertools import count
from uuid import UUID

from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemDraft, ItemStatus, draft_of
from partners.catalogue.domain.visibility import Reach, Visibility
from partners.catalogue.services.create_item import create_item
from tests.cast import NOW, Party

ALLIANCES = Visibility(Reach.ALLIANCES)
AGREEMENTS = Visibility(Reach.AGREEMENTS)
_numbers = count(1)


def draft(**values: object) -> ItemDraft:
    """A sound draft; codes are unique unless given."""
    number = next(_numbers)
    return draft_of({"code": f"ITEM-{number}", "kind": "course", "title_en": f"Item {number}"} | values)


def item_of(
    owner: Party,
    *,
    visibility: Visibility = ALLIANCES,
    status: ItemStatus = ItemStatus.PUBLISHED,
    **values: object,
) -> UUID:
    """An item of this owner, published to all its alliances unless said otherwise; its id."""
    actor = owner.system
    with organization_scope(owner.id):
        return create_item(actor=actor, draft=draft(**values), visibility=visibility, status=status, now=NOW)
