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
