"""What a shop says of an order beside its amount: parent order, why it is invalid, returned units; shown to both sides."""

import csv
import io
import json

import pytest
from django.db import DatabaseError
from django.urls import reverse

from alliance.kernel.tenancy import atomic, organization_scope
from campaigns.domain.invalid import INVALID_REASONS, invalid_reason
from campaigns.models import Conversion, InvalidReason, OrderImportError
from settlements.exports.csv_file import write_csv
from settlements.exports.json_file import write_json
from settlements.exports.reading import visible_statement
from tests.api import Caller, problem
from tests.cast import full_cast, host_organization, signed_in
from tests.contract.campaigns import sheets
from tests.contract.campaigns.sheets import imported, uploaded
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.contract.settlements.test_proposals import SHARED
from tests.outbox import deliver_all
from tests.spreadsheets import csv_bytes

pytestmark = pytest.mark.django_db
WORDS = {"parent_order": "P-1", "invalid_reason": "split", "returned_quantity": 2}


def sent(market, **more):
    given = {
        "alliance_id": str(market.alliance.id),
        "reference": "S-1",
        "occurred_at": "2026-01-15T12:00:00Z",
        "currency": "EUR",
        "partner_code": "north",
        "lines": [{"item": "LAMP", "quantity": "3", "unit_price": "33.00"}],
        **more,
    }
    return Caller(market.host).post("/api/v1/orders", given)


def test_the_codes_are_those_of_the_database_and_shops_write_them_in_their_own_words():
    assert set(INVALID_REASONS) == set(InvalidReason.values)
    assert [invalid_reason(text) for text in ("拆单", " Cancelled ", "企业单", "", "whatever")] == [
        "split",
        "cancelled",
        "company_order",
        "",
        None,
    ]


def test_programs_say_it_and_both_sides_read_it_on_lines_pages_and_files(db):
    market = Market([SHARED])
    assert sent(market, **WORDS).status_code == 201
    deliver_all()
    [listed] = json.loads(Caller(market.north).get("/api/v1/conversions").content)["results"]
    told = (listed["parent_reference"], listed["invalid_reason"], listed["returned_quantity"])
    assert told == ("P-1", "split", 2)
    market.close(JANUARY, now=FEBRUARY)
    statement = market.statement(1)
    assert statement.closing_minor == 3960  # it decides nothing
    for party in (market.host, market.north):
        reader = signed_in(party.finance)
        receipt = reader.get(reverse("portal:accrual", args=[listed["id"]])).content.decode()
        page = reader.get(reverse("portal:statement", args=[market.statement(1, party).id])).content.decode()
        for said in ("P-1", "Split into several orders"):
            assert said in receipt
            assert said in page
        assert "2 units returned" in page
        with organization_scope(party.id), atomic():
            file, other = io.BytesIO(), io.BytesIO()
            own = visible_statement(market.statement(1, party).id)
            write_csv(own, file)
            write_json(own, other)
        [row] = [r for r in csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))) if r["row"] == "line"]
        assert (row["parent_order"], row["invalid_reason"], row["returned_quantity"]) == ("P-1", "split", "2")
        assert (row["order_currency"], row["exchange_rate"]) == ("", "")
        [line] = json.loads(other.getvalue())["lines"]
        assert (line["parent_order"], line["returned_quantity"], "order_currency" in line) == ("P-1", "2", False)
    stranger = signed_in(host_organization(name="X").finance)
    assert stranger.get(reverse("portal:accrual", args=[listed["id"]])).status_code == 404


def test_what_is_none_is_refused_and_what_was_said_stays(db):
    market = Market([SHARED])
    for wrong in ({"invalid_reason": "bored"}, {"returned_quantity": -1}, {"parent_order": "x" * 81}):
        problem(sent(market, **wrong), 422, "invalid_input")
    assert sent(market, **WORDS).status_code == 201
    assert sent(market, **WORDS).status_code == 200
    assert sent(market, **{**WORDS, "returned_quantity": 3}).status_code == 409
    with organization_scope(market.host.id), pytest.raises(DatabaseError), atomic():
        Conversion.objects.update(returned_quantity=9)


def test_files_bring_it_by_columns_of_the_mapping(db):
    cast = full_cast()
    client = signed_in(cast.host.owner)
    more = {"parent_order": "父单号", "invalid_reason": "无效原因", "returned": "退货数量"}
    header = (*sheets.HEADER, *more.values())
    rows = [
        (*sheets.SALE, "P-9", "拆单", "1"),
        ("1002", *sheets.SALE[1:], "", "", ""),
        ("1003", *sheets.SALE[1:], "", "because", "x"),
    ]
    imported(client, cast, csv_bytes(rows, header=header), **more)
    file_id = uploaded(client, csv_bytes(rows, header=header), "again.csv")
    form = client.get(reverse("portal:import_file", args=[file_id])).content.decode()
    assert all(f'name="{name}"' in form for name in (*more, "refund_of", "payment_fee"))
    with organization_scope(cast.host.id):
        found = {c.reference: c for c in Conversion.objects.all()}
        first = found[sheets.SALE[0]]
        assert (first.parent_reference, first.invalid_reason, first.returned_quantity) == ("P-9", "split", 1)
        assert (found["1002"].parent_reference, found["1002"].returned_quantity) == ("", 0)
        assert "1003" not in found
        refused = set(OrderImportError.objects.values_list("column", "code"))
    assert refused == {("无效原因", "not_a_reason"), ("退货数量", "not_a_number")}
