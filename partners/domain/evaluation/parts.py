"""Who gets what of a base under one payment, in whole minor units that sum to the base."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from alliance.kernel.money import half_up
from alliance.kernel.money.allocation import Splitter
from partners.domain.evaluation.explanation import Step
from partners.domain.evaluation.facts import Totals
from partners.domain.evaluation.tiers import slices
from partners.domain.evaluation.waterfalls import run_through
from partners.domain.terms.exact import minor_units
from partners.domain.terms.payments import Commission, Flat, Nothing, Payment, Receiver, Split, Tiered, Waterfall
from partners.domain.terms.settling import Rounding

NOBODY = -1  # the host is no receiver: the policies that speak of the platform speak of nobody


class Part(NamedTuple):
    """One receiver's whole minor units, and the exact amount before rounding. `is_rest`: what stays with the payer."""

    party: UUID
    purpose: str
    amount_minor: int
    exact: Fraction
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What every payment of some terms needs: currency, rounding, and the host that policies may favour."""

    currency: str
    rounding: Rounding
    host: UUID | None = None


class Parts(NamedTuple):
    """The parts of a base, what belongs to nobody, and how it came about. Parts and the unassigned sum to the base."""

    parts: tuple[Part, ...]
    unassigned_minor: int
    step: Step


def parts_of(payment: Payment, total: Totals, frame: Frame) -> Parts:
    """Who gets what of a total. A negative total mirrors a positive one: what was given is taken back."""
    if total.is_negative:
        mirrored = parts_of(payment, total.negated(), frame)
        parts = tuple(p._replace(amount_minor=-p.amount_minor, exact=-p.exact) for p in mirrored.parts)
        return Parts(parts, -mirrored.unassigned_minor, Step("taken_back", {}, (mirrored.step,)))
    match payment:
        case Split():
            return _by_ratio(
                [(share, share.share) for share in payment.shares], total.amount_minor, frame, Step("split")
            )
        case Waterfall():
            return _by_steps(payment, total.amount_minor, frame)
        case Nothing():
            rest = Part(payment.payer, "share", total.amount_minor, Fraction(total.amount_minor), is_rest=True)
            return Parts((rest,), 0, Step("nothing", {"payer": str(payment.payer)}))
    return _earned(payment, total, frame)


def difference(after: Parts, before: Parts) -> Parts:
    """What came on top: part by part, so that many small totals never drift from the large one.

    Both are of the same payment, so their parts stand in the same order; one receiver may have several.
    """
    parts = tuple(
        part._replace(amount_minor=part.amount_minor - earlier.amount_minor, exact=part.exact - earlier.exact)
        for part, earlier in zip(after.parts, before.parts, strict=True)
    )
    step = Step("on_top", {}, (after.step, Step("before", {}, (before.step,))))
    return Parts(parts, after.unassigned_minor - before.unassigned_minor, step)


def round_earned(exact: Fraction, rounding: Rounding) -> int:
    """What one earner gets of an exact amount that is not negative: halves up, or cut."""
    if rounding.earner == "down":
        return exact.numerator // exact.denominator
    return half_up(exact)


def _by_ratio(shares: Sequence[tuple[Receiver, Fraction]], base: int, frame: Frame, step: Step) -> Parts:
    """Split among receivers whose portions sum to 1, by the terms' remainder policy."""
    parties = [receiver.party for receiver, _ in shares]
    platform = parties.index(frame.host) if frame.host in parties else NOBODY
    ratios = [share for _, share in shares]
    split = Splitter(ratios, policy=frame.rounding.remainder, platform=platform).split(base)
    parts = tuple(
        Part(receiver.party, receiver.purpose, amount, exact)
        for (receiver, _), amount, exact in zip(shares, split.parts, split.exact, strict=True)
    )
    told = [
        Step("share", _told(part, share=str(ratio), extra_minor=part.amount_minor - floor))
        for part, ratio, floor in zip(parts, ratios, split.floors, strict=True)
    ]
    policy = Step("remainder", {"policy": frame.rounding.remainder.value, "units_minor": split.remainder_minor})
    children = (*step.children, *told, policy)
    return Parts(parts, split.unassigned_minor, Step(step.code, {**step.values, "base_minor": base}, children))


def _by_steps(payment: Waterfall, base: int, frame: Frame) -> Parts:
    ends, taken = run_through(payment.steps, Fraction(base), frame.currency)
    if not base:
        parts = tuple(Part(end.receiver.party, end.receiver.purpose, 0, Fraction(0)) for end in ends)
        return Parts(parts, 0, Step("waterfall", {"base_minor": 0}, tuple(taken)))
    shares = [(end.receiver, end.exact / base) for end in ends]
    return _by_ratio(shares, base, frame, Step("waterfall", {}, tuple(taken)))


def _earned(payment: Commission | Flat | Tiered, total: Totals, frame: Frame) -> Parts:
    """One party earns, the payer keeps the rest of the base, which is negative where more is earned than came in."""
    exact, step = _exactly(payment, total, frame)
    earned = round_earned(exact, frame.rounding)
    part = Part(payment.party, payment.purpose, earned, exact)
    rest = Part(payment.payer, "share", total.amount_minor - earned, total.amount_minor - exact, is_rest=True)
    told = Step(step.code, {**step.values, **_told(part), "base_minor": total.amount_minor}, step.children)
    return Parts((part, rest), 0, told)


def _exactly(payment: Commission | Flat | Tiered, total: Totals, frame: Frame) -> tuple[Fraction, Step]:
    match payment:
        case Commission():
            return _commission(payment, total.amount_minor, frame.currency)
        case Flat():
            price = minor_units(payment.amount, frame.currency)
            units = total.quantity if payment.per == "unit" else total.conversions
            return price * units, Step("flat", {"amount": str(payment.amount), "units": units})
    found = slices(payment, total, frame.currency)
    told = tuple(
        Step(
            "tier",
            {
                "up_to": str(piece.tier.up_to) if piece.tier.up_to is not None else None,
                "rate": str(piece.tier.rate) if piece.tier.rate is not None else None,
                "amount": str(piece.tier.amount) if piece.tier.amount is not None else None,
                "counted": str(piece.counted),
                "earned": str(piece.earned),
            },
        )
        for piece in found
    )
    return sum((piece.earned for piece in found), Fraction(0)), Step("tiered", {"mode": payment.mode.value}, told)


def _commission(payment: Commission, base: int, currency: str) -> tuple[Fraction, Step]:
    exact = payment.rate * base
    values: dict[str, str | int | None] = {"rate": str(payment.rate)}
    if base and payment.minimum is not None and exact < (least := minor_units(payment.minimum, currency)):
        exact, values = least, {**values, "minimum": str(payment.minimum)}
    if payment.maximum is not None and exact > (most := minor_units(payment.maximum, currency)):
        exact, values = most, {**values, "maximum": str(payment.maximum)}
    return exact, Step("commission", values)


def _told(part: Part, **more: str | int) -> dict[str, str | int | None]:
    who = {"party": str(part.party), "purpose": part.purpose}
    return {**who, "exact": str(part.exact), "amount_minor": part.amount_minor, **more}
