"""Examples of the catalogue in the API's reference."""

from drf_spectacular.utils import OpenApiExample

_KIT = {
    "code": "KIT-03",
    "kind": "physical_good",
    "title_zh": "弹力带套装",
    "title_en": "Resistance bands, set of five",
    "category": "fitness.equipment",
    "tags": ["bands", "home training"],
    "price_minor": 3560,
    "currency": "CNY",
    "image_urls": ["https://shop.example/kit-03.jpg"],
    "page_url": "https://shop.example/kit-03",
    "stock": 120,
    "brand": "Demo Fitness",
    "attributes": {"material": "latex", "pieces": 5},
    "status": "published",
    "visibility": {"reach": "alliances"},
}
_RULE = {
    "effect": "price_floor",
    "partner_id": "01939d6a-0000-7000-8000-0000000000b1",
    "category": "fitness.equipment",
    "floor_minor": 2900,
    "currency": "CNY",
    "holds_until": "2026-12-31T16:00:00Z",
    "note": "Until the autumn campaign is over",
}
RULE = OpenApiExample("Not below CNY 29.00, for one partner and one category", request_only=True, value=_RULE)
DECISIONS = OpenApiExample(
    "One may be shown from CNY 29.00, the other not at all",
    response_only=True,
    value={
        "decisions": [
            {
                "item_id": "01939d6a-0000-7000-8000-000000000001",
                "may_show": True,
                "reason": "default",
                "floor_minor": 2900,
            },
            {
                "item_id": "01939d6a-0000-7000-8000-000000000002",
                "may_show": False,
                "reason": "exclusive_to_others",
                "floor_minor": None,
            },
        ]
    },
)
ITEM = OpenApiExample("A physical good, shown to all members of one's alliances", request_only=True, value=_KIT)
PATCH = OpenApiExample(
    "A new price and stock", request_only=True, value={"price_minor": 2990, "stock": 80, "version": 3}
)
BATCH = OpenApiExample(
    "Two items", request_only=True, value={"items": [_KIT, {"code": "COURSE-7", "kind": "course", "title_en": ""}]}
)
BATCH_RESULT = OpenApiExample(
    "One is new, the other has no title",
    response_only=True,
    value={
        "results": [
            {
                "code": "KIT-03",
                "outcome": "created",
                "id": "01939d6a-0000-7000-8000-000000000001",
                "version": 1,
                "errors": [],
            },
            {
                "code": "COURSE-7",
                "outcome": "refused",
                "id": None,
                "version": 0,
                "errors": [
                    {
                        "field": "title_zh",
                        "code": "title_missing",
                        "detail": "Give a title in Chinese or in English.",
                    }
                ],
            },
        ]
    },
)
