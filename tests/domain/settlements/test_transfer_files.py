"""What is handed to a bank: valid by the bank's own schema, to the cent, the same bytes every time, or refused by name."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from settlements.banking.domain.bank_text import bank_text, is_bank_id
from settlements.banking.domain.transfer_checks import transfer_problems
from settlements.banking.domain.transfers import (
    PAIN_FORMATS,
    Transfer,
    TransferAccount,
    TransferFormat,
    TransferList,
)
from settlements.banking.writers.writing import (
    TransferFileInvalidError,
    TransfersRefusedError,
    check_schema,
    write_transfer_file,
)

NORTH = TransferAccount("Müller & Söhne GmbH", "DE89370400440532013000", is_iban=True, bic="COBADEFFXXX")
SOUTH = TransferAccount('=HYPERLINK("x")', "NL91ABNA0417164300", is_iban=True)
BEIJING = TransferAccount(
    "北京健身科技有限公司",
    "0200001909200123456",
    is_iban=False,
    bank_name="中国工商银行北京分行",
    cnaps="102100099996",
)
HOST = TransferAccount("Knowledge Host", "FR1420041010050500013M02606", is_iban=True)
PAIN = sorted(PAIN_FORMATS)


def pay(reference, amount_minor, payee=NORTH, currency="EUR", text="Statement ST-0001"):
    return Transfer(reference, payee, currency, amount_minor, text)


def order(*transfers, **changes):
    found = transfers or (pay("ST-0001", 7000), pay("ST-0002", 1), pay("ST-0003", 123456789, SOUTH))
    facts = {
        "message_id": "BATCH-2026-11",
        "created_at": datetime(2026, 11, 26, 9, 30, tzinfo=UTC),
        "execute_on": date(2026, 11, 27),
        "payer": HOST,
        "currency": "EUR",
        "is_sepa": True,
        "transfers": found,
    }
    return TransferList(**{**facts, **changes})


def yuan(*transfers):
    found = transfers or (pay("ST-1", 990050, BEIJING, "CNY", "十一月分成"),)
    payer = replace(BEIJING, name="知识付费有限公司")
    return order(*found, currency="CNY", is_sepa=False, payer=payer)


def texts(content, tag):
    return [element.text for element in fromstring(content, forbid_dtd=True).iter() if element.tag.endswith(f"}}{tag}")]


@pytest.mark.parametrize("version", PAIN)
def test_every_version_is_valid_and_sums_to_the_cent(version):
    written = write_transfer_file(order(), version)
    assert texts(written.content, "NbOfTxs") == ["3", "3"]
    assert texts(written.content, "CtrlSum") == ["1234637.90", "1234637.90"]
    assert texts(written.content, "EndToEndId") == ["ST-0001", "ST-0002", "ST-0003"]
    assert texts(written.content, "InstdAmt") == ["70.00", "0.01", "1234567.89"]
    assert f"{version}.xsd" in written.checked_with
    assert written.content == write_transfer_file(order(), version).content


@pytest.mark.parametrize("version", PAIN)
def test_chinese_accounts_go_by_their_clearing_number(version):
    content = write_transfer_file(yuan(), version).content
    assert texts(content, "MmbId") == ["102100099996", "102100099996"]
    assert texts(content, "Nm")[-1] == "Bei Jing Jian Shen Ke Ji You Xian Gong Si"
    assert texts(content, "ChrgBr") == ["SHAR"]
    assert not texts(content, "SvcLvl")


@pytest.mark.parametrize(("currency", "amount_minor", "written"), [("JPY", 101, "101"), ("KWD", 4111, "4.111")])
def test_amounts_have_the_currencys_decimals(currency, amount_minor, written):
    content = write_transfer_file(
        order(pay("A", amount_minor, currency=currency), currency=currency, is_sepa=False), TransferFormat.PAIN_09
    ).content
    assert texts(content, "InstdAmt") == [written]
    assert texts(content, "CtrlSum") == [written, written]


def test_names_are_transliterated_and_nothing_is_a_formula():
    content = write_transfer_file(order(), TransferFormat.PAIN_09).content
    assert texts(content, "Nm")[-3:] == ["Muller + Sohne GmbH", "Muller + Sohne GmbH", ".HYPERLINK(.x.)"]


def test_the_schema_check_is_a_check():
    content = write_transfer_file(order(), TransferFormat.PAIN_09).content
    with pytest.raises(TransferFileInvalidError):
        check_schema(content.replace(b"DE89", b"??89"), TransferFormat.PAIN_09)
    with pytest.raises(TransferFileInvalidError):
        check_schema(content, TransferFormat.PAIN_11)


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (order(pay("A", 101, currency="JPY")), "currency_differs"),
        (order(pay("A", 101, currency="JPY"), currency="JPY"), "currency_not_euro"),
        (order(pay("A", 0)), "amount_out_of_range"),
        (order(pay("A", -1)), "amount_out_of_range"),
        (order(pay("A", 10**17)), "amount_out_of_range"),
        (order(pay("A" * 36, 1)), "id_too_long"),
        (order(pay("", 1)), "id_missing"),
        (order(pay("/A", 1)), "id_signs"),
        (order(pay("A//B", 1)), "id_signs"),
        (order(pay("结算", 1)), "id_signs"),
        (order(pay("A", 1), pay("A", 2)), "id_repeated"),
        (order(message_id="M" * 36), "id_too_long"),
        (order(pay("A", 1, replace(NORTH, name="x" * 71))), "name_too_long"),
        (order(pay("A", 1, replace(NORTH, name=" \t"))), "name_missing"),
        (order(pay("A", 1, replace(NORTH, name="★★"))), "name_missing"),
        (order(pay("A", 1, replace(NORTH, number="DE89370400440532013001"))), "iban_invalid"),
        (order(pay("A", 1, replace(NORTH, number="DE89 3704 0044 0532 0130 00"))), "iban_invalid"),
        (order(pay("A", 1, replace(NORTH, bic="NOBIC"))), "bic_invalid"),
        (order(pay("A", 1, BEIJING)), "iban_needed"),
        (order(pay("A", 1, text="x" * 141)), "text_too_long"),
        (order(transfers=()), "nothing_to_pay"),
    ],
)
def test_s26_what_a_transfer_file_refuses(wanted, code):
    with pytest.raises(TransfersRefusedError) as refused:
        write_transfer_file(wanted, TransferFormat.PAIN_09)
    assert code in [refusal.code for refusal in refused.value.refusals]


def rows(content, encoding):
    return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))


@pytest.mark.parametrize(
    ("format_", "encoding"), [(TransferFormat.CN_CSV, "utf-8-sig"), (TransferFormat.CN_CSV_GB18030, "gb18030")]
)
def test_the_chinese_table(format_, encoding):
    written = write_transfer_file(yuan(), format_)
    header, row = rows(written.content, encoding)
    assert header[:5] == ["序号", "收款人", "账号", "开户行", "联行号"]
    assert row == [
        "1",
        "北京健身科技有限公司",
        "0200001909200123456",
        "中国工商银行北京分行",
        "102100099996",
        "CNY",
        "9900.50",
        "十一月分成",
        "ST-1",
    ]
    assert written.content == write_transfer_file(yuan(), format_).content


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1x", "@a"])
def test_no_cell_of_the_table_is_a_formula(name):
    wanted = yuan(pay("ST-1", 1, replace(BEIJING, name=name), "CNY", name))
    _, row = rows(write_transfer_file(wanted, TransferFormat.CN_CSV).content, "utf-8-sig")
    shown = name if name == "+1" else f"'{name}"  # a plain number is no formula
    assert (row[1], row[7]) == (shown, shown)


@pytest.mark.parametrize(
    ("payee", "text", "code"),
    [
        (replace(BEIJING, name="公" * 61), "", "name_too_long"),
        (replace(BEIJING, name="a\nb"), "", "control_signs"),
        (replace(BEIJING, bank_name=""), "", "bank_name_missing"),
        (replace(BEIJING, cnaps="1021"), "", "cnaps_invalid"),
        (replace(BEIJING, number="6222 0200"), "", "number_invalid"),
        (NORTH, "", "number_invalid"),
        (BEIJING, "款" * 61, "text_too_long"),
        (BEIJING, "a\u202eb", "control_signs"),
    ],
)
def test_what_the_table_refuses(payee, text, code):
    with pytest.raises(TransfersRefusedError) as refused:
        write_transfer_file(yuan(pay("ST-1", 1, payee, "CNY", text)), TransferFormat.CN_CSV)
    assert code in [refusal.code for refusal in refused.value.refusals]


def test_the_refusal_names_each_payment_and_never_a_number():
    with pytest.raises(TransfersRefusedError) as refused:
        write_transfer_file(order(*(pay(f"A-{n}", 0) for n in range(30))), TransferFormat.PAIN_09)
    assert "A-19" in str(refused.value)
    assert "10 more" in str(refused.value)
    assert "532013000" not in repr(order())


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=60))
def test_transliteration_is_stable_and_stays_inside_the_banks_signs(text):
    once = bank_text(text)
    assert bank_text(once) == once
    assert set(once) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")


_TEXT = st.text(max_size=160)
_ID = st.one_of(st.text(max_size=40), st.from_regex(r"[A-Z0-9\-/]{1,36}", fullmatch=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_ID, st.integers(-1, 10**17), _TEXT, _TEXT), max_size=4), st.sampled_from(PAIN))
def test_whatever_passes_the_checks_is_valid_by_the_schema(payments, version):
    wanted = order(
        *(pay(id_, amount, replace(NORTH, name=name), text=text) for id_, amount, name, text in payments),
        payer=replace(HOST, name=f"H{''.join(name for _, _, name, _ in payments)}"),
    )
    if transfer_problems(wanted, version):
        return
    content = write_transfer_file(wanted, version).content
    assert sum(Decimal(amount) for amount in texts(content, "InstdAmt")) * 100 == wanted.total_minor
    assert all(is_bank_id(text) for text in texts(content, "EndToEndId"))
