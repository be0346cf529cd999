"""Refunds and chargebacks that name their order; leads, clicks and sign-ups. All through the API."""

import json

import pytest

from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import organization_scope
from campaigns.models import Conversion
from campaigns.selectors import conversion_circumstances
from tests.api import Caller, fields, problem
from tests.cast import full_cast

pytestmark = pytest.mark.django_db
ORDERS, CONVERSIONS = "/api/v1/orders", "/api/v1/conversions"


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def shop(cast):
    return Caller(cast.host)


def read(response, status=201):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def order(cast, reference, price, *, code="north", **more):
    return {
        "alliance_id": str(cast.alliance.id),
        "reference": reference,
        "occurred_at": "2026-03-01T09:30:00+01:00",
        "currency": "EUR",
        "partner_code": code,
        "lines": [{"item": "A", "quantity": "1", "unit_price": price}],
        **more,
    }


def refund(cast, reference, price, of, **more):
    return order(cast, reference, price, kind="refund", refund_of=of, code="", **more)


def lead(cast, **more):
    return {
        "alliance_id": str(cast.alliance.id),
        "kind": "lead",
        "reference": "L-1",
        "occurred_at": "2026-03-01T09:30:00Z",
        "currency": "EUR",
        "partner_code": "north",
        **more,
    }


def test_a_refund_falls_under_the_agreement_of_its_order(cast, shop):
    sale = read(shop.post(ORDERS, order(cast, "W-1", "9.99")))["conversion"]
    back = read(shop.post(ORDERS, refund(cast, "R-1", "-3.33", "W-1")))["conversion"]
    assert (back["original_id"], back["original_reference"]) == (sale["id"], "W-1")
    assert (back["agreement_id"], back["partner_id"]) == (sale["agreement_id"], str(cast.north.id))
    assert read(shop.post(ORDERS, refund(cast, "R-1", "-3.33", "W-1")), 200)["conversion"]["id"] == back["id"]


def test_no_more_is_taken_back_than_is_left(cast, shop):
    read(shop.post(ORDERS, order(cast, "W-1", "9.99")))
    refused = problem(shop.post(ORDERS, refund(cast, "R-0", "-10.00", "W-1")), 409, "refund_too_large")
    assert "9.99 EUR" in refused["detail"]
    assert fields(refused) == {"refund_of": "refund_too_large"}
    read(shop.post(ORDERS, refund(cast, "R-1", "-9.99", "W-1")))
    again = problem(shop.post(ORDERS, refund(cast, "R-2", "-0.01", "W-1")), 409, "refund_too_large")
    assert "0.00 EUR" in again["detail"]
    with organization_scope(cast.host.id):
        assert sorted(Conversion.objects.values_list("reference", flat=True)) == ["R-1", "W-1"]


def test_a_chargeback_that_is_won_gives_back_what_it_took(cast, shop):
    read(shop.post(ORDERS, order(cast, "W-1", "100.00")))
    read(shop.post(ORDERS, order(cast, "C-1", "-100.00", kind="chargeback", refund_of="W-1")))
    problem(shop.post(ORDERS, refund(cast, "R-1", "-1.00", "W-1")), 409, "refund_too_large")
    read(shop.post(ORDERS, order(cast, "C-2", "100.00", kind="chargeback_won", refund_of="W-1")))
    problem(
        shop.post(ORDERS, order(cast, "C-3", "1.00", kind="chargeback_won", refund_of="W-1")), 409, "refund_too_large"
    )
    read(shop.post(ORDERS, refund(cast, "R-2", "-100.00", "W-1")))


def test_a_refund_before_its_order_waits_for_it(cast, shop):
    early = read(shop.post(ORDERS, refund(cast, "R-1", "-3.33", "W-1")))["conversion"]
    assert (early["match_issue"], early["agreement_id"], early["original_id"]) == ("original_unknown", None, None)
    sale = read(shop.post(ORDERS, order(cast, "W-1", "9.99")))["conversion"]
    matched = read(shop.get(f"{CONVERSIONS}/{early['id']}"), 200)
    assert (matched["match_issue"], matched["original_id"]) == ("", sale["id"])
    assert matched["agreement_id"] == sale["agreement_id"]


def test_a_refund_that_came_before_a_smaller_order_waits_on_and_says_why(cast, shop):
    early = read(shop.post(ORDERS, refund(cast, "R-1", "-10.00", "W-1")))["conversion"]
    read(shop.post(ORDERS, order(cast, "W-1", "9.99")))
    waits = read(shop.get(f"{CONVERSIONS}/{early['id']}"), 200)
    assert (waits["match_issue"], waits["agreement_id"]) == ("refund_too_large", None)


def test_a_lead_is_recorded_once(cast, shop):
    first = read(shop.post(CONVERSIONS, lead(cast, country="DE", customer="c-9")))
    assert (first["kind"], first["amount_minor"], first["order_id"]) == ("lead", 0, None)
    assert first["agreement_id"] == str(cast.agreement.id)
    assert read(shop.post(CONVERSIONS, lead(cast, country="DE", customer="c-9")), 200)["id"] == first["id"]
    problem(shop.post(CONVERSIONS, lead(cast, quantity=2)), 409, "conversion_differs")
    read(shop.post(CONVERSIONS, lead(cast, kind="sign_up")))  # another kind has its own references
    with organization_scope(cast.host.id):
        [known] = conversion_circumstances([Conversion.objects.get(pk=first["id"]).pk]).values()
    assert (known.country, len(known.person)) == ("DE", 32)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "sale"}, "kind"),
        ({"quantity": 0}, "quantity"),
        ({"country": "Germany"}, "country"),
        ({"currency": "XXX"}, "currency"),
        ({"amount": "5"}, "amount"),
        ({"occurred_at": "2026-03-01T09:30:00"}, "occurred_at"),
    ],
)
def test_what_is_wrong_with_a_lead_is_said(cast, shop, change, field):
    answer = shop.post(CONVERSIONS, lead(cast, **change))
    assert answer.status_code == 422
    assert field in fields(json.loads(answer.content))


def test_only_the_host_with_the_permission_records(cast):
    problem(Caller(cast.host, [Permission.ORDER_READ]).post(CONVERSIONS, lead(cast)), 403, "not_permitted")
    problem(Caller(cast.north).post(CONVERSIONS, lead(cast)), 404, "not_found")
    problem(Caller(cast.stranger).post(CONVERSIONS, lead(cast)), 404, "not_found")


def test_circumstances_come_with_an_order(cast, shop):
    body = order(cast, "W-1", "100.00", country="DE", coupon="NORTH10", customer="c-9", reported={"tax": "19.00"})
    sale = read(shop.post(ORDERS, body))["conversion"]
    with organization_scope(cast.host.id):
        [known] = conversion_circumstances([Conversion.objects.get(pk=sale["id"]).pk]).values()
    assert (known.country, known.coupon, known.reported, len(known.person)) == ("DE", "NORTH10", {"tax": 1900}, 32)
    problem(shop.post(ORDERS, {**body, "country": "FR"}), 409, "order_differs")
    with organization_scope(cast.north.id):
        assert conversion_circumstances([Conversion.objects.get(pk=sale["id"]).pk]) == {}
