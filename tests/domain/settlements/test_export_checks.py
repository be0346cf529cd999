"""The tool of a file's receiver looks at it before it is handed out, and refuses what is a cent or a cell off."""

import io
import shutil

import pytest

from settlements.exports import checking
from settlements.exports.checking import checked_with
from settlements.exports.tools import ExportInvalidError
from settlements.models import ExportFormat
from tests.spreadsheets import xlsx_bytes

BOOK = """option "operating_currency" "EUR"
2026-01-01 open Assets:Bank EUR
2026-01-01 open Income:Share EUR
2026-01-02 * "Order"
  Assets:Bank    40.00 EUR
  Income:Share  -40.00 EUR
"""
JOURNAL = """commodity 1000.00 EUR
account assets:bank
account income:share
2026-01-02 Order
    assets:bank    40.00 EUR
    income:share  -40.00 EUR
"""


def checked(content, file_format):
    return checked_with(io.BytesIO(content.encode() if isinstance(content, str) else content), file_format)


@pytest.mark.parametrize(
    ("content", "file_format", "tool"),
    [
        ("\ufeffa,b\n1,2\n", ExportFormat.CSV, "csv: 1 rows"),
        ('{"a": 1}', ExportFormat.JSON, "json"),
        ('{"a": 1}', ExportFormat.EVIDENCE, "json"),
        (
            '{"head": {"b": 1},\n"lines": [\n{"a": 1},\n{"a": [2]}\n],\n"more": [\n],\n"end": {}}\n',
            ExportFormat.JSON,
            "json",
        ),
        ('{"a": 1}\n{"a": 2}\n', ExportFormat.JSONL, "json: 2 lines"),
        (xlsx_bytes([("1", "2")], header=("a", "b")), ExportFormat.XLSX, "calamine"),
        (BOOK, ExportFormat.BEANCOUNT, "bean-check"),
    ],
)
def test_what_is_valid_and_by_which_tool(content, file_format, tool):
    assert checked(content, file_format).startswith(tool)


@pytest.mark.parametrize(
    ("content", "file_format"),
    [
        ("a,b\n1\n", ExportFormat.CSV),
        ('a,b\n1,"2\n', ExportFormat.CSV),
        ("", ExportFormat.CSV),
        (b"a\n\xff\n", ExportFormat.CSV),
        ('{"a": 1', ExportFormat.JSON),
        ('{"lines": [\n{"a": 1}\n{"a": 2}\n]}', ExportFormat.JSON),
        ('{"lines": [\n{"a": 1},\n{"a": 2},\n]}', ExportFormat.JSON),
        ('{"lines": [\n{"a": 1},\n{"a": 2}\n', ExportFormat.JSON),
        ('{"lines": [\n{"a": 1},\n{"a" 2}\n]}', ExportFormat.EVIDENCE),
        ('{"a": 1}\n{"a"\n', ExportFormat.JSONL),
        (b"PK\x03\x04 no workbook", ExportFormat.XLSX),
        (b"%PDF-1.7 no end", ExportFormat.PDF),
        (BOOK.replace("-40.00", "-39.99"), ExportFormat.BEANCOUNT),
    ],
)
def test_what_is_refused(content, file_format):
    with pytest.raises(ExportInvalidError):
        checked(content, file_format)


@pytest.mark.skipif(
    shutil.which("hledger") is None, reason="hledger is missing; install the package hledger of your system"
)
def test_hledger_judges_its_own():
    assert checked(JOURNAL, ExportFormat.HLEDGER) == "hledger check --strict"
    with pytest.raises(ExportInvalidError):
        checked(JOURNAL.replace("-40.00", "-39.99"), ExportFormat.HLEDGER)


def test_without_the_tool_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr("settlements.exports.tools.shutil.which", lambda _name: None)
    monkeypatch.setattr("settlements.exports.tools.find_spec", lambda _name: None)
    assert checked(JOURNAL, ExportFormat.HLEDGER) == ""
    assert checked(BOOK, ExportFormat.BEANCOUNT) == ""


@pytest.mark.parametrize("is_valid", [True, False])
def test_what_is_too_large_for_a_worker_is_checked_by_a_process_of_its_own(monkeypatch, is_valid):
    monkeypatch.setattr(checking, "_LARGEST", 10)
    if is_valid:
        content = xlsx_bytes([("1", "2")], header=("a", "b"))
        assert checked(content, ExportFormat.XLSX).startswith("calamine")
        return
    with pytest.raises(ExportInvalidError):
        checked(BOOK.replace("-40.00", "-39.99"), ExportFormat.BEANCOUNT)


def test_a_check_that_comes_to_no_end_claims_nothing(monkeypatch):
    monkeypatch.setattr(checking, "_LARGEST", 10)
    monkeypatch.setattr(checking, "_SECONDS", 0.001)
    assert checked(BOOK, ExportFormat.BEANCOUNT) == ""
