"""Files as rows: encodings, delimiters, compression, workbooks; and everything that can be wrong with one."""

import gzip
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.spreadsheets import guards
from alliance.kernel.spreadsheets.layout import FileKind, clean_header, inspect_file
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.spreadsheets.rows import file_rows
from tests.spreadsheets import csv_bytes, xlsx_bytes

ROWS = [("1", "二", 'say "hi", twice'), ("2", "", "two\nlines")]
HEADER = ("id", "名", "text")


def read(content: bytes, name: str = "orders.csv"):
    file = io.BytesIO(content)
    layout = inspect_file(file, name)
    return layout, [(number, tuple(cells)) for number, cells in file_rows(file, layout)]


def problem(content: bytes, name: str = "orders.csv"):
    with pytest.raises(FileRefusedError) as refusal:
        read(content, name)
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
