"""The tool of a file's receiver looks at it before it is handed out, and refuses what is a cent or a cell off."""

import io
import shutil

import pytest

from settlements.exports.checking import ExportInvalidError, checked_with
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
    monkeypatch.setattr("settlements.exports.checking.shutil.which", lambda _name: None)
    monkeypatch.setattr("settlements.exports.checking.find_spec", lambda _name: None)
    assert checked(JOURNAL, ExportFormat.HLEDGER) == ""
    assert checked(BOOK, ExportFormat.BEANCOUNT) == ""
