"""Items through the API: create, read, change, archive, and many at once."""

import json
from uuid import uuid4

import pytest

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.visibility import PRIVATE
from partners.catalogue.models import Item
from tests.api import Caller, fields, problem
from tests.cast import full_cast
from tests.items import AGREEMENTS, item_of

pytestmark = pytest.mark.django_db
ITEMS = "/api/v1/items"
BATCH = f"{ITEMS}/batch"


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def north(cast):
    return Caller(cast.north)


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def item(**changed):
    return {"code": "KIT-1", "kind": "physical_good", "title_en": "A kit"} | changed


FULL = item(
    title_zh="套装",
    category="fitness.equipment",
    tags=["a", "b"],
    price_minor=3560,
    currency="cny",
    image_urls=["https://example.org/a.png"],
    page_url="https://example.org/kit",
    available_from="2026-01-01T08:00:00+08:00",
    available_until="2027-01-01T00:00:00Z",
    stock=5,
    level="beginner",
    duration_minutes=90,
    brand="Brand",
    minimum_age=16,
    attributes={"pieces": 5, "latex": True},
    status="published",
    visibility={"reach": "alliances"},
)


def test_what_is_created_comes_back_and_its_partners_see_it(cast, north):
    response = north.post(ITEMS, FULL)
    body = read(response, 201)
    assert (body["currency"], body["available_from"]) == ("CNY", "2026-01-01T00:00:00Z")
    assert {name: body[name] for name in ("tags", "category", "attributes", "stock", "title_zh")} == {
        name: FULL[name] for name in ("tags", "category", "attributes", "stock", "title_zh")
    }
    assert body["visibility"] == {"reach": "alliances", "alliance_ids": []}
    assert (response["ETag"], body["version"]) == ('"1"', 1)
    again = north.get(response["Location"])
    assert (read(again), again["ETag"]) == (body, '"1"')
    seen = Caller(cast.south).get(response["Location"])
    assert read(seen) == body | {"visibility": None, "version": None}
    assert "ETag" not in seen
    problem(Caller(cast.stranger).get(response["Location"]), 404, "not_found")


def test_an_item_is_a_private_draft_unless_said_otherwise(cast, north):
    body = read(north.post(ITEMS, item()), 201)
    assert (body["status"], body["visibility"]["reach"]) == ("draft", "private")
    problem(Caller(cast.host).get(f"{ITEMS}/{body['id']}"), 404, "not_found")


BAD_FIELDS = (
    ({"code": ""}, "code", "blank"),
    ({"code": "x" * 81}, "code", "max_length"),
    ({"title_en": ""}, "title_zh", "title_missing"),
    ({"title_en": "a\u0007b"}, "title_en", "odd_characters"),
    ({"kind": "boat"}, "kind", "invalid_choice"),
    ({"kind": "medicine", "status": "published"}, "disclosure_zh", "disclosure_missing"),
    ({"status": "archived"}, "status", "invalid_choice"),
    ({"category": "no.such"}, "category", "not_a_category"),
    ({"price_minor": 5}, "currency", "missing"),
    ({"price_minor": 5, "currency": "XXQ"}, "currency", "not_a_currency"),
    ({"price_minor": -5, "currency": "EUR"}, "price_minor", "min_value"),
    ({"page_url": "http://example.org"}, "page_url", "not_https"),
    ({"page_url": "javascript:alert(1)"}, "page_url", "not_https"),
    ({"image_urls": ["https://user@example.org/x"]}, "image_urls", "not_https"),
    ({"image_urls": ["https://example.org/x"] * 11}, "image_urls", "max_length"),
    ({"tags": ["x" * 41]}, "tags.0", "max_length"),
    ({"available_from": "2026-01-02T00:00:00"}, "available_from", "naive"),
    (
        {"available_from": "2026-01-02T00:00:00Z", "available_until": "2026-01-02T00:00:00Z"},
        "available_until",
        "empty_window",
    ),
    ({"stock": 10**10}, "stock", "max_value"),
    ({"minimum_age": 121}, "minimum_age", "max_value"),
    ({"attributes": ["a"]}, "attributes", "not_a_dict"),
    ({"attributes": {"a": {"b": 1}}}, "attributes", "attribute_value"),
    ({"attributes": {"a" * 41: 1}}, "attributes", "attribute_name"),
    ({"attributes": {f"a{n}": 1 for n in range(31)}}, "attributes", "too_many"),
    ({"visibility": {"reach": "everybody"}}, "visibility.reach", "invalid_choice"),
    ({"visibility": {"reach": "alliances", "alliance_ids": [str(uuid4())]}}, "visibility", "not_your_alliance"),
    ({"organization_id": str(uuid4())}, "organization_id", "unknown_field"),
    ({"version": 3}, "version", "unknown_field"),
)


def test_a_bad_item_names_the_field_and_leaves_nothing(cast, north):
    for changed, field, code in BAD_FIELDS:
        body = json.loads(north.post(ITEMS, item(**changed)).content)
        assert (body["status"], fields(body).get(field)) == (422, code), changed
    with organization_scope(cast.north.id):
        assert not Item.objects.exists()


def test_a_code_is_used_once(cast, north):
    read(north.post(ITEMS, item()), 201)
    assert fields(problem(north.post(ITEMS, item()), 409, "item_code_taken")) == {"code": "item_code_taken"}
    assert Caller(cast.south).post(ITEMS, item()).status_code == 201


def test_a_key_of_idempotency_makes_one_item(north):
    first, again = north.post(ITEMS, item(), key="one"), north.post(ITEMS, item(), key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again["Idempotent-Replayed"], again.content) == ("true", first.content)


def test_some_fields_are_changed_and_the_rest_stays(cast, north):
    created = north.post(ITEMS, FULL)
    address = created["Location"]
    changed = north.patch(address, {"stock": 4, "attributes": {}}, **{"If-Match": created["ETag"]})
    body = read(changed)
    assert (body["stock"], body["attributes"], body["version"], changed["ETag"]) == (4, {}, 2, '"2"')
    assert {**body, "stock": 5, "attributes": FULL["attributes"], "version": 1} == {
        **read(created, 201),
        "updated_at": body["updated_at"],
    }
    body = read(north.patch(address, {"visibility": {"reach": "private"}, "version": 2}))
    assert (body["visibility"]["reach"], body["version"]) == ("private", 3)
    problem(Caller(cast.south).get(address), 404, "not_found")


def test_a_change_that_changes_nothing_is_no_new_version(north):
    address = north.post(ITEMS, FULL)["Location"]
    assert read(north.patch(address, {"stock": 5, "version": 1}))["version"] == 1


def test_nobody_overwrites_what_they_have_not_seen(north):
    address = north.post(ITEMS, FULL)["Location"]
    read(north.patch(address, {"stock": 4, "version": 1}))
    problem(north.patch(address, {"stock": 3, "version": 1}), 412, "item_version_differs")
    problem(north.patch(address, {"stock": 3}, **{"If-Match": '"1"'}), 412, "item_version_differs")
    problem(north.patch(address, {"stock": 3}), 428, "version_required")
    problem(north.patch(address, {"stock": 3}, **{"If-Match": "*"}), 400, "version_malformed")
    assert read(north.get(address))["stock"] == 4


def test_a_bad_change_is_refused(north):
    address = north.post(ITEMS, FULL)["Location"]
    for changed, code in (
        ({"title_en": "", "title_zh": ""}, "item_refused"),
        ({"kind": "medicine"}, "item_refused"),
        ({"code": "OTHER"}, "invalid_input"),
        ({"status": "sold"}, "invalid_input"),
        ({"visibility": {}}, "invalid_input"),
    ):
        problem(north.patch(address, {**changed, "version": 1}), 422, code)
    assert read(north.get(address))["version"] == 1


def test_only_the_owner_changes_an_item(cast):
    address = f"{ITEMS}/{item_of(cast.north)}"
    for other in (cast.host, cast.south, cast.stranger):
        problem(Caller(other).patch(address, {"stock": 1, "version": 1}), 404, "not_found")
        problem(Caller(other).post(f"{address}/archive", {}), 404, "not_found")
    reader = Caller(cast.north, [Permission.ITEM_READ])
    problem(reader.patch(address, {"stock": 1, "version": 1}), 403, "not_permitted")
    problem(reader.post(ITEMS, item()), 403, "not_permitted")
    problem(reader.post(BATCH, {"items": [item()]}), 403, "not_permitted")
    problem(reader.put(address), 405, "method_not_allowed")


def test_an_archived_item_is_put_away_and_comes_back_as_a_draft(cast, north):
    address = f"{ITEMS}/{item_of(cast.north)}"
    assert read(north.post(f"{address}/archive", {}))["status"] == "archived"
    assert read(north.post(f"{address}/archive", {}))["version"] == 2
    problem(Caller(cast.south).get(address), 404, "not_found")
    problem(north.patch(address, {"status": "published", "version": 2}), 409, "item_status_impossible")
    assert read(north.patch(address, {"status": "draft", "version": 2}))["status"] == "draft"


def test_a_batch_creates_changes_leaves_and_refuses(cast, north):
    read(north.post(BATCH, {"items": [item(code="A"), item(code="B"), item(code="D", status="published")]}))
    body = read(
        north.post(
            BATCH,
            {
                "items": [
                    item(code="A"),
                    item(code="B", title_en="Other"),
                    item(code="C"),
                    item(code="E", kind="boat"),
                    item(code="F", title_en=""),
                    item(code="C", title_en="Again"),
                    item(code="G", price="12.50"),
                    {"title_en": "No code"},
                    item(code="D", kind="medicine"),
                ]
            },
        )
    )
    assert [(row["code"], row["outcome"], row["version"]) for row in body["results"]] == [
        ("A", "unchanged", 1),
        ("B", "changed", 2),
        ("C", "created", 1),
        ("E", "refused", 0),
        ("F", "refused", 0),
        ("C", "refused", 0),
        ("G", "refused", 0),
        ("", "refused", 0),
        ("D", "refused", 1),
    ]
    wrong = [[(error["field"], error["code"]) for error in row["errors"]] for row in body["results"]]
    assert wrong[3:] == [
        [("kind", "invalid_choice")],
        [("title_zh", "title_missing")],
        [("code", "code_twice")],
        [("price", "unknown_field")],
        [("kind", "required"), ("code", "required")],
        [("disclosure_zh", "disclosure_missing")],
    ]
    with organization_scope(cast.north.id):
        trail = AuditEvent.objects.filter(action="items.sent")
        assert [row.after["created"] for row in trail.order_by("at", "id")] == [3, 1]


def test_a_batch_of_the_same_changes_nothing_and_leaves_no_trace(cast, north):
    body = {"items": [item(code=f"C{n}", visibility={"reach": "agreements"}) for n in range(3)]}
    for _ in range(2):
        results = read(north.post(BATCH, body))["results"]
    assert {row["outcome"] for row in results} == {"unchanged"}
    with organization_scope(cast.north.id):
        assert AuditEvent.objects.filter(action="items.sent").count() == 1


def test_a_batch_has_a_size(north):
    problem(north.post(BATCH, {"items": []}), 422, "invalid_input")
    problem(north.post(BATCH, {"items": [item()] * 501}), 422, "invalid_input")
    problem(north.post(BATCH, {"items": "many"}), 422, "invalid_input")
    assert len(read(north.post(BATCH, {"items": [item(code=str(n)) for n in range(500)]}))["results"]) == 500


def codes(response):
    return [row["code"] for row in read(response)["results"]]


def test_lists_are_filtered(cast, north):
    item_of(cast.north, code="A", title_zh="力量训练", category="fitness.strength", kind="course")
    item_of(cast.north, code="B", title_en="Running shoes", category="fitness", stock=0)
    item_of(cast.north, code="C", status=ItemStatus.DRAFT, visibility=PRIVATE)
    item_of(cast.host, code="H", title_en="Strength", visibility=AGREEMENTS)
    assert codes(north.get(ITEMS)) == ["C", "B", "A"]
    assert codes(north.get(ITEMS, {"status": "draft"})) == ["C"]
    assert codes(north.get(ITEMS, {"code": "B"})) == ["B"]
    assert codes(north.get(ITEMS, {"category": "fitness"})) == ["B", "A"]
    assert codes(north.get(ITEMS, {"category": "fitness.strength"})) == ["A"]
    assert codes(north.get(ITEMS, {"category": "nothing"})) == []
    assert codes(north.get(ITEMS, {"is_available": "false"})) == ["B"]
    assert codes(north.get(ITEMS, {"q": "训练"})) == ["A"]
    assert codes(north.get(ITEMS, {"q": "run shoe"})) == ["B"]
    assert codes(north.get(ITEMS, {"relation": "offered"})) == ["H"]
    assert codes(north.get(ITEMS, {"relation": "offered", "q": "stren"})) == ["H"]
    south = Caller(cast.south)
    assert codes(south.get(ITEMS, {"relation": "offered"})) == ["B", "A"]
    assert codes(south.get(ITEMS, {"relation": "offered", "owner_id": str(cast.host.id)})) == []
    assert codes(Caller(cast.stranger).get(ITEMS, {"relation": "offered"})) == []
    problem(north.get(ITEMS, {"relation": "all"}), 422, "invalid_input")
    problem(north.get(ITEMS, {"owner": "x"}), 422, "invalid_input")


def test_lists_have_pages(cast, north):
    for number in range(5):
        item_of(cast.north, code=f"P{number}")
    first = read(north.get(ITEMS, {"page_size": 2}))
    assert [row["code"] for row in first["results"]] == ["P4", "P3"]
    assert codes(north.get(first["next"])) == ["P2", "P1"]


def test_the_tree_of_categories_is_told(north):
    body = read(north.get("/api/v1/item-categories"))
    assert 60 <= len(body) <= 100
    known = {row["key"] for row in body}
    assert all(row["parent_key"] in known | {""} for row in body)
    assert {"fitness", "banking", "travel", "education", "publishing", "home", "shopping"} <= known
    assert all(row["name_zh"] and row["name_en"] for row in body)
