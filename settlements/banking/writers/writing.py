"""From an order to a file that another tool has found valid."""

import csv
import io
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version as version_of
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from alliance.kernel.errors import FieldRefusal, InvalidInputError
from alliance.kernel.money import parse_amount
from settlements.banking.domain.payment_checks import payment_problems
from settlements.banking.domain.payment_orders import PaymentFormat, PaymentOrder
from settlements.banking.writers.batch_csv import ENCODINGS, HEADER, batch_csv
from settlements.banking.writers.pain001 import pain001
from settlements.banking.writers.sentences import said

if TYPE_CHECKING:
    from xmlschema import XMLSchema10

_SHOWN: Final = 20


class PaymentOrderRefusedError(InvalidInputError):
    """The order can't be written in this format; `refusals` names each reason with the payment it is about."""

    code = "payment_order_refused"


class PaymentFileInvalidError(RuntimeError):
    """A file that was just written is not valid: an error of this program. It is never handed out."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file's bytes, and the tool that found them valid."""

    content: bytes
    checked_with: str


def write_payment_file(order: PaymentOrder, format_: PaymentFormat) -> WrittenFile:
    """Write the order and have the result checked: XML against its schema, a table by reading it back.

    The same order gives the same bytes. Raises `PaymentOrderRefusedError` for what the format can't hold, and
    `PaymentFileInvalidError` when the check fails all the same.
    """
    if problems := payment_problems(order, format_):
        shown = problems[:_SHOWN]
        refusals = [FieldRefusal(p.field, p.code, said([p], 1)) for p in shown]
        raise PaymentOrderRefusedError(said(shown, len(problems)), refusals=refusals)
    if format_.is_pain:
        content = pain001(order, format_)
        return WrittenFile(content, check_schema(content, format_))
    content = batch_csv(order, format_)
    return WrittenFile(content, _check_table(content, order, format_))


def check_schema(content: bytes, version: PaymentFormat) -> str:
    """Hold XML against the schema of its version; what checked it. Raises `PaymentFileInvalidError`."""
    error = next(iter(_schema(version).iter_errors(content.decode())), None)
    if error is not None:
        message = f"{version}: {error.path}: {error.reason}"
        raise PaymentFileInvalidError(message)
    return f"xmlschema {version_of('xmlschema')}: {version}.xsd"


@lru_cache(maxsize=len(PaymentFormat))
def _schema(version: PaymentFormat) -> "XMLSchema10":
    """The schema that sepaxml ships. Loaded where it is needed: it takes half a second."""
    from xmlschema import XMLSchema10

    source = (files("sepaxml") / "schemas" / f"{version}.xsd").read_text(encoding="utf-8")
    return XMLSchema10(source, allow="none")


def _check_table(content: bytes, order: PaymentOrder, format_: PaymentFormat) -> str:
    """Read the table back with Python's reader: header, rows and total must be the order's."""
    encoding = ENCODINGS[format_]
    header, *rows = csv.reader(io.StringIO(content.decode(encoding), newline=""), strict=True)
    amount, currency = HEADER.index("金额"), HEADER.index("币种")
    total = sum(parse_amount(row[amount], row[currency]) for row in rows)
    if tuple(header) != HEADER or len(rows) != len(order.instructions) or total != order.total_minor:
        raise PaymentFileInvalidError(str(format_))
    return f"csv: {len(rows)} rows read back as {encoding}"
