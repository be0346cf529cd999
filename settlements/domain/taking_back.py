"""Refunds of one order: each takes back its part of a running sum, so that all together take back exactly what was given.

What was given stands on the order's own line and is never computed again: its terms are frozen there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final
from uuid import UUID

from alliance.kernel.money import half_up
from alliance.kernel.money.allocation import RemainderPolicy, Splitter
from partners.domain.evaluation.parts import Part
from partners.domain.terms.limits import Refunds
from settlements.domain.outcomes import Deducted

_NOBODY: Final = -1  # the host has no part: the policies that speak of the platform speak of nobody


@dataclass(frozen=True, slots=True)
class Given:
    """What an order gave: its gross amount, deductions, parts in their order, and what nobody got."""

    gross_minor: int
    deducted: tuple[Deducted, ...]
    parts: tuple[Part, ...]
    unassigned_minor: int = 0


@dataclass(frozen=True, slots=True)
class Remainder:
    """The terms' rule for what exact ratios leave over, and the host that it may favour."""

    policy: RemainderPolicy
    host: UUID


def taken_back(given: Given, amount_minor: int, *, before_minor: int, remainder: Remainder) -> Given:
    """What `amount_minor` takes back of an order, `before_minor` of which was taken back already (both negative).

    The sums of all that was taken back are the order's gross amount times the share refunded, rounded; a won
    chargeback goes the other way. Raises nothing; an order of 0.00 takes back nothing.
    """
    after = _share_of(given, -(before_minor + amount_minor), remainder)
    before = _share_of(given, -before_minor, remainder)
    return Given(
        gross_minor=amount_minor,
        deducted=tuple(
            late._replace(amount_minor=early.amount_minor - late.amount_minor)
            for late, early in zip(after.deducted, before.deducted, strict=True)
        ),
        parts=tuple(
            late._replace(amount_minor=early.amount_minor - late.amount_minor, exact=early.exact - late.exact)
            for late, early in zip(after.parts, before.parts, strict=True)
        ),
        unassigned_minor=before.unassigned_minor - after.unassigned_minor,
    )


def borne_by(parts: Sequence[Part], rule: Refunds, *, host: UUID, days_after: int) -> tuple[Part, ...]:
    """The parts of a refund as the terms' rule lets the parties bear it; the sum stays the same."""
    bearer = rule.party if rule.bearer == "party" else None
    if rule.for_days is not None and days_after > rule.for_days:
        bearer = host
    if bearer is None:
        return tuple(parts)
    spared = tuple(part._replace(amount_minor=0, exact=Fraction(0)) for part in parts if part.party != bearer)
    own = [part for part in parts if part.party == bearer]
    rest = sum(part.amount_minor for part in parts) - sum(part.amount_minor for part in own)
    exact = sum((part.exact for part in parts), Fraction(0)) - sum((part.exact for part in own), Fraction(0))
    return (*spared, *own, Part(bearer, "refund_borne", rest, exact, is_rest=True))


def _share_of(given: Given, refunded_minor: int, remainder: Remainder) -> Given:
    """What a refund of that much of the gross amount takes back in all, as positive amounts."""
    if not given.gross_minor:
        return Given(0, tuple(d._replace(amount_minor=0) for d in given.deducted), _nothing(given.parts))
    share = Fraction(refunded_minor, given.gross_minor)
    deducted = tuple(d._replace(amount_minor=half_up(d.amount_minor * share)) for d in given.deducted)
    base = refunded_minor - sum(d.amount_minor for d in deducted)
    whole = given.gross_minor - sum(d.amount_minor for d in given.deducted) - given.unassigned_minor
    if share == 1:
        return Given(refunded_minor, deducted, given.parts, given.unassigned_minor)
    unassigned = half_up(given.unassigned_minor * share)
    return Given(refunded_minor, deducted, _by_ratio(given.parts, whole, base - unassigned, remainder), unassigned)


def _by_ratio(parts: Sequence[Part], whole: int, base: int, remainder: Remainder) -> tuple[Part, ...]:
    """The base by the exact ratios of the parts; where some are negative, each by itself and the rest by the payer."""
    exact = [part.exact for part in parts]
    total = sum(exact, Fraction(0))
    if total and all(amount >= 0 for amount in exact):
        policy, parties = remainder.policy, [part.party for part in parts]
        usable = RemainderPolicy.LARGEST_REMAINDER if policy is RemainderPolicy.SUSPENSE else policy
        platform = parties.index(remainder.host) if remainder.host in parties else _NOBODY
        split = Splitter([amount / total for amount in exact], policy=usable, platform=platform).split(base)
        return tuple(
            part._replace(amount_minor=amount, exact=ratio)
            for part, amount, ratio in zip(parts, split.parts, split.exact, strict=True)
        )
    share = Fraction(base, whole) if whole else Fraction(0)
    found = [part._replace(amount_minor=half_up(part.amount_minor * share), exact=part.exact * share) for part in parts]
    last = next((place for place, part in enumerate(found) if part.is_rest), len(found) - 1)
    found[last] = found[last]._replace(
        amount_minor=found[last].amount_minor + base - sum(part.amount_minor for part in found)
    )
    return tuple(found)


def _nothing(parts: Sequence[Part]) -> tuple[Part, ...]:
    return tuple(part._replace(amount_minor=0, exact=Fraction(0)) for part in parts)
