"""How old debts are. Pure; minor units; what is owed is paid back oldest first."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

AGES: Final = (30, 60, 90)  # days up to which a bucket goes; the last one has no end


@dataclass(frozen=True, slots=True)
class DebtLot:
    """A part of a debt, and the day from which on it was owed."""

    since: date
    amount_minor: int


def debt_lots(changes: Iterable[tuple[date, int]]) -> tuple[DebtLot, ...]:
    """What is owed in the end, oldest first, of changes of one balance (more or less than 0) in the order of their days.

    A balance above nothing bears what is taken first; what goes below nothing is owed from that day on; what comes in
    later pays the oldest first. The lots sum to what the balance is below nothing.
    """
    balance, lots = 0, deque[DebtLot]()
    for day, change in changes:
        if (owed := -change - max(0, balance)) > 0:
            lots.append(DebtLot(day, owed))
        _pay(lots, change)
        balance += change
    return tuple(lots)


def _pay(lots: deque[DebtLot], amount_minor: int) -> None:
    while amount_minor > 0 and lots:
        oldest = lots.popleft()
        if oldest.amount_minor > amount_minor:
            lots.appendleft(DebtLot(oldest.since, oldest.amount_minor - amount_minor))
        amount_minor -= oldest.amount_minor


def by_age(lots: Iterable[DebtLot], today: date) -> tuple[int, ...]:
    """The debt by age in days: 0–30, 31–60, 61–90, more than 90. A day in the future counts as today."""
    sums = [0] * (len(AGES) + 1)
    for lot in lots:
        sums[_bucket((today - lot.since).days)] += lot.amount_minor
    return tuple(sums)


def _bucket(days: int) -> int:
    return next((place for place, most in enumerate(AGES) if days <= most), len(AGES))
