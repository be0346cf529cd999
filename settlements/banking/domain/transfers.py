"""What a bank is told to pay, before it is written down in any format. Amounts are minor units."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class TransferFormat(StrEnum):
    """The files that banks take: three versions of ISO 20022, and the batch table of Chinese banks in two encodings."""

    PAIN_03 = "pain.001.001.03"
    PAIN_09 = "pain.001.001.09"
    PAIN_11 = "pain.001.001.11"
    CN_CSV = "cn-csv"
    CN_CSV_GB18030 = "cn-csv-gb18030"

    @property
    def is_pain(self) -> bool:
        """Whether it is XML by ISO 20022."""
        return self in PAIN_FORMATS

    @property
    def extension(self) -> str:
        """What the file's name ends with."""
        return "xml" if self.is_pain else "csv"


PAIN_FORMATS = frozenset({TransferFormat.PAIN_03, TransferFormat.PAIN_09, TransferFormat.PAIN_11})


@dataclass(frozen=True, slots=True)
class TransferAccount:
    """One side of a payment. `number` is an IBAN, or a domestic number with the bank's name and its CNAPS code.

    Never printed: `repr` leaves the number out.
    """

    name: str
    number: str
    is_iban: bool
    bic: str = ""
    bank_name: str = ""
    cnaps: str = ""

    def __repr__(self) -> str:
        return f"TransferAccount(•••• {self.number[-4:]})"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment. `end_to_end_id` comes back on the bank's statement; `text` is what the payee reads."""

    end_to_end_id: str
    payee: TransferAccount
    currency: str
    amount_minor: int
    text: str


@dataclass(frozen=True, slots=True)
class TransferList:
    """All payments of one file, from one account in one currency.

    `is_sepa`: in euro between IBANs under the rules of the Single Euro Payments Area. `created_at` is aware; the same
    order always gives the same bytes, so it is the instant of the order and never that of the writing.
    """

    message_id: str
    created_at: datetime
    execute_on: date
    payer: TransferAccount
    currency: str
    is_sepa: bool
    transfers: tuple[Transfer, ...]

    @property
    def total_minor(self) -> int:
        """The control sum."""
        return sum(transfer.amount_minor for transfer in self.transfers)
