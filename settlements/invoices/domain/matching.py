"""What an invoice for a statement comes to, and whether one that somebody sent comes to the same. Minor units."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class InvoiceAmounts:
    """What a statement's earnings come to. Below 0: a credit note."""

    currency: str
    net_minor: int
    vat_minor: int

    @property
    def total_minor(self) -> int:
        """Net and tax together."""
        return self.net_minor + self.vat_minor

    @property
    def is_credit(self) -> bool:
        """Whether more was taken back than earned."""
        return self.total_minor < 0


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """The part of an invoice that one rate taxes. `goes_back_to`: the earlier statement that it corrects, and its invoice."""

    treatment: str
    rate: str
    net_minor: int
    vat_minor: int
    goes_back_to: str = ""
    invoice_number: str = ""

    def to_json(self) -> dict[str, str | int]:
        """The stored form."""
        return asdict(self)


class Mismatch(StrEnum):
    """What differs between an invoice and its statement."""

    CURRENCY = "currency"
    NET = "net"
    VAT = "vat"


def mismatches(expected: InvoiceAmounts, said: InvoiceAmounts) -> Iterator[Mismatch]:
    """Everything that differs; nothing when the invoice matches to the cent."""
    if said.currency != expected.currency:
        yield Mismatch.CURRENCY
    if said.net_minor != expected.net_minor:
        yield Mismatch.NET
    if said.vat_minor != expected.vat_minor:
        yield Mismatch.VAT
