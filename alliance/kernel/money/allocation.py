"""Splitting an amount between parties by exact ratios, to the last minor unit.

What holds for every policy (`tests/domain/kernel/test_money_allocation.py` proves each):

- the parts sum to the amount;
- each part is the exact share rounded down or up, never further away;
- a ratio of 0 gets 0;
- a refund mirrors: `allocate(-a) == -allocate(a)`;
- the result depends only on the amount, the ratios and their order, which is the parties' rank.

Ratios are exact rationals. Portions sum to 1; anything that doesn't needs `weights=True`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import gcd, lcm
from typing import Final

MAX_QUOTA_STEPS: Final = 1_000_000


class RemainderPolicy(StrEnum):
    """Who gets the minor units that exact shares leave over; printed on every statement.

    Each party with a fraction may get one unit; the policies differ in who comes first.

    largest_remainder   the largest fractions, ties to the earlier party (Hamilton); the default
    first_in_order      the parties in their order
    platform_keeps      the platform, then the largest fractions
    partner_favoured    the partners by largest fraction, the platform last
    suspense            nobody: the units form one more, last part that waits for a decision
    quota_method        as largest_remainder, but no part ever shrinks while the amount grows (Balinski-Young)
    """

    LARGEST_REMAINDER = "largest_remainder"
    FIRST_IN_ORDER = "first_in_order"
    PLATFORM_KEEPS = "platform_keeps"
    PARTNER_FAVOURED = "partner_favoured"
    SUSPENSE = "suspense"
    QUOTA_METHOD = "quota_method"


class AllocationError(ValueError):
    """The ratios can't split anything. `code` is the reason."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(f"This can't be allocated: {code}.")


@dataclass(frozen=True, slots=True)
class Allocation:
    """One split with every step that led to it.

    `weights` are the ratios as the smallest whole numbers, `exact` the shares before rounding, `floors` the
    same cut towards zero, `parts` the result. `receivers` are the indices that got one unit of the
    remainder; `unassigned_minor` is what the policy `suspense` left to nobody.
    """

    amount_minor: int
    policy: RemainderPolicy
    weights: tuple[int, ...]
    floors: tuple[int, ...]
    parts: tuple[int, ...]

    @property
    def exact(self) -> tuple[Fraction, ...]:
        """The shares before rounding."""
        total = sum(self.weights)
        return tuple(Fraction(self.amount_minor * weight, total) for weight in self.weights)

    @property
    def remainder_minor(self) -> int:
        """What the floors leave over, with the amount's sign."""
        return self.amount_minor - sum(self.floors)

    @property
    def unassigned_minor(self) -> int:
        """What belongs to no party."""
        return self.amount_minor - sum(self.parts)

    @property
    def receivers(self) -> tuple[int, ...]:
        """Who got a unit of the remainder."""
        return tuple(i for i, (floor, part) in enumerate(zip(self.floors, self.parts, strict=True)) if floor != part)


@lru_cache(maxsize=4096)
def _weights(ratios: tuple[Fraction | int, ...], weights: bool) -> tuple[int, ...]:  # noqa: FBT001  a cache key
    """The ratios as the smallest whole weights; raises `AllocationError`."""
    if not ratios:
        raise AllocationError("no_ratios")
    if any(isinstance(ratio, float) for ratio in ratios):
        raise AllocationError("float_ratio")
    exact = [Fraction(ratio) for ratio in ratios]
    if any(ratio < 0 for ratio in exact):
        raise AllocationError("negative_ratio")
    total = sum(exact)
    if total == 0:
        raise AllocationError("all_zero")
    if total != 1 and not weights:
        raise AllocationError("portions_over_one" if total > 1 else "portions_under_one")
    scale = lcm(*(ratio.denominator for ratio in exact))
    whole = [int(ratio * scale) for ratio in exact]
    common = gcd(*whole)
    return tuple(weight // common for weight in whole)


def _by_fraction(candidates: Iterable[int], rests: Sequence[int]) -> list[int]:
    return sorted(candidates, key=lambda i: (-rests[i], i))


def _receivers(policy: RemainderPolicy, units: int, rests: Sequence[int], platform: int | None) -> list[int]:
    """The indices that get one unit each."""
    fractional = [i for i, rest in enumerate(rests) if rest]
    if policy is RemainderPolicy.FIRST_IN_ORDER:
        return fractional[:units]
    queue = _by_fraction(fractional, rests)
    if policy in {RemainderPolicy.PLATFORM_KEEPS, RemainderPolicy.PARTNER_FAVOURED}:
        if platform is None:
            raise AllocationError("platform_unknown")
        queue.sort(key=lambda i: (i == platform) is (policy is RemainderPolicy.PARTNER_FAVOURED))
    return queue[:units]


def _quota_method(amount: int, weights: tuple[int, ...]) -> list[int]:
    """Balinski and Young's quota method: house-monotone and within quota.

    At every whole multiple of the total weight the shares are whole, so only the rest is walked unit by unit.
    """
    total = sum(weights)
    rounds, steps = divmod(amount, total)
    if steps > MAX_QUOTA_STEPS:
        raise AllocationError("ratios_too_fine")
    parts = [rounds * weight for weight in weights]
    for house in range(rounds * total + 1, amount + 1):
        best = -1
        for i, weight in enumerate(weights):
            below_quota = parts[i] * total < house * weight
            if below_quota and (best < 0 or weight * (parts[best] + 1) > weights[best] * (parts[i] + 1)):
                best = i
        parts[best] += 1
    return parts


def _split(
    amount: int, weights: tuple[int, ...], policy: RemainderPolicy, platform: int | None
) -> tuple[list[int], list[int]]:
    """Floors and parts of a non-negative amount."""
    total = sum(weights)
    floors: list[int] = []
    rests: list[int] = []
    for weight in weights:
        floor, rest = divmod(amount * weight, total)
        floors.append(floor)
        rests.append(rest)
    if policy is RemainderPolicy.QUOTA_METHOD:
        return floors, _quota_method(amount, weights)
    parts = floors.copy()
    if policy is not RemainderPolicy.SUSPENSE:
        for i in _receivers(policy, amount - sum(floors), rests, platform):
            parts[i] += 1
    return floors, parts


class Splitter:
    """Ratios and a policy, checked once, for splitting many amounts.

    `platform` is the index that `platform_keeps` and `partner_favoured` speak of. Raises `AllocationError` for no
    ratios, all-zero or negative ones, floats, and portions that don't sum to 1 unless `weights` says that they are
    mere weights.
    """

    __slots__ = ("platform", "policy", "total", "weights")

    def __init__(
        self,
        ratios: Sequence[Fraction | int],
        *,
        policy: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER,
        weights: bool = False,
        platform: int | None = None,
    ) -> None:
        self.weights = _weights(tuple(ratios), weights)
        self.total = sum(self.weights)
        self.policy = policy
        self.platform = platform

    def split(self, amount_minor: int) -> Allocation:
        """The split of one amount, with its steps."""
        floors, parts = _split(abs(amount_minor), self.weights, self.policy, self.platform)
        if amount_minor < 0:
            floors, parts = [-floor for floor in floors], [-part for part in parts]
        return Allocation(amount_minor, self.policy, self.weights, tuple(floors), tuple(parts))


def explain_allocation(
    amount_minor: int,
    ratios: Sequence[Fraction | int],
    *,
    policy: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER,
    weights: bool = False,
    platform: int | None = None,
) -> Allocation:
    """Split `amount_minor` by `ratios` and keep the steps; for many amounts use a `Splitter`, which takes the same."""
    return Splitter(ratios, policy=policy, weights=weights, platform=platform).split(amount_minor)


def allocate(
    amount_minor: int,
    ratios: Sequence[Fraction | int],
    *,
    policy: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER,
    weights: bool = False,
    platform: int | None = None,
) -> list[int]:
    """The parts of `amount_minor`, in the order of `ratios`; they always sum to it.

    Under the policy `suspense` one more part follows: what belongs to nobody. Raises as `Splitter` does.
    """
    split = explain_allocation(amount_minor, ratios, policy=policy, weights=weights, platform=platform)
    if policy is RemainderPolicy.SUSPENSE:
        return [*split.parts, split.unassigned_minor]
    return list(split.parts)


def allocate_cumulative(
    amounts_minor: Sequence[int],
    ratios: Sequence[Fraction | int],
    *,
    before_minor: int = 0,
    policy: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER,
    weights: bool = False,
    platform: int | None = None,
) -> list[list[int]]:
    """Split amounts that belong together (the refunds of one order), one after the other.

    Part n is `allocate(S_n) - allocate(S_(n-1))` over the running sum S, which starts at
    `before_minor`; so refunds that reach the order's amount give back exactly its parts. With three or more
    parties use the policy `quota_method`, under which a growing sum never takes a unit back.
    """
    sums = [before_minor]
    for amount in amounts_minor:
        sums.append(sums[-1] + amount)
    totals = [allocate(running, ratios, policy=policy, weights=weights, platform=platform) for running in sums]
    return [
        [after - before for before, after in zip(earlier, later, strict=True)] for earlier, later in pairwise(totals)
    ]
