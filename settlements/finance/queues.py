"""The queues of the finance home. Any part of settlements, and any app above it, adds its own.

    register_finance_queue("payouts", read_payout_queue, place=40)

Called from `AppConfig.ready()`. A reader runs in the host's scope, asks a number of queries that does not grow with its
rows, and says nothing (`None`) where its work is none of this member's or does not exist here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor

MOST_SHOWN: Final = 5  # items of one queue on the home; the whole list is one click away


class FinanceQueueTakenError(RuntimeError):
    """Two readers claim one name."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who looks at the queues, and when."""

    actor: Actor
    now: datetime

    @property
    def organization_id(self) -> UUID:
        """The host whose work it is."""
        return self.actor.organization_id


@dataclass(frozen=True, slots=True)
class QueueAmount:
    """Money of a queue in one currency; `href` leads to the list that sums to it."""

    amount_minor: int
    currency: str
    href: str


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One thing that waits. `warning` says what is wrong with it, if anything."""

    title: str
    href: str
    detail: str = ""
    amount: QueueAmount | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class FinanceQueue:
    """One kind of work. `count` things wait, of which `items` are the first; `href` leads to exactly these.

    `tone` is `waiting` (somebody's turn), `bad` (something is wrong) or `busy` (the machine works on it).
    """

    title: str
    count: int
    href: str
    amounts: tuple[QueueAmount, ...] = ()
    items: tuple[QueueItem, ...] = ()
    tone: str = "waiting"


Reader = Callable[[Desk], FinanceQueue | None]
_readers: dict[str, tuple[int, Reader]] = {}


def register_finance_queue(name: str, reader: Reader, *, place: int) -> None:
    """Show what `reader` says, in the order of `place`. `name` is how the API calls it: never rename it.

    Raises `FinanceQueueTakenError` when another reader has the name.
    """
    if _readers.setdefault(name, (place, reader)) != (place, reader):
        raise FinanceQueueTakenError(name)


def finance_queues(desk: Desk) -> Mapping[str, FinanceQueue]:
    """Every queue by its name, in order; empty ones too."""
    found: dict[str, FinanceQueue] = {}
    for name, (_place, reader) in sorted(_readers.items(), key=lambda entry: (entry[1][0], entry[0])):
        queue = reader(desk)
        if queue is not None:
            found[name] = queue
    return found
