"""From an order to a file that another tool has found valid."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version as version_of
from importlib.resources import files
from typing import TYPE_CHECKING, Final, NoReturn

from alliance.kernel.errors import FieldRefusal, InvalidInputError
from alliance.kernel.money import parse_amount
from settlements.banking.domain.transfer_checks import TransferProblem, transfer_problems
from settlements.banking.domain.transfers import TransferFormat, TransferList
from settlements.banking.writers.batch_csv import ENCODINGS, HEADER, batch_csv
from settlements.banking.writers.pain001 import pain001
from settlements.banking.writers.sentences import said

if TYPE_CHECKING:
    from xmlschema import XMLSchema10

_SHOWN: Final = 20


class TransfersRefusedError(InvalidInputError):
    """The order can't be written in this format; `refusals` names each reason with the payment it is about."""

    code = "transfers_refused"


class TransferFileInvalidError(RuntimeError):
    """A file that was just written is not valid: an error of this program. It is never handed out."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file's bytes, and the tool that found them valid."""

    content: bytes
    checked_with: str


def write_transfer_file(order: TransferList, format_: TransferFormat) -> WrittenFile:
    """Write the order and have the result checked: XML against its schema, a table by reading it back.

    The same order gives the same bytes. Raises `TransfersRefusedError` for what the format can't hold, and
    `TransferFileInvalidError` when the check fails all the same.
    """
    if problems := transfer_problems(order, format_):
        refuse(problems)
    if format_.is_pain:
        content = pain001(order, format_)
        return WrittenFile(content, check_schema(content, format_))
    content = batch_csv(order, format_)
    return WrittenFile(content, _check_table(content, order, format_))


def refuse(problems: Sequence[TransferProblem]) -> NoReturn:
    """Raise `TransfersRefusedError` with what is wrong, the first in full."""
    shown = problems[:_SHOWN]
    refusals = [FieldRefusal(problem.field, problem.code, said([problem], 1)) for problem in shown]
    raise TransfersRefusedError(said(shown, len(problems)), refusals=refusals)


def check_schema(content: bytes, version: TransferFormat) -> str:
    """Hold XML against the schema of its version; what checked it. Raises `TransferFileInvalidError`."""
    error = next(iter(_schema(version).iter_errors(content.decode())), None)
    if error is not None:
        message = f"{version}: {error.path}: {error.reason}"
        raise TransferFileInvalidError(message)
    return f"xmlschema {version_of('xmlschema')}: {version}.xsd"


@lru_cache(maxsize=len(TransferFormat))
def _schema(version: TransferFormat) -> "XMLSchema10":
    """The schema that sepaxml ships. Loaded where it is needed: it takes half a second."""
    from xmlschema import XMLSchema10

    source = (files("sepaxml") / "schemas" / f"{version}.xsd").read_text(encoding="utf-8")
    return XMLSchema10(source, allow="none")


def _check_table(content: bytes, order: TransferList, format_: TransferFormat) -> str:
    """Read the table back with Python's reader: header, rows and total must be the order's."""
    encoding = ENCODINGS[format_]
    header, *rows = csv.reader(io.StringIO(content.decode(encoding), newline=""), strict=True)
    amount, currency = HEADER.index("金额"), HEADER.index("币种")
    total = sum(parse_amount(row[amount], row[currency]) for row in rows)
    if tuple(header) != HEADER or len(rows) != len(order.transfers) or total != order.total_minor:
        raise TransferFileInvalidError(str(format_))
    return f"csv: {len(rows)} rows read back as {encoding}"
