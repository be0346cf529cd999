"""The table in which Chinese banks take many transfers at once."""

import csv
import io
from typing import Final

from alliance.kernel.money import format_minor
from alliance.kernel.spreadsheets.cells import inert
from settlements.banking.domain.payment_orders import PaymentFormat, PaymentOrder

HEADER: Final = ("序号", "收款人", "账号", "开户行", "联行号", "币种", "金额", "用途", "业务编号")
ENCODINGS: Final = {PaymentFormat.CN_CSV: "utf-8-sig", PaymentFormat.CN_CSV_GB18030: "gb18030"}


def batch_csv(order: PaymentOrder, format_: PaymentFormat) -> bytes:
    """The order as CSV with a header, one row for each payment; the same order gives the same bytes.

    It must have passed `payment_problems`. No cell is a formula: a text that looks like one gets an apostrophe in front.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADER)
    for number, instruction in enumerate(order.instructions, 1):
        payee = instruction.payee
        rows.writerow(
            (
                number,
                inert(payee.name),
                payee.number,
                inert(payee.bank_name),
                payee.cnaps,
                instruction.currency,
                format_minor(instruction.amount_minor, instruction.currency),
                inert(instruction.text),
                inert(instruction.end_to_end_id),
            )
        )
    return text.getvalue().encode(ENCODINGS[format_])
