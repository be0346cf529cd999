"""From a draft to the columns of an item."""

from uuid import UUID

from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.content import content_hash
from partners.catalogue.domain.items import PLAIN_FIELDS, ItemDraft
from partners.catalogue.domain.search import OWNER, words_of


def item_columns(draft: ItemDraft, tree: CategoryTree, *, organization_id: UUID, sha256: str = "") -> dict[str, object]:
    """Every column that the draft decides; `sha256` is its content hash where that is known already."""
    return {
        **{name: getattr(draft, name) for name in PLAIN_FIELDS},
        "category_id": tree.id_of(draft.category),
        "tags": list(draft.tags),
        "image_urls": list(draft.image_urls),
        "attributes": dict(draft.attributes),
        "content_sha256": sha256 or content_hash(draft),
        "words": found_by(draft, organization_id=organization_id),
    }


def found_by(draft: ItemDraft, *, organization_id: UUID) -> list[str]:
    """What the item is found by: its owner, and the words of its code, titles, brand and tags."""
    words = words_of(draft.code, draft.title_zh, draft.title_en, draft.brand, *draft.tags)
    return [owner_word(organization_id), *words]


def owner_word(organization_id: UUID) -> str:
    """The word that every item of an owner has, so that the index is asked for one owner's items only."""
    return f"{OWNER}{organization_id.hex}"
