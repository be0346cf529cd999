"""What a bank says it did: read to the cent with its line, or refused with the line that is wrong."""

import io
from datetime import date

import pytest

from alliance.demo.bank_statements import AccountStatement, Movement, camt053
from alliance.kernel.spreadsheets.layout import inspect_file
from alliance.kernel.spreadsheets.problems import FileProblem
from settlements.banking.domain.found import entry_keys
from settlements.banking.domain.tables import TableReading, day_format_of
from settlements.banking.readers.camt053 import read_camt053
from settlements.banking.readers.problems import BankFileError, BankFileProblem
from settlements.banking.readers.table import TableErrorsError, read_table

IBAN = "DE89370400440532013000"
PAYEE = "NL91ABNA0417164300"
DAY = date(2026, 11, 30)
VERSIONS = ("02", "08")
MOVEMENTS = (
    Movement(DAY, -7000, "ST-0001", "North Fitness", PAYEE, "Statement ST-0001", "B-1"),
    Movement(DAY, -3001, parts=(("ST-0002", -3000), ("ST-0003", -1)), bank_reference="B-2"),
    Movement(DAY, 3000, "ST-0002", "South", PAYEE, return_reason="AC04", bank_reference="B-3"),
    Movement(DAY, -250, text="Account fee", is_charge=True),
    Movement(DAY, 12345, name="Somebody", text="who knows"),
    Movement(DAY, -999, "ST-9", is_booked=False),
)


def statement(*movements, reference="S-1", currency="EUR", opening_minor=100000):
    return AccountStatement(reference, IBAN, currency, opening_minor, movements or MOVEMENTS, date(2026, 11, 1), DAY)


def read(content):
    return read_camt053(io.BytesIO(content))


@pytest.mark.parametrize("version", VERSIONS)
def test_both_versions_say_the_same(version):
    (found,) = read(camt053(statement(), version=version))
    assert (found.reference, found.number, found.currency) == ("S-1", IBAN, "EUR")
    assert (found.opening_minor, found.closing_minor, found.total_minor) == (100000, 105094, 5094)
    assert (found.starts_on, found.ends_on, found.skipped) == (date(2026, 11, 1), DAY, 1)
    assert [entry.amount_minor for entry in found.entries] == [-7000, -3000, -1, 3000, -250, 12345]
    first, second, third, back, fee, unknown = found.entries
    assert (first.end_to_end_id, first.name, first.number, first.bank_reference) == (
        "ST-0001",
        "North Fitness",
        PAYEE,
        "B-1",
    )
    assert (second.end_to_end_id, third.end_to_end_id) == ("ST-0002", "ST-0003")
    assert (back.is_return, back.return_reason, back.number) == (True, "AC04", PAYEE)
    assert (fee.is_charge, fee.end_to_end_id) == (True, "")
    assert (unknown.name, unknown.text, unknown.is_return) == ("Somebody", "who knows", False)
    assert "7000" in repr(first)
    assert PAYEE not in repr(found.entries)


def test_several_statements_in_one_file():
    found = read(camt053(statement(), statement(reference="S-2", currency="JPY")))
    assert [(s.reference, s.currency, len(s.entries)) for s in found] == [("S-1", "EUR", 6), ("S-2", "JPY", 6)]


def test_a_batch_whose_parts_are_not_told_stays_whole():
    content = camt053(statement(*MOVEMENTS[:2])).replace(b'<Amt Ccy="EUR">0.01', b'<Amt Ccy="USD">0.01')
    (found,) = read(content)
    assert [entry.amount_minor for entry in found.entries] == [-7000, -3001]
    assert found.entries[1].end_to_end_id == ""


def test_the_same_entry_has_the_same_key_in_every_file_and_no_other_has_it():
    first = read(camt053(statement()))[0].entries
    again = read(camt053(statement(reference="S-7"), version="02"))[0].entries
    assert entry_keys("A", first) == entry_keys("A", again)
    assert not set(entry_keys("A", first)) & set(entry_keys("B", first))
    twice = entry_keys("A", [first[4], first[4], first[5]])
    assert len(set(twice)) == 3
    assert twice[0] == entry_keys("A", [first[4]])[0]


def changed(old, new, count=1):
    return camt053(statement()).replace(old, new, count)


# The problem, the text on whose line it is (None: nowhere in particular), and what is named besides.
@pytest.mark.parametrize(
    ("content", "problem", "marker", "part"),
    [
        (changed(b"camt.053.001.08", b"camt.053.001.13"), BankFileProblem.NOT_CAMT, b"<Document", ""),
        (b"<html><body>no</body></html>", BankFileProblem.NOT_CAMT, b"<html", ""),
        (b"<a>" * 60, BankFileProblem.NOT_CAMT, b"<a", ""),
        (b"<a", BankFileProblem.XML_DAMAGED, b"<a", ""),
        (changed(b"<Stmt>", b"<Stmt><"), BankFileProblem.XML_DAMAGED, b"<Stmt><", ""),
        (changed(b"<Id>S-1</Id>", b"<Id> </Id>"), BankFileProblem.PART_MISSING, b"<Stmt>", ": Id"),
        (changed(b">70.00<", b">70.001<"), BankFileProblem.AMOUNT_UNREADABLE, b">70.001<", ""),
        (changed(b">70.00<", b">-70.00<"), BankFileProblem.AMOUNT_UNREADABLE, b">-70.00<", ""),
        (changed(b'Ccy="EUR">70.00', b'Ccy="???">70.00'), BankFileProblem.AMOUNT_UNREADABLE, b'"???"', ""),
        (changed(b">70.00<", b">69.99<"), BankFileProblem.DOES_NOT_ADD_UP, b"<Stmt>", ""),
        (changed(b'Ccy="EUR">70.00', b'Ccy="USD">70.00'), BankFileProblem.CURRENCY_MIXED, b"<Ntry>", ""),
        (changed(b"<Dt>2026-11-30</Dt>", b"<Dt>2026-13-30</Dt>"), BankFileProblem.DATE_UNREADABLE, b"2026-13-30", ""),
        (changed(b"<CdtDbtInd>DBIT", b"<CdtDbtInd>WHAT"), BankFileProblem.PART_MISSING, b"<Ntry>", ": CdtDbtInd"),
        (changed(b"<Document", b'<!DOCTYPE a [<!ENTITY b "c">]><Document'), BankFileProblem.XML_FORBIDDEN, None, ""),
        (
            changed(b"<Document", b'<!DOCTYPE a SYSTEM "http://localhost:1/a.dtd"><Document'),
            BankFileProblem.XML_FORBIDDEN,
            None,
            "",
        ),
        (changed(b"<MsgId>", b"<MsgId>" + b"<x>" * 60), BankFileProblem.XML_TOO_DEEP, b"<MsgId>", ""),
        (changed(b"who knows", b"x" * 30_000), BankFileProblem.XML_TOO_DEEP, b"xxxx", ""),
        (changed(b"<Stmt>", b"<Rpt>").replace(b"</Stmt>", b"</Rpt>"), BankFileProblem.NO_STATEMENT, None, ""),
    ],
)
def test_what_is_refused_and_where(content, problem, marker, part):
    with pytest.raises(BankFileError) as refused:
        read(content)
    assert refused.value.problem == problem
    line = "" if marker is None else str(1 + content[: content.index(marker)].count(b"\n"))
    assert refused.value.where == f"{line}{part}"


def test_a_file_that_breaks_off():
    with pytest.raises(BankFileError) as refused:
        read(camt053(statement())[:-40])
    assert refused.value.problem == BankFileProblem.XML_DAMAGED


TABLE = (
    "交易日期,借方金额,贷方金额,对方户名,对方账号,摘要,流水号\n"
    "2026-11-30,70.00,,北方健身,6222000011112222,ST-0001,B-1\n"
    '2026-11-30 10:22:01,,"1,234.50",某人,,来款,B-2\n'
    "2026-12-01,2.50,,,,转账手续费,B-3\n"
)
READING = TableReading(
    number_own="0200 0019",
    currency="CNY",
    booked_on="交易日期",
    money_out="借方金额",
    money_in="贷方金额",
    name="对方户名",
    number="对方账号",
    text="摘要",
    bank_reference="流水号",
)


def table(text, reading=READING, encoding="gb18030"):
    file = io.BytesIO(text.encode(encoding))
    return read_table(file, inspect_file(file, "bank.csv"), reading, reference="T-1")


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_table_of_a_chinese_bank(encoding):
    found = table(TABLE, encoding=encoding)
    assert [entry.amount_minor for entry in found.entries] == [-7000, 123450, -250]
    assert [entry.is_charge for entry in found.entries] == [False, False, True]
    assert (found.starts_on, found.ends_on, found.number) == (DAY, date(2026, 12, 1), "02000019")
    assert found.entries[0].number == "6222000011112222"


@pytest.mark.parametrize(
    ("text", "reading", "minor"),
    [
        ('Date,Amount\n30.11.2026,"-1.234,5"\n', {"day_format": "%d.%m.%Y", "decimal_mark": ","}, -123450),
        ("Date,Amount,Way\n20261130,12.00,借\n", {"day_format": "%Y%m%d", "direction": "Way"}, -1200),
        ("Date,Amount,Way\n20261130,12.00,CRDT\n", {"day_format": "%Y%m%d", "direction": "Way"}, 1200),
    ],
)
def test_how_amounts_and_days_are_written(text, reading, minor):
    plain = TableReading(number_own="A-1", currency="EUR", booked_on="Date", amount="Amount", **reading)
    (entry,) = table(text, plain, "utf-8").entries
    assert (entry.amount_minor, entry.booked_on) == (minor, DAY)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-11-31,1,", "not_a_day"),
        (",1,", "not_a_day"),
        ("2026-11-30,1,2", "amount_twice"),
        ("2026-11-30,,", "amount_missing"),
        ("2026-11-30,0.00,", "amount_missing"),
        ("2026-11-30,abc,", "not_a_number"),
        ("2026-11-30,1.001,", "too_precise"),
        ("2026-11-30,١,", "not_a_number"),
    ],
)
def test_a_wrong_row_refuses_the_table_and_names_the_row(cell, code):
    reading = TableReading(number_own="A", currency="EUR", booked_on="d", money_out="o", money_in="i")
    with pytest.raises(TableErrorsError) as refused:
        table(f"d,o,i\n2026-11-30,1,\n{cell}\n", reading)
    assert [(error.row, error.code) for error in refused.value.errors] == [(3, code)]


def test_a_table_without_its_columns_or_rows():
    with pytest.raises(BankFileError) as refused:
        table("a,b\n1,2\n")
    assert refused.value.problem == FileProblem.COLUMNS_MISSING
    assert "交易日期" in refused.value.where


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"booked_on": ""}, "booked_on"),
        ({"amount": "x"}, "amount"),
        ({"money_out": "", "money_in": ""}, "amount"),
        ({"day_format": "%c"}, "day_format"),
        ({"decimal_mark": "x"}, "decimal_mark"),
        ({"number_own": " "}, "number_own"),
        ({"currency": "???"}, "currency"),
    ],
)
def test_how_a_table_can_not_be_read(changes, field):
    assert not READING.problems()
    stored = {**READING.to_json(), **changes}
    assert field in [name for name, _ in TableReading.from_json(stored).problems()]


def test_the_format_of_days_is_guessed_from_all_of_them():
    assert day_format_of(["01/12/2026", "30/11/2026"]) == "%d/%m/%Y"
    assert day_format_of(["01/12/2026", "11/30/2026"]) == "%m/%d/%Y"
    assert day_format_of(["2026年11月30日"]) == "%Y年%m月%d日"
    assert day_format_of(["what"]) == "%Y-%m-%d"
