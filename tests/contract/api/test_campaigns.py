"""Orders, conversions and imports through the API."""

import json
from uuid import uuid4

import pytest

from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import organization_scope
from campaigns.models import ImportPreview, Order, OrderFile, OrderImport, OrderImportError
from tests.api import Caller, fields, problem
from tests.cast import NOW, full_cast

pytestmark = pytest.mark.django_db
ORDERS = "/api/v1/orders"


@pytest.fixture
def cast(db):
    return full_cast()


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def order(cast, **changed):
    return {
        "alliance_id": str(cast.alliance.id),
        "reference": "W-1",
        "occurred_at": "2026-03-01T09:30:00+01:00",
        "currency": "EUR",
        "partner_code": "north",
        "lines": [
            {"item": "A", "quantity": "3", "unit_price": "10.005"},
            {"item": "B", "quantity": "-1", "unit_price": "0.50"},
        ],
        **changed,
    }


def test_an_order_becomes_a_conversion_under_the_agreement_in_force(cast):
    response = Caller(cast.host).post(ORDERS, order(cast))

    body = read(response, 201)
    assert body["amount_minor"] == 3002 - 50
    assert body["occurred_at"] == "2026-03-01T08:30:00Z"
    assert [line["amount_minor"] for line in body["lines"]] == [3002, -50]
    conversion = body["conversion"]
    assert conversion["agreement_id"] == str(cast.agreement.id)
    assert conversion["partner_id"] == str(cast.north.id)
    assert read(Caller(cast.host).get(response["Location"])) == body
    assert read(Caller(cast.north).get(f"/api/v1/conversions/{conversion['id']}")) == conversion


def test_the_same_order_again_changes_nothing_and_another_content_is_refused(cast):
    caller = Caller(cast.host)
    first = read(caller.post(ORDERS, order(cast)), 201)

    assert read(caller.post(ORDERS, order(cast)), 200) == first
    assert fields(problem(caller.post(ORDERS, order(cast, customer="other")), 409, "order_differs")) == {
        "reference": "order_differs"
    }
    with organization_scope(cast.host.id):
        assert Order.objects.count() == 1


def test_a_key_replays_its_answer_and_no_other(cast):
    caller = Caller(cast.host)

    first = caller.post(ORDERS, order(cast), key="attempt-1")
    again = caller.post(ORDERS, order(cast), key="attempt-1")
    other = caller.post(ORDERS, order(cast, reference="W-2"), key="attempt-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert json.loads(first.content) == json.loads(again.content)
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert again["Location"] == first["Location"]
    problem(other, 422, "idempotency_key_reused")
    problem(caller.post(ORDERS, order(cast), key="\u00e4" * 300), 400, "idempotency_key_malformed")


def test_a_refused_attempt_may_be_corrected_under_its_key(cast):
    caller = Caller(cast.host)

    problem(caller.post(ORDERS, order(cast, currency="XXQ"), key="attempt-2"), 422, "order_currency")

    assert caller.post(ORDERS, order(cast), key="attempt-2").status_code == 201


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"reference": ""}, "reference", "blank"),
        ({"reference": "x" * 81}, "reference", "max_length"),
        ({"occurred_at": "2026-03-01T09:30:00"}, "occurred_at", "naive"),
        ({"occurred_at": "yesterday"}, "occurred_at", "invalid"),
        ({"lines": []}, "lines", "min_length"),
        ({"lines": [{"quantity": "many", "unit_price": "1"}]}, "lines.0.quantity", "invalid"),
        ({"lines": [{"quantity": "1"}]}, "lines.0.unit_price", "required"),
        ({"lines": [{"quantity": "1", "unit_price": "1.1234567"}]}, "lines.0.unit_price", "max_decimal_places"),
        ({"amount_minor": 5}, "amount_minor", "unknown_field"),
        ({"organization_id": str(uuid4())}, "organization_id", "unknown_field"),
        ({"currency": "XXQ"}, "currency", "order_currency"),
        ({"kind": "refund"}, "lines", "order_amount"),
        ({"kind": "gift"}, "kind", "invalid_choice"),
    ],
)
def test_a_bad_order_names_the_field_and_leaves_nothing(cast, changed, field, code):
    body = json.loads(Caller(cast.host).post(ORDERS, order(cast, **changed)).content)

    assert body["status"] == 422, body
    assert fields(body)[field] == code
    with organization_scope(cast.host.id):
        assert Order.objects.count() == 0


def test_only_the_host_records_orders_and_only_with_the_permission(cast):
    problem(Caller(cast.north).post(ORDERS, order(cast)), 404, "not_found")
    problem(Caller(cast.stranger).post(ORDERS, order(cast)), 404, "not_found")
    problem(Caller(cast.host, [Permission.ORDER_READ]).post(ORDERS, order(cast)), 403, "not_permitted")
    problem(Caller(cast.host).put(ORDERS), 405, "method_not_allowed")


def test_orders_stay_with_the_host_and_conversions_with_their_parties(cast):
    body = read(Caller(cast.host).post(ORDERS, order(cast)), 201)
    conversion = f"/api/v1/conversions/{body['conversion']['id']}"

    problem(Caller(cast.north).get(f"{ORDERS}/{body['id']}"), 404, "not_found")
    for outsider in (cast.south, cast.stranger):
        problem(Caller(outsider).get(conversion), 404, "not_found")
        assert read(Caller(outsider).get("/api/v1/conversions"))["results"] == []


def test_conversions_are_filtered(cast):
    caller = Caller(cast.host)
    read(caller.post(ORDERS, order(cast)), 201)
    refund = [{"quantity": "-1", "unit_price": "5"}]
    read(caller.post(ORDERS, order(cast, reference="W-2", kind="refund", lines=refund)), 201)
    read(caller.post(ORDERS, order(cast, reference="W-3", partner_code="nobody")), 201)

    def found(caller=caller, **query):
        return [c["reference"] for c in read(caller.get("/api/v1/conversions", query))["results"]]

    assert found() == ["W-3", "W-2", "W-1"]
    assert found(kind="refund") == ["W-2"]
    assert found(is_matched="false") == ["W-3"]
    assert found(reference="W-1") == ["W-1"]
    assert found(partner_id=str(cast.north.id)) == ["W-2", "W-1"]
    assert found(occurred_from="2026-03-01T08:30:00Z") == ["W-3", "W-2", "W-1"]
    assert found(occurred_before="2026-03-01T08:30:00Z") == []
    assert found(Caller(cast.north), reference="W-2") == ["W-2"]
    problem(caller.get("/api/v1/conversions", {"occurred_from": "2026-03-01"}), 422, "invalid_input")
    problem(caller.get("/api/v1/conversions", {"amount": "1"}), 422, "invalid_input")


@pytest.fixture
def order_import(cast):
    with organization_scope(cast.host.id):
        file = OrderFile.objects.create(
            organization_id=cast.host.id,
            name="orders.csv",
            stored_as="x",
            size_bytes=1,
            sha256="0" * 64,
            layout={},
            uploaded_at=NOW,
        )
        row = OrderImport.objects.create(
            organization_id=cast.host.id, alliance_id=cast.alliance.id, order_file=file, mapping={}, tally={"rows": 3}
        )
        OrderImportError.objects.create(
            organization_id=cast.host.id,
            order_import=row,
            row_number=2,
            column="Price",
            code="not_a_number",
            cells=["a", "x"],
        )
        assert not ImportPreview.objects.exists()
    return row


def test_imports_are_listed_with_progress_and_errors(cast, order_import):
    caller = Caller(cast.host, [Permission.ORDER_READ])
    path = f"/api/v1/imports/{order_import.pk}"

    body = read(caller.get(path))

    assert (body["state"], body["file_name"], body["tally"]) == ("queued", "orders.csv", {"rows": 3})
    assert [row["id"] for row in read(caller.get("/api/v1/imports", {"state": "queued"}))["results"]] == [body["id"]]
    assert read(caller.get("/api/v1/imports", {"state": "failed"}))["results"] == []
    [error] = read(caller.get(f"{path}/errors"))["results"]
    assert (error["row_number"], error["column"], error["code"]) == (2, "Price", "not_a_number")
    for outsider in (cast.north, cast.stranger):
        problem(Caller(outsider).get(path), 404, "not_found")
        problem(Caller(outsider).get(f"{path}/errors"), 404, "not_found")
    problem(Caller(cast.host, [Permission.HOME_READ]).get(path), 403, "not_permitted")
