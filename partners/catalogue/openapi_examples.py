"""What the API answers about the catalogue, as examples of its shapes in the OpenAPI document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from partners.openapi_examples import ALLIANCE, ORGANIZATION

Document = dict[str, Any]

_ITEM_ID: Final = "01939d6a-0000-7000-8000-000000000091"
_PICTURE: Final = "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
_PICTURE_URL: Final = f"https://alliance.example/api/v1/items/{_ITEM_ID}/pictures/{_PICTURE}"
_CATEGORY: Final = "fitness.equipment"
_ITEM: Final[Document] = {
    "id": _ITEM_ID,
    "owner_id": ORGANIZATION["id"],
    "code": "KIT-03",
    "kind": "physical_good",
    "status": "published",
    "title_zh": "弹力带套装",
    "title_en": "Resistance bands, set of five",
    "description_zh": "五种阻力，附收纳袋。",
    "description_en": "Five resistances, with a bag.",
    "category": _CATEGORY,
    "tags": ["bands", "home training"],
    "price_minor": 2000,
    "currency": "EUR",
    "image_urls": ["https://shop.example/kit-03.jpg"],
    "pictures": [
        {
            "id": _PICTURE,
            "width": 1600,
            "height": 1200,
            "url": _PICTURE_URL,
            "small_url": f"{_PICTURE_URL}?size=small",
        }
    ],
    "page_url": "https://shop.example/kit-03",
    "available_from": "2026-04-01T00:00:00Z",
    "available_until": None,
    "stock": 118,
    "level": "beginner",
    "duration_minutes": None,
    "brand": "North Fitness",
    "minimum_age": None,
    "licence": "",
    "disclosure_zh": "",
    "disclosure_en": "",
    "attributes": {"material": "latex", "pieces": 5},
    "visibility": {"reach": "alliances", "alliance_ids": [ALLIANCE["id"]]},
    "version": 3,
    "created_at": "2026-03-10T09:00:00Z",
    "updated_at": "2026-04-14T10:02:11Z",
}
_WANTED_RULE: Final[Document] = {
    "effect": "price_floor",
    "alliance_id": ALLIANCE["id"],
    "partner_id": ALLIANCE["host_id"],
    "item_id": None,
    "category": _CATEGORY,
    "floor_minor": 1800,
    "currency": "EUR",
    "holds_from": None,
    "holds_until": "2026-12-31T23:00:00Z",
    "note": "Until the autumn campaign is over",
}
_RULE: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000092",
    **_WANTED_RULE,
    "created_at": "2026-03-10T09:30:00Z",
    "updated_at": "2026-03-10T09:30:00Z",
}
_FEED: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000093",
    "name": "Shop",
    "url": "https://shop.example/items.csv",
    "every_hours": 6,
    "mapping": {
        "columns": {"code": "sku", "title_en": "title", "price": "price", "stock": "stock"},
        "attribute_columns": ["material"],
        "default_kind": "physical_good",
        "default_currency": "EUR",
        "decimal_mark": ".",
        "time_zone": "Europe/Berlin",
        "new_status": "published",
        "reach": "alliances",
        "alliance_ids": [ALLIANCE["id"]],
        "archive_missing": True,
    },
    "is_active": True,
    "paused_because": "",
    "failures": 0,
    "next_fetch_at": "2026-04-14T16:00:00Z",
    "succeeded_at": "2026-04-14T10:00:03Z",
    "created_at": "2026-03-10T09:10:00Z",
}
_FETCH: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000094",
    "state": "succeeded",
    "outcome": "imported",
    "status": 200,
    "error": "",
    "size_bytes": 18432,
    "milliseconds": 310,
    "import_id": "01939d6a-0000-7000-8000-000000000095",
    "queued_at": "2026-04-14T10:00:00Z",
    "finished_at": "2026-04-14T10:00:03Z",
}
EXAMPLES: Final[Mapping[str, Document]] = MappingProxyType(
    {
        "ItemShape": _ITEM,
        "PictureInputRequest": {"file": "kit-03.jpg"},
        "ItemCategoryShape": {
            "key": _CATEGORY,
            "parent_key": "fitness",
            "name_zh": "健身器材",
            "name_en": "Fitness equipment",
        },
        "DisplayRuleShape": _RULE,
        "PatchedDisplayRuleInputRequest": _WANTED_RULE,
        "ItemFeedShape": _FEED,
        "ItemFeedFetchShape": _FETCH,
    }
)
