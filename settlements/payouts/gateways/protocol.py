"""What every gateway can do, and what it says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.utils.functional import Promise


class ReportStatus(StrEnum):
    """What became of an order, in the gateway's words made ours."""

    ACCEPTED = "accepted"  # taken, outcome follows
    PAID = "paid"  # arrived
    REJECTED = "rejected"  # refused, nothing left
    RETURNED = "returned"  # left, and came back


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """One payment. `key` is the same however often it is sent; `number` is the account in the clear, so it is never printed.

    `reference` is at most 35 characters and comes back on bank statements.
    """

    key: str
    reference: str
    currency: str
    amount_minor: int
    kind: str
    country: str
    holder_name: str
    number: str
    bic: str
    bank_name: str
    branch: str
    cnaps: str

    def __repr__(self) -> str:
        return f"PaymentOrder({self.reference})"


@dataclass(frozen=True, slots=True)
class Report:
    """What a gateway says of one order. `code` and `text` say why it was rejected or returned."""

    status: ReportStatus
    gateway_reference: str = ""
    bank_reference: str = ""
    code: str = ""
    text: str = ""


class OutcomeUnknownError(RuntimeError):
    """The gateway gave no answer that says what became of the order: it is looked up, never assumed."""


class Gateway(Protocol):
    """A way of payment.

    `send` may be called again with the same order: the gateway takes it once. `look_up` answers `None` only when the gateway
    surely never took an order with this key. Both raise `OutcomeUnknownError`. `is_by_hand`: people carry the order out
    and enter its outcome; nothing is looked up.
    """

    @property
    def name(self) -> str:
        """The name that rows keep: never rename it."""
        ...

    @property
    def label(self) -> str | Promise:
        """What people choose."""
        ...

    @property
    def is_by_hand(self) -> bool:
        """Whether people carry the orders out."""
        ...

    def send(self, order: PaymentOrder) -> Report:
        """Hand the order over."""
        ...

    def look_up(self, key: str) -> Report | None:
        """What became of the order with this key."""
        ...
