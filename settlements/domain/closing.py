"""What a period's end does to earnings: missing guarantees, reserves, advances, debts. Pure; minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from alliance.kernel.money import half_up


@dataclass(frozen=True, slots=True)
class Due:
    """What becomes available to one party with a period: earned (not negative) and taken back (not positive)."""

    earned_minor: int = 0
    taken_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Both together."""
        return self.earned_minor + self.taken_minor


def missing_guarantee(guaranteed_minor: int, earned_minor: int, made_up_minor: int) -> int:
    """How much more (or less) than `made_up_minor` it takes to reach what is guaranteed for a period."""
    return max(0, guaranteed_minor - earned_minor) - made_up_minor


@dataclass(frozen=True, slots=True)
class Lot:
    """What is left of one reserve."""

    id: UUID
    left_minor: int


def used_up(lots: Sequence[Lot], taken_minor: int) -> dict[UUID, int]:
    """How much refunds of `taken_minor` (not positive) use up of each lot, the first ones first."""
    wanted, used = -taken_minor, {}
    for lot in lots:
        if part := min(wanted, lot.left_minor):
            used[lot.id] = part
            wanted -= part
    return used


def kept_back(due: Due, share: Fraction, used_minor: int) -> int:
    """The reserve on what is earned, no more than what is left of it after refunds that no older reserve bore."""
    left = due.net_minor + used_minor
    return max(0, min(half_up(due.earned_minor * share), left))


@dataclass(frozen=True, slots=True)
class Unrecouped:
    """An advance, what is still to be recouped, and which share of the earnings goes into it."""

    id: UUID
    left_minor: int
    recoups: Fraction


def recouped(advances: Sequence[Unrecouped], *, earned_minor: int, available_minor: int) -> dict[UUID, int]:
    """How much each advance recoups of a period's earnings, the first ones first, never more than there is."""
    rest, found = min(earned_minor, available_minor), {}
    for advance in advances:
        part = min(half_up(earned_minor * advance.recoups), advance.left_minor, rest)
        if part > 0:
            found[advance.id] = part
            rest -= part
    return found


def owed_back(available_minor: int, spendable_minor: int, receivable_minor: int) -> int:
    """What goes from available to owed: everything below zero; negative where a debt is paid back out of what there is.

    `spendable_minor` is what was available by the period's end and still is.
    """
    if available_minor < 0:
        return -available_minor
    return -max(0, min(receivable_minor, spendable_minor))
