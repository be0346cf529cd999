"""From a file to items: nothing before the confirmation, what differs after it, and nothing twice."""

import csv
import io
import re

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from alliance.kernel.jobs import JobState
from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.tally import ItemTally
from partners.catalogue.models import Item, ItemFile, ItemImport, ItemImportError, ItemPreview
from tests.cast import full_cast, member_of, signed_in
from tests.contract.partners.catalogue import files
from tests.contract.partners.catalogue.files import (
    csv_bytes,
    gz,
    imported,
    jsonl_bytes,
    previewed,
    upload,
    uploaded,
    xlsx_bytes,
)
from tests.items import item_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.north.owner)


def items_of(cast):
    with organization_scope(cast.north.id):
        rows = Item.objects.filter(organization_id=cast.north.id).select_related("category", "visibility")
        return {item.code: item for item in rows}


def tally_of(cast, model, row_id):
    with organization_scope(cast.north.id):
        row = model.objects.get(pk=row_id)
    assert row.state == JobState.SUCCEEDED, row.error_detail
    return ItemTally.from_json(row.tally)


def page(client, name, *arguments):
    response = client.get(reverse(f"portal:{name}", args=arguments))
    assert response.status_code == 200
    return response.content.decode()


def test_nothing_is_written_before_the_confirmation(cast, client):
    preview_id = previewed(client, csv_bytes(files.EVERYTHING))
    text = page(client, "item_preview", preview_id)
    assert "Import: 3 items become different" in text
    assert re.findall(r'stat-value">\s*(\S+)\s*<', text) == ["3", "0", "0", "0", "3"]
    assert "弹力带" in text
    assert items_of(cast) == {}


def test_the_preview_counts_what_the_import_then_does(cast, client):
    content = csv_bytes([*files.EVERYTHING, ("", *files.KIT[1:])])
    preview = tally_of(cast, ItemPreview, previewed(client, content))
    done = tally_of(cast, ItemImport, imported(client, content))
    assert preview == done
    assert (done.rows, done.created, done.refused, done.issues) == (4, 3, 1, {"missing": 1})


def test_every_cell_becomes_what_it_says(cast, client):
    import_id = imported(client, csv_bytes(files.EVERYTHING))
    found = items_of(cast)
    kit, course, free = found["KIT-1"], found["C-1"], found["C-2"]
    assert (kit.kind, kit.category.key, kit.tags, kit.price_minor, kit.currency, kit.stock) == (
        "physical_good",
        "fitness.equipment",
        ["健身", "bands"],
        3560,
        "CNY",
        12,
    )
    assert kit.attributes == {"colour": "red"}
    assert (course.kind, course.category.key, course.image_urls) == (
        "course",
        "fitness.strength",
        ["https://example.org/a.png"],
    )
    assert (free.price_minor, free.currency, free.stock) == (None, "", 0)
    assert {(i.status, i.visibility.reach, i.item_import_id) for i in found.values()} == {
        ("published", "alliances", import_id)
    }
    with organization_scope(cast.south.id):
        assert Item.objects.filter(organization_id=cast.north.id).count() == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bom.csv", csv_bytes(files.EVERYTHING, encoding="utf-8-sig")),
        ("gb.csv", csv_bytes(files.EVERYTHING, encoding="gb18030")),
        ("items.csv.gz", gz(csv_bytes(files.EVERYTHING))),
        ("items.xlsx", xlsx_bytes(files.EVERYTHING)),
        ("items.jsonl", jsonl_bytes(files.EVERYTHING)),
        ("items.jsonl.gz", gz(jsonl_bytes(files.EVERYTHING))),
    ],
)
def test_every_kind_of_file_comes_to_the_same(cast, client, name, content):
    imported(client, csv_bytes(files.EVERYTHING))
    done = tally_of(cast, ItemImport, imported(client, content, name))
    assert (done.created, done.changed, done.unchanged, done.refused) == (0, 0, 3, 0)


def test_json_lines_with_lists_numbers_and_objects(cast, client):
    content = (
        '{"code": "J", "kind": "course", "title_zh": "课", "tags": ["a", "b,c"], "price_minor": 1250, "currency": "EUR",'
        ' "image_urls": ["https://example.org/1.png", "https://example.org/2.png"], "stock": 7,'
        ' "available_from": "2026-03-01", "attributes": {"n": 1.5, "yes": true, "text": "x"}}\n'
    )
    columns = ("code", "kind", "title_zh", "tags", "price_minor", "currency", "image_urls", "stock", "available_from")
    values = dict.fromkeys(files.MAPPED, "") | {name: name for name in (*columns, "attributes")}
    values |= {name: files.MAPPED[name] for name in ("decimal_mark", "time_zone", "new_status", "visibility")}
    imported(client, content.encode(), "items.jsonl", **values)
    item = items_of(cast)["J"]
    assert (item.tags, item.price_minor, item.stock) == (["a", "b,c"], 1250, 7)
    assert item.image_urls == ["https://example.org/1.png", "https://example.org/2.png"]
    assert item.attributes == {"n": 1.5, "yes": True, "text": "x"}
    assert item.available_from.isoformat() == "2026-02-28T16:00:00+00:00"


def test_the_same_file_again_changes_nothing(cast, client):
    content = csv_bytes(files.EVERYTHING)
    imported(client, content)
    before = {code: (item.version, item.updated_at) for code, item in items_of(cast).items()}
    preview_id = previewed(client, content)
    assert "Everything in this file is there already" in page(client, "item_preview", preview_id)
    again = tally_of(cast, ItemImport, imported(client, content))
    assert (again.unchanged, again.writes) == (3, 0)
    assert {code: (item.version, item.updated_at) for code, item in items_of(cast).items()} == before


def test_what_differs_is_changed_and_told_once_for_each_chunk(cast, client):
    imported(client, csv_bytes(files.EVERYTHING))
    changed = (*files.KIT[:6], "29.90", *files.KIT[7:])
    done = tally_of(cast, ItemImport, imported(client, csv_bytes([changed, files.COURSE])))
    assert (done.changed, done.unchanged, done.created, done.archived) == (1, 1, 0, 0)
    assert (items_of(cast)["KIT-1"].price_minor, items_of(cast)["KIT-1"].version) == (2990, 2)
    with organization_scope(cast.north.id):
        told = OutboxMessage.objects.filter(topic="partners.catalogue.ItemsChanged").order_by("id")
        assert [(row.payload["change"], len(row.payload["item_ids"])) for row in told] == [
            ("created", 3),
            ("changed", 1),
        ]
        trail = AuditEvent.objects.filter(action="item_import.confirmed")
        assert trail.count() == 2


def test_a_code_comes_once_in_a_file(cast, client):
    done = tally_of(cast, ItemImport, imported(client, csv_bytes([files.KIT, files.COURSE, files.KIT])))
    assert (done.created, done.refused, done.issues) == (2, 1, {"code_twice": 1})


BAD_ROWS = (
    (("", *files.KIT[1:]), "missing", "SKU"),
    (("A", "boat", *files.KIT[2:]), "not_a_kind", "Type"),
    (("B", "course", "", "", *files.KIT[4:]), "title_missing", "标题"),
    (("D", "course", "x", "", "no.such", *files.KIT[5:]), "not_a_category", "Category"),
    (("E", *files.KIT[1:6], "many", *files.KIT[7:]), "not_a_number", "Price"),
    (("F", *files.KIT[1:6], "1.234", *files.KIT[7:]), "too_precise", "Price"),
    (("G", *files.KIT[1:6], "-1", *files.KIT[7:]), "negative", "Price"),
    (("H", *files.KIT[1:7], "XXQ", *files.KIT[8:]), "not_a_currency", "Price"),
    (("I", *files.KIT[1:8], "http://example.org/a", *files.KIT[9:]), "not_https", "Images"),
    (("J", *files.KIT[1:9], "1.5", "red"), "not_a_whole_number", "Stock"),
    (("K" * 81, *files.KIT[1:]), "too_long", "SKU"),
    (("L", "medicine", *files.KIT[2:]), "disclosure_missing", ""),
    (("M", *files.KIT[1:10], "x" * 201), "attribute_value", ""),
    (("N", "course"), "cell_count", ""),
)


def test_every_bad_row_is_named_with_its_column_and_kept_for_mending(cast, client):
    content = csv_bytes([files.COURSE, *(row for row, _code, _column in BAD_ROWS)])
    import_id = imported(client, content)
    done = tally_of(cast, ItemImport, import_id)
    assert (done.created, done.refused) == (1, len(BAD_ROWS))
    with organization_scope(cast.north.id):
        found = ItemImportError.objects.filter(item_import_id=import_id).order_by("row_number")
        assert [(row.code, row.column) for row in found] == [(code, column) for _row, code, column in BAD_ROWS]
    response = client.get(reverse("portal:item_import_errors", args=[import_id]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert tuple(header) == (*files.HEADER, "Row", "Column", "Reason")
    assert rows[1][-3:] == ["4", "Type", "This is not a kind of item."]
    assert len(rows) == len(BAD_ROWS)


def test_formulas_in_a_file_never_run_in_the_file_of_errors(cast, client):
    evil = ('=HYPERLINK("http://evil")', "boat", "@SUM(A1)", "+1", *files.KIT[4:])
    import_id = imported(client, csv_bytes([evil]))
    response = client.get(reverse("portal:item_import_errors", args=[import_id]))
    _header, row = csv.reader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig")))
    assert row[0].startswith("'=")
    assert row[2].startswith("'@")


def test_items_the_file_lacks_are_archived_and_come_back(cast, client):
    imported(client, csv_bytes(files.EVERYTHING))
    by_hand = item_of(cast.north, code="HAND", status=ItemStatus.ARCHIVED)
    other = item_of(cast.south, code="SOUTH")
    bad = ("C-2", "boat", *files.FREE[2:])
    content = csv_bytes([files.KIT, bad])
    preview_id = previewed(client, content, archive_missing="on")
    assert tally_of(cast, ItemPreview, preview_id).archived == 1
    done = tally_of(cast, ItemImport, imported(client, content, archive_missing="on"))
    assert (done.archived, done.refused) == (1, 1)
    found = items_of(cast)
    assert {code: item.status for code, item in found.items()} == {
        "KIT-1": "published",
        "C-1": "archived",
        "C-2": "published",  # its row was refused, but the file names it
        "HAND": "archived",
    }
    with organization_scope(cast.south.id):
        assert Item.objects.get(pk=other).status == "published"
    again = tally_of(cast, ItemImport, imported(client, csv_bytes(files.EVERYTHING), archive_missing="on"))
    assert (again.changed, again.archived) == (1, 0)
    assert items_of(cast)["C-1"].status == "published"
    with organization_scope(cast.north.id):
        assert Item.objects.get(pk=by_hand).status == "archived"


def test_a_status_column_is_believed(cast, client):
    header = (*files.HEADER, "状态")

    def content(status):
        return files.spreadsheets.csv_bytes([(*files.KIT, status)], header=header)

    for word, status in (("草稿", "draft"), ("Published", "published"), ("archived", "archived"), ("", "archived")):
        imported(client, content(word), status="状态")
        assert items_of(cast)["KIT-1"].status == status
    done = tally_of(cast, ItemImport, imported(client, content("sold"), status="状态"))
    assert done.issues == {"not_a_status": 1}


def test_the_columns_are_guessed_and_the_last_mapping_is_remembered(cast, client):
    file_id = uploaded(client, csv_bytes(files.EVERYTHING))
    text = page(client, "item_file", file_id)
    for column in ("SKU", "Type", "标题", "Title", "Price", "Stock"):
        assert f'<option value="{column}" selected>' in text
    assert "attribute:colour" in text
    previewed(client, csv_bytes(files.EVERYTHING), default_currency="GBP", brand="Title")
    text = page(client, "item_file", uploaded(client, csv_bytes([files.KIT])))
    assert 'value="GBP"' in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": ""}, "Choose the column."),
        ({"title_zh": "", "title_en": ""}, "Choose the column of the title"),
        ({"kind": ""}, "Choose the column of the kind"),
        ({"code": "Nowhere"}, "Select a valid choice"),
        ({"default_currency": "XXQ"}, "not a currency"),
        ({"visibility": "everybody"}, "Select a valid choice"),
    ],
)
def test_a_mapping_that_can_not_be_is_refused(cast, client, changes, sentence):
    file_id = uploaded(client, csv_bytes(files.EVERYTHING))
    response = client.post(reverse("portal:item_file", args=[file_id]), files.MAPPED | changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()


BROKEN = (
    ("items.csv", b"", "The file is empty."),
    ("items.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "zero bytes"),
    ("items.csv", b"a,b\n\xff\xff,1\n", "neither UTF-8 nor GB18030"),
    ("items.xlsx", b"PK\x03\x04 broken", "damaged"),
    ("items.jsonl", b'[{"code": 1}]', "not JSON Lines"),
)


def test_a_broken_file_is_refused_with_its_reason(cast, client, settings):
    for name, content, sentence in BROKEN:
        response = upload(client, content, name)
        assert response.status_code == 422, name
        assert sentence in response.content.decode()
    settings.IMPORT_MAX_BYTES = 10
    assert "too large" in upload(client, csv_bytes(files.EVERYTHING)).content.decode()
    with organization_scope(cast.north.id):
        assert not ItemFile.objects.exists()


def test_one_bad_line_of_json_is_said_of_that_line(cast, client):
    lines = (
        jsonl_bytes([files.KIT]).decode()
        + '\n{"SKU": NaN}\n["x"]\n'
        + '{"SKU": "D", "deep": '
        + "[" * 3000
        + "]" * 3000
        + "}"
    )
    done = tally_of(cast, ItemImport, imported(client, lines.encode(), "items.jsonl"))
    assert (done.created, done.refused, done.issues) == (1, 3, {"not_json": 3})


def test_odd_texts_are_refused_and_break_nothing(cast, client):
    rows = [
        '{"SKU": "A\\u0007", "Type": "course", "Title": "bell"}',
        '{"SKU": "B", "Type": "course", "Title": "lone \\ud800"}',
        '{"SKU": "C", "Type": "course", "Title": "fine", "Tags": ["a\\u0000b"]}',
        '{"SKU": "D", "Type": "course", "Title": "fine"}',
    ]
    first = '{"SKU": "0", "Type": "course", "标题": "", "Title": "x", "Category": "", "Tags": "", "Price": "", "Currency": "", "Images": "", "Stock": ""}'
    done = tally_of(cast, ItemImport, imported(client, "\n".join([first, *rows]).encode(), "items.jsonl"))
    assert (done.created, done.refused) == (2, 3)


def test_a_file_that_is_gone_is_said(cast, client):
    preview_id = previewed(client, csv_bytes(files.EVERYTHING))
    with organization_scope(cast.north.id):
        default_storage.delete(ItemPreview.objects.get(pk=preview_id).item_file.stored_as)
    response = client.post(reverse("portal:item_preview_confirm", args=[preview_id]))
    files.run_all_jobs()
    assert "no longer there" in client.get(response.url).content.decode()
    assert items_of(cast) == {}


def test_confirming_twice_imports_once(cast, client):
    preview_id = previewed(client, csv_bytes(files.EVERYTHING))
    addresses = {client.post(reverse("portal:item_preview_confirm", args=[preview_id])).url for _ in range(2)}
    assert len(addresses) == 1


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_template_can_be_uploaded_as_it_is(cast, client, kind):
    response = client.get(reverse("portal:item_template", args=[kind]))
    file_id = uploaded(client, response.content, f"items.{kind}")
    form = client.get(reverse("portal:item_file", args=[file_id])).context["form"]
    values = {name: form[name].value() or "" for name in form.fields if name != "archive_missing"}
    response = client.post(reverse("portal:item_file", args=[file_id]), values)
    assert response.status_code == 302
    preview_id = response.url.rstrip("/").rpartition("/")[2]
    preview = tally_of(cast, ItemPreview, preview_id)
    assert (preview.created, preview.refused) == (2, 0)


def test_a_template_in_chinese_has_chinese_columns(client):
    client.cookies["django_language"] = "zh-hans"
    text = client.get(reverse("portal:item_template", args=["csv"])).content.decode("utf-8-sig")
    assert text.startswith("商品编码,")
    assert client.get(reverse("portal:item_template", args=["exe"])).status_code == 404


def test_files_and_imports_are_ones_own_and_need_the_permission(cast, client):
    import_id = imported(client, csv_bytes(files.EVERYTHING))
    with organization_scope(cast.north.id):
        row = ItemImport.objects.get(pk=import_id)
    reader = signed_in(member_of(cast.north, Role.ANALYST))
    assert reader.get(reverse("portal:item_import", args=[import_id])).status_code == 200
    assert reader.get(reverse("portal:item_imports")).status_code == 200
    assert reader.get(reverse("portal:item_import_new")).status_code == 403
    assert reader.post(reverse("portal:item_import_again", args=[import_id])).status_code == 403
    for party in (cast.host, cast.south, cast.stranger):
        foreign = signed_in(party.owner)
        for name, pk in (
            ("item_import", import_id),
            ("item_import_errors", import_id),
            ("item_file", row.item_file_id),
            ("item_preview", row.preview_id),
        ):
            assert foreign.get(reverse(f"portal:{name}", args=[pk])).status_code == 404, name
        assert foreign.post(reverse("portal:item_preview_confirm", args=[row.preview_id])).status_code == 404
        assert foreign.post(reverse("portal:item_import_again", args=[import_id])).status_code == 404
