"""The table in which Chinese banks take many transfers at once."""

import csv
import io
from typing import Final

from alliance.kernel.money import format_minor
from alliance.kernel.spreadsheets.cells import inert
from settlements.banking.domain.transfers import TransferFormat, TransferList

HEADER: Final = ("序号", "收款人", "账号", "开户行", "联行号", "币种", "金额", "用途", "业务编号")
ENCODINGS: Final = {TransferFormat.CN_CSV: "utf-8-sig", TransferFormat.CN_CSV_GB18030: "gb18030"}


def batch_csv(order: TransferList, format_: TransferFormat) -> bytes:
    """The order as CSV with a header, one row for each payment; the same order gives the same bytes.

    It must have passed `transfer_problems`. No cell is a formula: a text that looks like one gets an apostrophe in front.
    """
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(HEADER)
    for number, transfer in enumerate(order.transfers, 1):
        payee = transfer.payee
        rows.writerow(
            (
                number,
                inert(payee.name),
                payee.number,
                inert(payee.bank_name),
                payee.cnaps,
                transfer.currency,
                format_minor(transfer.amount_minor, transfer.currency),
                inert(transfer.text),
                inert(transfer.end_to_end_id),
            )
        )
    return text.getvalue().encode(ENCODINGS[format_])
