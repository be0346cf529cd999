"""Files as rows: encodings, delimiters, compression, workbooks; and everything that can be wrong with one."""

import gzip
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.spreadsheets import guards, rows
from alliance.kernel.spreadsheets.json_rows import RefusedLine
from alliance.kernel.spreadsheets.layout import ALL_KINDS, FileKind, clean_header, inspect_file
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.spreadsheets.rows import file_rows
from tests.spreadsheets import csv_bytes, xlsx_bytes

ROWS = [("1", "二", 'say "hi", twice'), ("2", "", "two\nlines")]
HEADER = ("id", "名", "text")


def read(content: bytes, name: str = "orders.csv", **options):
    file = io.BytesIO(content)
    layout = inspect_file(file, name, **options)
    return layout, [(number, tuple(cells)) for number, cells in file_rows(file, layout)]


def problem(content: bytes, name: str = "orders.csv", **options):
    with pytest.raises(FileRefusedError) as refusal:
        read(content, name, **options)
    return refusal.value.problem


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_in_every_encoding_and_delimiter(encoding, delimiter):
    layout, rows = read(csv_bytes(ROWS, header=HEADER, encoding=encoding, delimiter=delimiter))
    assert layout.header == HEADER
    assert layout.encoding == ("gb18030" if encoding == "gb18030" else "utf-8-sig")
    assert rows == [(2, ROWS[0]), (3, ROWS[1])]


def test_a_compressed_file_of_several_members():
    content = csv_bytes(ROWS, header=HEADER)
    packed = gzip.compress(content[:20]) + gzip.compress(content[20:]) + b"\0" * 100
    assert read(packed, "orders.csv.gz")[1] == [(2, ROWS[0]), (3, ROWS[1])]


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 64))
def test_what_was_compressed_comes_back(content, step):
    plain = io.BufferedReader(guards.Inflated(io.BytesIO(gzip.compress(content))), 16)
    found = b"".join(iter(lambda: plain.read(step), b""))
    assert found == content


def test_a_workbook():
    layout, rows = read(xlsx_bytes([("1", "二", 2.5), ("2", None, 3)], header=HEADER), "orders.xlsx")
    assert layout.kind is FileKind.XLSX
    assert rows == [(2, ("1", "二", "2.5")), (3, ("2", "", "3"))]


def test_blank_rows_and_blank_trailing_cells_are_nothing():
    content = b"a,b\n1,2,,\n\n,,\n3,4\n"
    assert read(content)[1] == [(2, ("1", "2")), (5, ("3", "4"))]


def test_header_names_are_made_distinct():
    assert clean_header([" a ", "a", "", "b\n c", ""]) == ("a", "a #2", "#3", "b c")


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "orders.csv", FileProblem.EMPTY),
        (b"\xef\xbb\xbf", "orders.csv", FileProblem.EMPTY),
        (b" \r\n \r\n", "orders.csv", FileProblem.EMPTY),
        (b"a,b\n", "orders.csv", FileProblem.NO_ROWS),
        (b",,\n1,2,3\n", "orders.csv", FileProblem.HEADER_BLANK),
        (b"a,b\n1,\x00\n", "orders.csv", FileProblem.NUL_BYTES),
        ("a,b\n1,2\n".encode("utf-16"), "orders.csv", FileProblem.NUL_BYTES),
        (b"a,b\n\xff\xff,1\n", "orders.csv", FileProblem.ENCODING_UNKNOWN),
        (b"a,b\n1,2\n", "orders.csv.gz", FileProblem.NOT_GZIP),
        (gzip.compress(b"", mtime=0), "orders.csv.gz", FileProblem.EMPTY),
        (gzip.compress(b"a,b\n" + b"1,2\n" * 999, mtime=0)[:-12], "orders.csv.gz", FileProblem.GZIP_DAMAGED),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-4] + b"abcd", "orders.csv.gz", FileProblem.GZIP_DAMAGED),
        (b"\x1f\x8bnot really gzip", "orders.csv.gz", FileProblem.GZIP_DAMAGED),
        (b"a,b\n1,2\n", "orders.xlsx", FileProblem.XLSX_DAMAGED),
        (b"PK\x03\x04 broken", "orders.xlsx", FileProblem.XLSX_DAMAGED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "orders.xls", FileProblem.OLD_OR_LOCKED_WORKBOOK),
        (b'a,b\n1,"open\n2,3\n', "orders.csv", FileProblem.ROW_UNREADABLE),
        (b'a,b\n1,"x"y\n', "orders.csv", FileProblem.ROW_UNREADABLE),
        (b"a,b\n" + b"x" * 200_000 + b",1\n", "orders.csv", FileProblem.ROW_UNREADABLE),
        (",".join(["a"] * 201).encode() + b"\n1\n", "orders.csv", FileProblem.HEADER_BLANK),
    ],
)
def test_broken_files(content, name, expected):
    assert problem(content, name) is expected


def test_the_row_that_can_not_be_read_is_named():
    with pytest.raises(FileRefusedError) as refusal:
        read(b'a,b\n1,2\n1,"x"y\n')
    assert refusal.value.where == "3"
    assert "(3)" in str(refusal.value)


def test_a_compressed_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(guards, "_RATIO_FROM", 1 << 20)
    assert problem(gzip.compress(b"a,b\n" + b"0" * (8 << 20)), "orders.csv.gz") is FileProblem.INFLATES_TOO_MUCH
    monkeypatch.setattr(guards, "MAX_INFLATED", 1 << 16)
    assert problem(gzip.compress(b"a,b\n" + b"1,2\n" * 40_000), "orders.csv.gz") is FileProblem.INFLATES_TOO_MUCH


def test_a_workbook_bomb_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(guards, "MAX_WORKBOOK", 1 << 20)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (4 << 20))
    assert problem(content.getvalue(), "orders.xlsx") is FileProblem.INFLATES_TOO_MUCH


def test_a_workbook_that_lies_about_its_size():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 100_000)
    honest, lie = struct.pack("<L", 100_000), struct.pack("<L", 10)
    assert problem(content.getvalue().replace(honest, lie), "orders.xlsx") is FileProblem.XLSX_DAMAGED


def test_a_workbook_cut_off():
    content = xlsx_bytes([("1", "2", "3")], header=HEADER)
    assert problem(content[: len(content) // 2], "orders.xlsx") is FileProblem.XLSX_DAMAGED


def test_zlib_errors_in_a_workbook_are_refusals():
    content = bytearray(xlsx_bytes([("1", "2", "3")] * 50, header=HEADER))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        entry = max(archive.infolist(), key=lambda info: info.compress_size)
    at = entry.header_offset + 60
    content[at : at + 40] = b"\xff" * 40
    assert problem(bytes(content), "orders.xlsx") is FileProblem.XLSX_DAMAGED
    assert zlib  # the error that must not come through


def test_a_line_without_end_is_not_read(monkeypatch):
    content = b"a,b\n1,2\n" + b"1," * (6 << 20)
    assert problem(content) is FileProblem.ROW_TOO_LONG
    with pytest.raises(FileRefusedError) as refusal:
        read(content)
    assert refusal.value.where == "3"
    endless = b"a,b\n" + b'"x\n",' * (1 << 19)
    assert problem(endless) is FileProblem.ROW_TOO_LONG
    monkeypatch.setattr(rows, "MAX_ROW", 16)
    assert len(read(b"a,b\n" + b"1,2\n" * 100)[1]) == 100  # the limit is for one row, not for the file


def sheet(cells: str) -> str:
    return f'<?xml version="1.0"?><worksheet><sheetData>{cells}</sheetData></worksheet>'


def workbook_of(xml: str) -> bytes:
    """A workbook whose first sheet says exactly this."""
    plain = io.BytesIO(xlsx_bytes([("1", "2", "3")], header=HEADER))
    content = io.BytesIO()
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            new.writestr(entry.filename, xml if is_sheet else old.read(entry))
    return content.getvalue()


FIRST = '<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'


@pytest.mark.parametrize(
    "far",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>",
        '<row r="2" ><c s="1" r="XFD1048576"><v>1</v></c></row>',
        '<x:row r="1048576" xmlns:x="y"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        '<row r="1048576"><c r="XFC1"/><c><f>1+1</f></c></row><row r="1048576"><c r="XFD9"><v>1</v></c></row>',
        '<row r="1048575"><c r="A1"><v>1</v></c></row><row><c r="XFD5"><v>1</v></c></row><row r="900000"><c><v>1</v></c></row>',
    ],
)
def test_cells_far_apart_are_not_loaded(far):
    """The reader would hold every cell in between, and ends the process when it can't."""
    assert problem(workbook_of(sheet(FIRST + far)), "orders.xlsx") is FileProblem.SHEET_TOO_WIDE


def test_formatted_cells_without_content_do_not_count():
    styled = (
        '<row r="2"><c r="A2"><v>7</v></c><c r="XFD2" s="1"/></row><row r="1048576"><c r="XFD1048576" s="1"/></row>'
    )
    assert read(workbook_of(sheet(FIRST + styled)), "orders.xlsx")[1] == [(2, ("7",))]


@pytest.mark.parametrize(
    "xml",
    [
        sheet(FIRST + '<row r="many"><c r="XFD1048576"><v>1</v></c></row>'),
        sheet(FIRST + "<c >"),
        '<!DOCTYPE w [<!ENTITY a "aaaa">]>' + sheet("<c>&a;</c>"),
    ],
)
def test_a_sheet_that_is_no_proper_xml(xml):
    assert problem(workbook_of(xml), "orders.xlsx") is FileProblem.XLSX_DAMAGED


LINES = '{"id": "1", "名": "二", "n": 2.50}\n\n{"id": 2, "n": null, "tags": ["a", {"b": true}]}\n'


def read_json(content: bytes, name: str = "items.jsonl"):
    return read(content, name, kinds=ALL_KINDS)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (LINES.encode(), "items.jsonl"),
        (LINES.encode("utf-8-sig"), "items.txt"),
        (gzip.compress(LINES.encode(), mtime=0), "items.jsonl.gz"),
        (LINES.replace("\n", "\r\n").encode(), "items.ndjson"),
    ],
)
def test_json_lines(content, name):
    layout, found = read_json(content, name)
    assert layout.is_json
    assert layout.header == ("id", "名", "n", "tags")
    assert found == [(1, ("1", "二", "2.5", "")), (3, ("2", "", "", '["a",{"b":true}]'))]


DEEP = '{"id":' + "[" * 100_000 + "]" * 100_000 + "}"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"id": NaN}', "not_json"),
        ('{"id": -Infinity}', "not_json"),
        ('{"id": 1e999}', "not_json"),
        ('{"id": ' + "9" * 5000 + "}", "not_json"),
        (DEEP, "not_json"),
        ('["id"]', "not_json"),
        ('{"id": "lone \\ud800"}', "not_json"),
        ('{"id": 1', "not_json"),
        ('{"other": 1}', "unknown_key"),
    ],
)
def test_one_bad_line_of_json_is_only_one_bad_line(line, code):
    content = "\n".join(['{"id": "0"}'] * 1000 + [line, '{"id": "2"}']).encode()
    file = io.BytesIO(content)
    layout = inspect_file(file, "items.jsonl", kinds=ALL_KINDS)
    found = list(file_rows(file, layout))
    assert layout.header == ("id",)
    refused = [(number, cells.code) for number, cells in found if isinstance(cells, RefusedLine)]
    assert refused == [(1001, code)]
    assert len(found[1000][1][0]) <= 2_000
    assert found[1001] == (1002, ["2"])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'[{"id": 1},\n{"id": 2}]', FileProblem.NOT_JSON_LINES),
        (b'{\n  "id": 1\n}\n', FileProblem.NOT_JSON_LINES),
        (b"id,name\n1,2\n", FileProblem.NOT_JSON_LINES),
        (b"", FileProblem.EMPTY),
        (b'{"id": "\xff\xff"}', FileProblem.ENCODING_UNKNOWN),
        (b'{"id": 1}\n{"id": "' + b"x" * (10 << 20) + b'"}', FileProblem.ROW_TOO_LONG),
    ],
)
def test_broken_json_files(content, expected):
    assert problem(content, "items.jsonl", kinds=ALL_KINDS) is expected


def test_json_is_a_kind_only_where_it_is_asked_for():
    assert inspect_file(io.BytesIO(LINES.encode()), "items.jsonl").kind is FileKind.CSV
