"""From a file to orders: nothing before the confirmation, everything once after it."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from alliance.kernel.jobs import JobState
from alliance.kernel.tenancy import organization_scope
from campaigns.domain.tally import Tally
from campaigns.models import Conversion, ImportPreview, Order, OrderImport, OrderImportError
from tests.cast import full_cast, signed_in
from tests.contract.campaigns import sheets
from tests.contract.campaigns.sheets import csv_bytes, gz_bytes, imported, previewed, upload, uploaded, xlsx_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.host.owner)


def orders_of(cast):
    with organization_scope(cast.host.id):
        return {order.reference: order for order in Order.objects.prefetch_related("lines")}


def conversions_of(cast):
    with organization_scope(cast.host.id):
        return {conversion.reference: conversion for conversion in Conversion.objects.all()}


def tally_of(cast, model, row_id):
    with organization_scope(cast.host.id):
        row = model.objects.get(pk=row_id)
    assert row.state == JobState.SUCCEEDED, row.error_detail
    return Tally.from_json(row.tally)


def test_nothing_is_written_before_the_confirmation(cast, client):
    preview_id = previewed(client, cast, csv_bytes(sheets.EVERYTHING))
    page = client.get(reverse("portal:import_preview", args=[preview_id])).content.decode()
    assert "Import 5 orders" in page
    assert "nobody" in page
    assert re.findall(r'stat-value">\s*(\S+)\s*<', page) == ["5", "0", "0", "0", "6"]
    assert orders_of(cast) == {}
    assert conversions_of(cast) == {}


def test_the_preview_counts_what_the_import_then_does(cast, client):
    content = csv_bytes(sheets.EVERYTHING)
    preview = tally_of(cast, ImportPreview, previewed(client, cast, content))
    done = tally_of(cast, OrderImport, imported(client, cast, content))
    assert preview == done
    assert (done.rows, done.orders_new, done.orders_zero) == (6, 5, 1)
    assert done.sums_minor == {"sale": 2001 + 500 + 700, "refund": -500, "adjustment": -300}
    assert done.partner_codes_unknown == {"nobody": 1}


def test_an_order_has_its_lines_its_first_time_and_rounded_amounts(cast, client):
    imported(client, cast, csv_bytes(sheets.EVERYTHING))
    order = orders_of(cast)["1001"]
    assert order.occurred_at == datetime(2026, 2, 3, 2, 0, tzinfo=UTC)
    assert [line.amount_minor for line in order.lines.all()] == [2001, 500]  # 20.01 is 2 × 10.005 rounded half-up
    assert (order.kind, order.amount_minor, order.line_count, order.customer) == ("sale", 2501, 2, "b1")


def test_every_order_becomes_one_conversion_under_the_agreement_of_its_time(cast, client):
    imported(client, cast, csv_bytes(sheets.EVERYTHING))
    found = conversions_of(cast)
    assert {r: (c.kind, c.amount_minor, c.match_issue) for r, c in found.items()} == {
        "1001": ("sale", 2501, ""),
        "C1001": ("refund", -500, ""),
        "A7": ("adjustment", -300, ""),
        "1002": ("sale", 0, "no_agreement"),
        "1003": ("sale", 700, "unknown_partner"),
    }
    assert found["1001"].agreement_id == cast.agreement.id
    assert found["1001"].partner_id == cast.north.id
    assert found["1002"].partner_id == cast.south.id
    assert found["1003"].partner_id is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("orders.csv", csv_bytes(sheets.EVERYTHING)),
        ("bom.csv", csv_bytes(sheets.EVERYTHING, encoding="utf-8-sig")),
        ("semicolon.csv", csv_bytes(sheets.EVERYTHING, delimiter=";")),
        ("tab.tsv", csv_bytes(sheets.EVERYTHING, delimiter="\t")),
        ("orders.csv.gz", gz_bytes(sheets.EVERYTHING)),
        ("orders.xlsx", xlsx_bytes(sheets.EVERYTHING)),
    ],
)
def test_every_kind_of_file_comes_to_the_same(cast, client, name, content):
    done = tally_of(cast, OrderImport, imported(client, cast, content, name))
    assert (done.orders_new, done.total_minor, done.rows_rejected) == (5, 2401, 0)


def test_a_spreadsheet_with_real_dates_and_numbers(cast, client):
    row = ("2001", datetime(2026, 2, 3, 10, 0), "A", "Course", 3, 2.55, 17850, "north")
    imported(client, cast, xlsx_bytes([row]), "orders.xlsx", time_format="%d/%m/%Y %H:%M")
    order = orders_of(cast)["2001"]
    assert (order.amount_minor, order.customer) == (765, "17850")
    assert order.occurred_at == datetime(2026, 2, 3, 2, 0, tzinfo=UTC)


def test_a_file_in_gb18030_with_chinese_columns(cast, client):
    header = ("订单号", "下单时间", "数量", "单价", "合作方")
    rows = [("甲1", "2026年02月03日 10:00:00", "1", "12.00", "north")]
    content = csv_bytes(rows, header=header, encoding="gb18030")
    file_id = uploaded(client, content)
    page = client.get(reverse("portal:import_file", args=[file_id])).content.decode()
    assert "GB18030" in page
    assert '<option value="订单号" selected>' in page
    assert '<option value="%Y年%m月%d日 %H:%M:%S" selected>' in page
    names = {
        "order_id": "订单号",
        "occurred_at": "下单时间",
        "quantity": "数量",
        "unit_price": "单价",
        "partner": "合作方",
    }
    empty = dict.fromkeys(("item", "description", "customer"), "")
    imported(client, cast, content, **names, **empty, time_format="%Y年%m月%d日 %H:%M:%S")
    assert orders_of(cast)["甲1"].amount_minor == 1200


def test_the_same_file_again_changes_nothing(cast, client):
    content = csv_bytes(sheets.EVERYTHING)
    imported(client, cast, content)
    before = {r: (o.id, o.created_at) for r, o in orders_of(cast).items()}
    preview_id = previewed(client, cast, content)
    assert (
        "Everything in this file is there already"
        in client.get(reverse("portal:import_preview", args=[preview_id])).content.decode()
    )
    again = tally_of(cast, OrderImport, imported(client, cast, content))
    assert (again.orders_new, again.orders_known, again.rows_rejected) == (0, 5, 0)
    assert {r: (o.id, o.created_at) for r, o in orders_of(cast).items()} == before
    assert len(conversions_of(cast)) == 5


def test_a_known_reference_with_other_content_is_reported_and_not_overwritten(cast, client):
    imported(client, cast, csv_bytes([sheets.SALE, sheets.SECOND_LINE]))
    dearer = (*sheets.SALE[:5], "99.00", *sheets.SALE[6:])
    import_id = imported(client, cast, csv_bytes([dearer, sheets.SECOND_LINE]))
    done = tally_of(cast, OrderImport, import_id)
    assert (done.orders_new, done.orders_changed, done.issues) == (0, 1, {"changed": 2})
    assert orders_of(cast)["1001"].amount_minor == 2501
    page = client.get(reverse("portal:import", args=[import_id])).content.decode()
    assert "already there with other content" in page


def test_an_order_with_a_wrong_line_stays_out_whole(cast, client):
    wrong = ("1001", "2026-02-03 10:01:00", "A-2", "Kit", "many", "5.00", "b1", "north")
    import_id = imported(client, cast, csv_bytes([sheets.SALE, wrong, sheets.REFUND]))
    assert set(orders_of(cast)) == {"C1001"}
    with organization_scope(cast.host.id):
        errors = OrderImportError.objects.filter(order_import_id=import_id)
        found = [(e.row_number, e.column, e.code, e.cells[4]) for e in errors]
    assert found == [(2, "", "order_incomplete", "2"), (3, "Qty", "not_a_number", "many")]


def test_scattered_lines_are_one_order(cast, client):
    imported(client, cast, csv_bytes([sheets.SALE, sheets.REFUND, sheets.SECOND_LINE]))
    order = orders_of(cast)["1001"]
    assert (order.line_count, order.amount_minor) == (2, 2501)


def test_confirming_twice_is_one_import(cast, client):
    preview_id = previewed(client, cast, csv_bytes(sheets.EVERYTHING))
    first = client.post(reverse("portal:import_confirm", args=[preview_id]))
    second = client.post(reverse("portal:import_confirm", args=[preview_id]))
    assert first.url == second.url


def test_an_unfinished_preview_is_not_confirmed(cast, client):
    preview_id = previewed(client, cast, csv_bytes(sheets.EVERYTHING))
    with organization_scope(cast.host.id):
        ImportPreview.objects.filter(pk=preview_id).update(state=JobState.RUNNING)
    response = client.post(reverse("portal:import_confirm", args=[preview_id]), follow=True)
    assert "has not finished" in response.content.decode()
    with organization_scope(cast.host.id):
        assert not OrderImport.objects.exists()


def test_a_larger_file_is_previewed_by_a_worker(cast, client, monkeypatch):
    monkeypatch.setattr("campaigns.services.preview_import._QUICK_PLAIN", 0)
    file_id = uploaded(client, csv_bytes(sheets.EVERYTHING))
    response = client.post(reverse("portal:import_file", args=[file_id]), sheets.mapping_values(cast))
    page = client.get(response.url).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert "Import 5 orders" not in page
    sheets.run_all_jobs()
    fragment = client.get(response.url, headers={"HX-Request": "true"}).content.decode()
    assert "Import 5 orders" in fragment
    assert "<html" not in fragment
    assert "hx-trigger" not in fragment


def test_the_result_page_links_to_orders_and_conversions(cast, client):
    import_id = imported(client, cast, csv_bytes(sheets.EVERYTHING))
    page = client.get(reverse("portal:import", args=[import_id])).content.decode()
    for name in ("portal:orders", "portal:conversions"):
        link = f"{reverse(name)}?imported={import_id}"
        assert link in page
        assert "C1001" in client.get(link).content.decode()
    assert "orders.csv" in client.get(reverse("portal:imports")).content.decode()


def test_a_failed_import_can_be_started_again(cast, client):
    import_id = imported(client, cast, csv_bytes(sheets.EVERYTHING))
    with organization_scope(cast.host.id):
        OrderImport.objects.filter(pk=import_id).update(state=JobState.FAILED, error_code="gave_up")
    assert "Import again" in client.get(reverse("portal:import", args=[import_id])).content.decode()
    client.post(reverse("portal:import_again", args=[import_id]))
    sheets.run_all_jobs()
    with organization_scope(cast.host.id):
        assert OrderImport.objects.filter(state=JobState.SUCCEEDED).count() == 1
    assert len(orders_of(cast)) == 5


def test_the_template_can_be_filled_in_and_imported(cast, client):
    for language, header in (("en", "Order id"), ("zh-hans", "订单号")):
        response = client.get(reverse("portal:import_template"), headers={"Accept-Language": language})
        content = response.content
        assert content.startswith(b"\xef\xbb\xbf")
        assert header in content.decode()
        page = client.get(reverse("portal:import_file", args=[uploaded(client, content)])).content.decode()
        assert f'<option value="{header}" selected>' in page


@pytest.mark.parametrize("role", ["finance", "manager", "owner"])
def test_who_may_import(cast, role):
    assert upload(signed_in(getattr(cast.host, role)), csv_bytes(sheets.EVERYTHING)).status_code == 302


def test_a_viewer_reads_but_does_not_import(cast, client):
    import_id = imported(client, cast, csv_bytes(sheets.EVERYTHING))
    viewer = signed_in(cast.host.viewer)
    assert viewer.get(reverse("portal:imports")).status_code == 200
    assert viewer.get(reverse("portal:import", args=[import_id])).status_code == 200
    assert viewer.get(reverse("portal:import_new")).status_code == 403
    assert upload(viewer, csv_bytes(sheets.EVERYTHING)).status_code == 403
    assert viewer.post(reverse("portal:import_again", args=[import_id])).status_code == 403


def test_a_stranger_and_a_partner_find_nothing(cast, client):
    content = csv_bytes(sheets.EVERYTHING)
    file_id, import_id = uploaded(client, content), imported(client, cast, content)
    with organization_scope(cast.host.id):
        preview_id = ImportPreview.objects.values_list("pk", flat=True).first()
    for outsider in (signed_in(cast.stranger.owner), signed_in(cast.north.owner)):
        assert upload(outsider, content).status_code == 404
        for name, row_id in (
            ("import_file", file_id),
            ("import_preview", preview_id),
            ("import", import_id),
            ("import_errors", import_id),
        ):
            assert outsider.get(reverse(f"portal:{name}", args=[row_id])).status_code == 404
        assert outsider.post(reverse("portal:import_confirm", args=[preview_id])).status_code == 404
        assert outsider.post(reverse("portal:import_again", args=[import_id])).status_code == 404
        assert outsider.get(reverse("portal:imports")).status_code == 404


def test_another_host_does_not_reach_the_alliance_or_the_file(cast, client):
    from tests.cast import alliance_of, host_organization

    other = host_organization(name="Other")
    alliance_of(other)
    file_id = uploaded(client, csv_bytes(sheets.EVERYTHING))
    theirs = signed_in(other.owner)
    assert theirs.get(reverse("portal:import_file", args=[file_id])).status_code == 404
    own_file = uploaded(theirs, csv_bytes(sheets.EVERYTHING))
    response = theirs.post(reverse("portal:import_file", args=[own_file]), sheets.mapping_values(cast))
    assert response.status_code == 422


@pytest.mark.parametrize("name", ["import_confirm", "import_again", "import_mapping_delete"])
def test_acts_are_posts(cast, client, name):
    assert client.get(reverse(f"portal:{name}", args=[cast.host.id])).status_code == 405


def test_nobody_without_a_login(cast):
    from django.test import Client

    assert Client().get(reverse("portal:imports")).status_code == 302
