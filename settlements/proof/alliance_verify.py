#!/usr/bin/env python3
"""Recompute a statement from its evidence, without us: `python3 alliance_verify.py ST-2026-01-….evidence.json`.

With `--before` and the evidence of the statement before it also says whether what was carried into the period is what that one left.

One file, nothing but Python's standard library (3.10 or later), no network. It shares no code with the platform: it reads
the terms that were signed, evaluates every conversion of the period anew in exact fractions, and compares line by line;
then it recomputes every hash, and finds the statement's journals in the chain of the book.

It says "same", or names the first difference with what it expected and what it found, or says what it could not verify.
Exit code: 0 same, 1 different, 2 unreadable, 3 no difference, but something was not verified.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

try:
    from zoneinfo import ZoneInfo
except ImportError:  # pragma: no cover  an old Python
    ZoneInfo = None  # type: ignore[assignment,misc]

FORMATS: Final = {1, 2}
TERMS_SCHEMA: Final = 2
CONTENT_VERSIONS: Final = {3, 4}
LONGEST_DAYS: Final = 7  # how old an exchange rate may be
ENGINES: Final = {"2", "3"}
DECIMALS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
    **dict.fromkeys(["CLF", "UYW"], 4),
}
DEDUCTIONS = {"tax", "payment_fee", "shipping", "discount", "platform_fee", "cost_of_goods", "other"}
OWN_KINDS = {"pending", "available", "reserve", "in_transit", "receivable"}
DECIDED = {
    "restatement",
    "correction",
    "clawback",
    "write_off",
    "repayment",
    "cap_approved",
    "escheat",
    "reclaimed",
}
FROM_THE_BOOKS = {
    "advance",
    "advance_recouped",
    "write_off",
    "repayment",
    "value_added_tax",
    "tax_reversed",
    "tax_unrecovered",
    "exchanged",
    "offset",
    "escheat",
    "reclaimed",
}
EARNINGS = {"flat_fee", "pooled_revenue", "cap_approved", "rerated"}
NOT_KEPT = "its statement was closed before what adjustments come of was kept"
Json = dict[str, Any]
Window = tuple[str, str, str]


class UnverifiedError(Exception):
    """Something that this verifier can't recompute; the text says why."""


class UnreadableError(Exception):
    """This is no evidence."""


class Part(NamedTuple):
    """One receiver's whole minor units, and the exact amount before rounding."""

    party: str
    purpose: str
    amount: int
    exact: Fraction
    is_rest: bool = False


class Outcome(NamedTuple):
    """What one conversion comes to. Parts and `unassigned` sum to the gross amount less what came off for the host."""

    gross: int
    deducted: dict[str, int]
    parts: list[Part]
    unassigned: int
    counted: dict[str, list[int]]
    earned: dict[str, int]

    @property
    def base(self) -> int:
        return self.gross - sum(self.deducted.values())

    def share_of(self, party: str) -> int:
        return sum(part.amount for part in self.parts if part.party == party)


# Numbers ------------------------------------------------------------------------------------------
def ratio(text: str | None) -> Fraction:
    """`3/5`, `1`, `62.5%`."""
    if text is None:
        return Fraction(0)
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def minor(text: str, currency: str) -> Fraction:
    """An amount in major units, in minor ones; exact."""
    return Fraction(text) * int(10 ** DECIMALS.get(currency, 2))


def half_up(value: Fraction) -> int:
    """To the nearest whole; halves away from zero."""
    whole = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return whole if value >= 0 else -whole


def rounded_earning(exact: Fraction, terms: Json) -> int:
    """What one earner gets of an exact amount that is not negative."""
    if terms.get("rounding", {}).get("earner") == "down":
        return exact.numerator // exact.denominator
    return half_up(exact)


def split(amount: int, ratios: Sequence[Fraction], policy: str, platform: int) -> tuple[list[int], int]:
    """Whole parts of an amount by ratios that sum to 1, and what belongs to nobody. A negative amount mirrors."""
    if amount < 0:
        parts, rest = split(-amount, ratios, policy, platform)
        return [-part for part in parts], -rest
    if policy == "quota_method":
        return quota_method(amount, ratios), 0
    exact = [amount * share for share in ratios]
    parts = [share.numerator // share.denominator for share in exact]
    units = amount - sum(parts)
    if policy == "suspense":
        return parts, units
    order = [place for place, share in enumerate(exact) if share.denominator != 1]
    if policy != "first_in_order":
        order.sort(key=lambda place: (parts[place] - exact[place], place))
    if policy in ("platform_keeps", "partner_favoured"):
        first = policy == "platform_keeps"
        order.sort(key=lambda place: (place == platform) is not first)
    for place in order[:units]:
        parts[place] += 1
    return parts, 0


def quota_method(amount: int, ratios: Sequence[Fraction]) -> list[int]:
    """Balinski and Young: unit by unit to the best claim that is below its quota."""
    total = 1
    for share in ratios:
        total = total * share.denominator // _gcd(total, share.denominator)
    weights = [int(share * total) for share in ratios]
    rounds = amount // total
    parts = [rounds * weight for weight in weights]
    for house in range(rounds * total + 1, amount + 1):
        best = -1
        for place, weight in enumerate(weights):
            if parts[place] * total < house * weight and (
                best < 0 or weight * (parts[best] + 1) > weights[best] * (parts[place] + 1)
            ):
                best = place
        parts[best] += 1
    return parts


def _gcd(one: int, other: int) -> int:
    while other:
        one, other = other, one % other
    return one


# Days ---------------------------------------------------------------------------------------------
def instant(text: str) -> datetime:
    """An instant as the evidence writes it."""
    return datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=UTC)


def local(text: str, zone: str) -> datetime:
    """The same on a zone's clock."""
    if ZoneInfo is None:
        raise UnverifiedError("this Python knows no time zones")
    try:
        return instant(text).astimezone(ZoneInfo(zone))
    except (KeyError, OSError) as error:
        raise UnverifiedError(f"this computer does not know the time zone {zone}") from error


def local_day(text: str, zone: str) -> date:
    """The day on a zone's clock."""
    return local(text, zone).date()


def business_day(text: str, zone: str, cut_off: str) -> str:
    """The day that an instant belongs to where days begin at `cut_off`."""
    at = local(text, zone)
    return (at.date() if at.strftime("%H:%M") >= cut_off else at.date() - timedelta(days=1)).isoformat()


def full_months(begin: date, end: date) -> int:
    """Whole months; the 31st has its anniversary on the last day of a shorter month."""
    months = (end.year - begin.year) * 12 + end.month - begin.month
    last = (end.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return months if end.day >= min(begin.day, last.day) else months - 1


def window_of(length: str, occurred: str, zone: str) -> tuple[str, date | None]:
    """The name of the window in which something counts, and its first day."""
    day = local_day(occurred, zone)
    if length == "day":
        return day.isoformat(), day
    if length == "week":
        year, week, weekday = day.isocalendar()
        return f"{year:04d}-W{week:02d}", day - timedelta(days=weekday - 1)
    if length == "month":
        return f"{day:%Y-%m}", day.replace(day=1)
    if length == "quarter":
        quarter = (day.month + 2) // 3
        return f"{day:%Y}-Q{quarter}", day.replace(month=3 * quarter - 2, day=1)
    if length == "year":
        return f"{day:%Y}", day.replace(month=1, day=1)
    return "all", None


# What a payment gives -------------------------------------------------------------------------------
def accumulates(clause: Json, terms: Json) -> bool:
    """Whether a clause pays the difference that a conversion makes to a total."""
    pays = clause["pays"]
    if pays["kind"] == "flat" and minor(pays["amount"], terms["currency"]).denominator != 1:
        return True
    return bool(pays["kind"] == "tiered" or terms.get("rounding", {}).get("accumulation") == "running_total")


def is_plain(terms: Json) -> bool:
    """Whether all that the terms say is how every sale's amount is shared."""
    clause = terms["clauses"][0]
    if len(terms["clauses"]) > 1 or clause.get("earns_on", "sale") != "sale" or clause["pays"]["kind"] != "split":
        return False
    if (
        clause.get("when")
        or clause.get("deductions")
        or clause.get("recurring", {"kind": "lifetime"}) != {"kind": "lifetime"}
    ):
        return False
    if any(terms.get(name) for name in ("caps", "guarantees", "advances", "territory")):
        return False
    shares = [share["party"] for share in clause["pays"]["shares"]]
    return terms.get("rounding", {}).get("accumulation") != "running_total" and len(set(shares)) == len(shares)


def parts_of(pays: Json, total: Sequence[int], terms: Json, host: str) -> tuple[list[Part], int]:
    """Who gets what of a total [amount, units, conversions], and what belongs to nobody."""
    amount, units, conversions = total
    if amount < 0 or (amount == 0 and units < 0):
        parts, rest = parts_of(pays, [-amount, -units, -conversions], terms, host)
        return [p._replace(amount=-p.amount, exact=-p.exact) for p in parts], -rest
    kind = pays["kind"]
    if kind == "split":
        ends = [(s["party"], s.get("purpose", "share"), ratio(s["share"])) for s in pays["shares"]]
        return by_ratio(ends, amount, terms, host)
    if kind == "waterfall":
        found = list(run_through(pays["steps"], Fraction(amount), terms["currency"]))
        if not amount:
            return [Part(party, purpose, 0, Fraction(0)) for party, purpose, _ in found], 0
        return by_ratio([(party, purpose, exact / amount) for party, purpose, exact in found], amount, terms, host)
    if kind == "nothing":
        return [Part(pays["payer"], "share", amount, Fraction(amount), is_rest=True)], 0
    exact = earned_exactly(pays, total, terms["currency"])
    earned = rounded_earning(exact, terms)
    left = Part(pays["payer"], "share", amount - earned, amount - exact, is_rest=True)
    return [Part(pays["party"], pays.get("purpose", "share"), earned, exact), left], 0


def by_ratio(ends: Sequence[tuple[str, str, Fraction]], amount: int, terms: Json, host: str) -> tuple[list[Part], int]:
    """An amount shared by ratios, by the terms' rule for what is left over."""
    parties = [party for party, _, _ in ends]
    policy = terms.get("rounding", {}).get("remainder", "largest_remainder")
    platform = parties.index(host) if host in parties else -1
    amounts, rest = split(amount, [share for _, _, share in ends], policy, platform)
    return [Part(end[0], end[1], whole, amount * end[2]) for end, whole in zip(ends, amounts, strict=True)], rest


def run_through(steps: Sequence[Json], base: Fraction, currency: str) -> Iterator[tuple[str, str, Fraction]]:
    """What arrives at the ends of a waterfall."""
    rest = base
    for step in steps:
        take = step.get("take", {})
        if take.get("share") is not None:
            wanted = ratio(take["share"]) * (base if take.get("of", "rest") == "base" else rest)
        else:
            wanted = minor(take["amount"], currency) if take.get("amount") is not None else rest
        if take.get("at_most") is not None:
            wanted = min(wanted, minor(take["at_most"], currency))
        taken = min(wanted, rest)
        rest -= taken
        if step.get("to"):
            yield step["to"]["party"], step["to"].get("purpose", "share"), taken
        else:
            yield from run_through(step["steps"], taken, currency)


def earned_exactly(pays: Json, total: Sequence[int], currency: str) -> Fraction:
    """What one party earns of a total, before rounding."""
    amount, units, conversions = total
    if pays["kind"] == "flat":
        return minor(pays["amount"], currency) * (units if pays.get("per", "conversion") == "unit" else conversions)
    if pays["kind"] == "tiered":
        return by_tiers(pays, amount, units, currency)
    exact = ratio(pays["rate"]) * amount
    if amount and pays.get("minimum") is not None:
        exact = max(exact, minor(pays["minimum"], currency))
    if pays.get("maximum") is not None:
        exact = min(exact, minor(pays["maximum"], currency))
    return exact


def by_tiers(pays: Json, amount: int, units: int, currency: str) -> Fraction:
    """What a window's total earns: slice by slice, or all of it by the rate that is reached."""
    counts_units = pays.get("measure", "amount") == "quantity"
    measured = Fraction(units if counts_units else amount)

    def bound(tier: Json) -> Fraction:
        if tier.get("up_to") is None:
            return measured
        return Fraction(tier["up_to"]) if counts_units else minor(tier["up_to"], currency)

    def earned(tier: Json, counted: Fraction) -> Fraction:
        if tier.get("amount") is not None:
            return counted * minor(tier["amount"], currency)
        return ratio(tier["rate"]) * (amount if counts_units else counted)

    if pays.get("mode", "graduated") == "volume":
        tier = next(tier for tier in pays["tiers"] if bound(tier) >= measured)
        return earned(tier, measured) if measured else Fraction(0)
    whole, below = Fraction(0), Fraction(0)
    for tier in pays["tiers"]:
        upper = min(bound(tier), measured)
        if upper > below:
            whole += earned(tier, upper - below)
        below = max(below, upper)
    return whole


# Which clause pays ----------------------------------------------------------------------------------
def applies(clause: Json, kind: str, told: Json, occurred: str, terms: Json) -> bool:
    """Whether a clause earns on what is known. What is not known never matches."""
    earns_on = kind if kind in ("lead", "click", "sign_up") else "sale"
    if clause.get("earns_on", "sale") != earns_on:
        return False
    groups = clause.get("when", [])
    if groups and not any(all(holds(c, told, occurred, terms) for c in group["all_of"]) for group in groups):
        return False
    if clause["id"] in told.get("acquired_elsewhere", []):
        return False
    recurring, first = clause.get("recurring", {}), told.get("first_sale_at")
    if first is None or recurring.get("kind", "lifetime") == "lifetime":
        return True
    if recurring["kind"] == "first_only":
        return False
    zone = terms["time_zone"]
    return full_months(local_day(first, zone), local_day(occurred, zone)) < int(recurring["months"])


def holds(condition: Json, told: Json, occurred: str, terms: Json) -> bool:
    """Whether one condition holds."""
    field, how, value = condition["field"], condition.get("is", "in"), condition["value"]
    if field == "date":
        day = local_day(occurred, terms["time_zone"]).isoformat()
        return bool(day >= value) is (how == "from")
    if field in ("amount", "quantity"):
        bound = minor(value, terms["currency"]) if field == "amount" else Fraction(value)
        known = abs(told["amount_minor"]) if field == "amount" else told["quantity"]
        compared = {
            "more_than": known > bound,
            "at_least": known >= bound,
            "less_than": known < bound,
            "at_most": known <= bound,
        }
        return bool(compared[how])
    name = {"category": "categories", "tag": "tags"}.get(str(field), str(field))
    found = told.get(name)
    has = found if isinstance(found, list) else ([] if found in (None, "") else [found])
    if not has:
        return False
    if how == "contains":
        return any(part and part in text for part in value for text in has)
    return bool(set(has) & set(value)) is (how == "in")


def specificity(clause: Json) -> tuple[int, ...]:
    """How narrow a clause is."""
    groups = clause.get("when", [])
    conditions = [c for group in groups for c in group["all_of"]]
    choices = {"item_kind", "item", "category", "tag", "partner", "country", "person", "coupon", "placement"}
    named = {c["field"] for c in conditions if c["field"] in choices and c.get("is", "in") == "in"}
    narrowest = max((len(group["all_of"]) for group in groups), default=0)
    kinds = bool(named & {"item_kind", "category", "tag"})
    return int("partner" in named), int("item" in named), int(kinds), narrowest


def base_of(clause: Json, told: Json, currency: str, host: str) -> tuple[int, list[tuple[str, str, int]]]:
    """The amount that is shared, and what came off before: (bearer, kind, amount)."""
    sign = -1 if told["amount_minor"] < 0 else 1
    gross = rest = abs(told["amount_minor"])
    off = []
    for deduction in clause.get("deductions", []):
        if deduction.get("rate") is not None:
            wanted = half_up(ratio(deduction["rate"]) * (gross if deduction.get("of", "gross") == "gross" else rest))
        elif deduction.get("amount") is not None:
            wanted = half_up(minor(deduction["amount"], currency))
        else:
            wanted = abs(told.get("reported", {}).get(deduction["kind"], 0))
        amount = min(wanted, rest)
        rest -= amount
        off.append((deduction.get("kept_by") or host, deduction["kind"], sign * amount))
    return sign * rest, off


class Candidate(NamedTuple):
    """What one clause gives, before any cap."""

    clause: Json
    base: int
    off: list[tuple[str, str, int]]
    counted: list[int]
    parts: list[Part]
    unassigned: int

    def earned_by(self, partner: str | None) -> int:
        return sum(p.amount for p in self.parts if not p.is_rest and partner in (None, p.party))


def candidate(clause: Json, told: Json, before: dict[str, list[int]], terms: Json, host: str) -> Candidate:
    """One clause on what is known, on top of what came before."""
    base, off = base_of(clause, told, terms["currency"], host)
    back = told["amount_minor"] < 0 or told["quantity"] < 0
    counted = [base, told["quantity"], -1 if back else 1]
    past = before.get(clause["id"], [0, 0, 0]) if accumulates(clause, terms) else [0, 0, 0]
    parts, unassigned = parts_of(clause["pays"], [a + b for a, b in zip(past, counted, strict=True)], terms, host)
    if any(past):
        earlier, was = parts_of(clause["pays"], past, terms, host)
        parts = [
            p._replace(amount=p.amount - e.amount, exact=p.exact - e.exact) for p, e in zip(parts, earlier, strict=True)
        ]
        unassigned -= was
    if clause.get("is_bonus"):
        earned = sum(p.amount for p in parts if not p.is_rest)
        exact = sum((p.exact for p in parts if not p.is_rest), Fraction(0))
        parts = [p._replace(amount=-earned, exact=-exact) if p.is_rest else p for p in parts]
    return Candidate(clause, base, off, counted, parts, unassigned)


def chosen(candidates: Sequence[Candidate], precedence: str, partner: str | None) -> Candidate:
    """The clause that counts."""
    if precedence == "first_match":
        return candidates[0]

    def order(found: Candidate) -> tuple[tuple[int, ...], int, str]:
        level = specificity(found.clause) if precedence == "most_specific" else ()
        return tuple(-rank for rank in level), -abs(found.earned_by(partner)), found.clause["id"]

    return min(candidates, key=order)


# Caps -----------------------------------------------------------------------------------------------
Bound = tuple[str, str, Part]  # the clause, its payer, the part


def within_caps(found: list[Bound], terms: Json, before: dict[str, int]) -> tuple[list[Part], dict[str, int]]:
    """The parts within every cap, what exceeds them with its payers; and what each cap's party earned before any."""
    kept, uncapped = list(found), {}
    for cap in terms.get("caps", []):
        limit = int(minor(cap["amount"], terms["currency"]))
        earned = uncapped[cap["id"]] = sum(bound[2].amount for bound in found if bounds(cap, bound))
        past = 0 if cap["window"] == "conversion" else before.get(cap["id"], 0)
        allowed = min(past + earned, limit) - min(past, limit)
        over = sum(bound[2].amount for bound in kept if bounds(cap, bound)) - allowed
        if over and (over > 0) is (earned > 0):
            kept = lessened(kept, cap, over)
    return [part for _, _, part in kept], uncapped


def bounds(cap: Json, bound: Bound) -> bool:
    """Whether a cap speaks of this part."""
    clause_id, _, part = bound
    named = not cap.get("clauses") or clause_id in cap["clauses"]
    return named and part.party == cap["party"] and not part.is_rest


def lessened(found: list[Bound], cap: Json, over: int) -> list[Bound]:
    """Take `over` from what the cap bounds, the last part first, and give it back to the payers."""
    left: list[Bound] = []
    back: list[Bound] = []
    for bound in reversed(found):
        clause_id, payer, part = bound
        taken = 0
        if bounds(cap, bound):
            taken = min(over, part.amount) if over > 0 else max(over, part.amount)
        over -= taken
        left.append((clause_id, payer, part._replace(amount=part.amount - taken)) if taken else bound)
        if taken:
            back.append((clause_id, payer, Part(payer, "over_cap", taken, Fraction(taken), is_rest=True)))
    return left[::-1] + back


# A conversion ---------------------------------------------------------------------------------------
def evaluate(
    terms: Json, kind: str, occurred: str, told: Json, windows: dict[str, list[int]], earned: dict[str, int], host: str
) -> tuple[Outcome, bool]:
    """What a conversion, or one item of it, comes to; and whether any clause pays."""
    gross = told["amount_minor"]
    nothing = Outcome(gross, {}, [], gross, {}, {}), False
    territory = terms.get("territory")
    if territory and (told.get("country") in territory["countries"]) is not (territory["rule"] == "only"):
        return nothing
    fitting = [clause for clause in terms["clauses"] if applies(clause, kind, told, occurred, terms)]
    found = [candidate(c, told, windows, terms, host) for c in fitting if not c.get("is_bonus")]
    if not found:
        return nothing
    first = chosen(found, terms.get("precedence", "most_specific"), told.get("partner"))
    counting = [first] + [candidate(c, told, windows, terms, host) for c in fitting if c.get("is_bonus")]
    flat: list[Bound] = [
        (each.clause["id"], each.clause["pays"].get("payer", host), part) for each in counting for part in each.parts
    ]
    parts, uncapped = within_caps(flat, terms, earned)
    kept = [Part(bearer, what, amount, Fraction(amount), is_rest=True) for bearer, what, amount in first.off if amount]
    counted = {each.clause["id"]: each.counted for each in counting}
    unassigned = sum(each.unassigned for each in counting)
    return Outcome(gross, {}, kept + parts, unassigned, counted, uncapped), True


def conversion(terms: Json, event: Json, facts: Json, host: str) -> Outcome:
    """What a whole conversion comes to: its items one after the other, put together."""
    if is_plain(terms):
        shares = [
            (s["party"], s.get("purpose", "share"), ratio(s["share"])) for s in terms["clauses"][0]["pays"]["shares"]
        ]
        parts, unassigned = by_ratio(shares, event["amount_minor"], terms, host)
        return Outcome(event["amount_minor"], {}, parts, unassigned, {}, {})
    if not facts.get("of"):
        raise UnverifiedError("its event does not say what its evaluation knew (it came before that was kept)")
    windows = {key: list(value) for key, value in facts.get("windows", {}).items()}
    earned = dict(facts.get("earned", {}))
    found = []
    for told in facts["of"]:
        outcome, pays = evaluate(terms, event["kind"], event["occurred_at"], told, windows, earned, host)
        for clause, totals in outcome.counted.items():
            windows[clause] = [a + b for a, b in zip(windows.get(clause, [0, 0, 0]), totals, strict=True)]
        for cap, amount in outcome.earned.items():
            earned[cap] = earned.get(cap, 0) + amount
        found.append((outcome, pays))
    whole = together(found, host)
    if whole.gross != event["amount_minor"]:
        raise UnverifiedError("what its items sum to is not its amount")
    return whole


def together(found: Sequence[tuple[Outcome, bool]], host: str) -> Outcome:
    """The items of a conversion as one. What no clause pays for stays with the host."""
    merged: dict[tuple[str, str, bool], Part] = {}
    deducted: dict[str, int] = defaultdict(int)
    counted: dict[str, list[int]] = {}
    earned: dict[str, int] = defaultdict(int)
    unclaimed = sum(outcome.gross for outcome, pays in found if not pays)
    parts = [part for outcome, _ in found for part in outcome.parts]
    if unclaimed or not parts:
        parts.append(Part(host, "unclaimed", unclaimed, Fraction(unclaimed), is_rest=True))
    for part in parts:
        if part.party == host and part.purpose in DEDUCTIONS:
            deducted["tax" if part.purpose == "tax" else "fees"] += part.amount
            continue
        key = (part.party, part.purpose, part.is_rest)
        known = merged.get(key)
        merged[key] = (
            part._replace(amount=known.amount + part.amount, exact=known.exact + part.exact) if known else part
        )
    for outcome, _ in found:
        for clause, totals in outcome.counted.items():
            counted[clause] = [a + b for a, b in zip(counted.get(clause, [0, 0, 0]), totals, strict=True)]
        for cap, amount in outcome.earned.items():
            earned[cap] += amount
    unassigned = sum(outcome.unassigned for outcome, pays in found if pays)
    gross = sum(outcome.gross for outcome, _ in found)
    return Outcome(gross, dict(deducted), list(merged.values()), unassigned, counted, dict(earned))


# Refunds --------------------------------------------------------------------------------------------
def needs_totals(terms: Json) -> bool:
    """Whether anything that these terms pay depends on what came before."""
    return bool(terms.get("caps")) or any(accumulates(clause, terms) for clause in terms["clauses"])


def refund(terms: Json, event: Json, facts: Json, order: Json, given: Outcome, host: str) -> Outcome:
    """What a refund (or a chargeback, or a won one) takes back of its order."""
    if "taken_minor" not in facts:
        raise UnverifiedError("its event does not say what was taken back before (it came before that was kept)")
    amount, before = event["amount_minor"], facts["taken_minor"]
    after_all, before_all = (up_to(given, -taken, terms, host) for taken in (before + amount, before))
    deducted = {key: before_all.deducted[key] - value for key, value in after_all.deducted.items()}
    parts = [
        late._replace(amount=early.amount - late.amount, exact=early.exact - late.exact)
        for late, early in zip(after_all.parts, before_all.parts, strict=True)
    ]
    back = Outcome(amount, deducted, parts, before_all.unassigned - after_all.unassigned, {}, {})
    if needs_totals(terms):
        back = counted_down(terms, event, facts, order, given, back, host)
    return back._replace(parts=borne(terms, event, order, back.parts, host))


def up_to(given: Outcome, refunded: int, terms: Json, host: str) -> Outcome:
    """What refunds that sum to so much of an order take back in all, as positive amounts."""
    if not given.gross:
        zeros = [part._replace(amount=0, exact=Fraction(0)) for part in given.parts]
        return Outcome(0, dict.fromkeys(given.deducted, 0), zeros, 0, {}, {})
    share = Fraction(refunded, given.gross)
    if share == 1:
        return given
    deducted = {key: half_up(value * share) for key, value in given.deducted.items()}
    unassigned = half_up(given.unassigned * share)
    base = refunded - sum(deducted.values()) - unassigned
    whole = given.base - given.unassigned
    return Outcome(refunded, deducted, in_proportion(given.parts, whole, base, terms, host), unassigned, {}, {})


def in_proportion(parts: Sequence[Part], whole: int, base: int, terms: Json, host: str) -> list[Part]:
    """A base by the exact amounts of the parts; where some are negative each by itself, and the payer the rest."""
    total = sum((part.exact for part in parts), Fraction(0))
    if total and all(part.exact >= 0 for part in parts):
        rounding = dict(terms.get("rounding", {}))
        if rounding.get("remainder") == "suspense":
            rounding["remainder"] = "largest_remainder"
        shares = [(part.party, part.purpose, part.exact / total) for part in parts]
        found, _ = by_ratio(shares, base, {**terms, "rounding": rounding}, host)
        return [part._replace(amount=new.amount, exact=new.exact) for part, new in zip(parts, found, strict=True)]
    share = Fraction(base, whole) if whole else Fraction(0)
    each = [part._replace(amount=half_up(part.amount * share), exact=part.exact * share) for part in parts]
    last = next((place for place, part in enumerate(each) if part.is_rest), len(each) - 1)
    missing = base - sum(part.amount for part in each)
    each[last] = each[last]._replace(amount=each[last].amount + missing)
    return each


def counted_down(
    terms: Json, event: Json, facts: Json, order: Json, given: Outcome, back: Outcome, host: str
) -> Outcome:
    """A refund under terms that pay by totals: what the total earns less without it."""
    if len(given.counted) != 1:
        share = Fraction(event["amount_minor"], given.gross) if given.gross else Fraction(0)
        counted = {key: [round(number * share) for number in totals] for key, totals in given.counted.items()}
        return back._replace(counted=counted, earned={key: round(n * share) for key, n in given.earned.items()})
    alone = next(clause for clause in terms["clauses"] if clause["id"] in given.counted)
    alone = {**alone, "when": [], "deductions": [], "recurring": {"kind": "lifetime"}}
    told = {"amount_minor": back.base, "quantity": facts.get("quantity", 1)}
    only = {**terms, "clauses": [alone], "territory": None}
    windows, earned = facts.get("windows", {}), facts.get("earned", {})
    if alone.get("earns_on", "sale") != "sale" or alone.get("is_bonus"):
        raise UnverifiedError("its order earned by something else than a sale")
    again, _ = evaluate(only, "sale", order["occurred_at"], told, windows, earned, host)
    return again._replace(gross=back.gross, deducted=back.deducted)


def borne(terms: Json, event: Json, order: Json, parts: list[Part], host: str) -> list[Part]:
    """The parts of a refund as the terms let the parties bear it."""
    rule = terms.get("refunds", {})
    bearer = rule.get("party") if rule.get("bearer") == "party" else None
    if rule.get("for_days") is not None:
        zone = terms["time_zone"]
        if (local_day(event["occurred_at"], zone) - local_day(order["occurred_at"], zone)).days > rule["for_days"]:
            bearer = host
    if bearer is None:
        return parts
    spared = [part._replace(amount=0, exact=Fraction(0)) for part in parts if part.party != bearer]
    own = [part for part in parts if part.party == bearer]
    rest = sum(part.amount for part in parts) - sum(part.amount for part in own)
    return spared + own + [Part(bearer, "refund_borne", rest, Fraction(rest), is_rest=True)]


# The evidence ---------------------------------------------------------------------------------------
class Difference(NamedTuple):
    """Where evidence and computation part."""

    where: str
    field: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.where}, {self.field}: expected {self.expected}, found {self.found}"


def sha256(text: str) -> str:
    """Of a text's UTF-8, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def root_of(digests: Sequence[bytes]) -> str:
    """One hash over many, by chunks of 1,024."""
    chunks = (b"".join(digests[start : start + 1024]) for start in range(0, len(digests), 1024))
    return hashlib.sha256(b"".join(hashlib.sha256(chunk).digest() for chunk in chunks)).hexdigest()


def event_sha256(event: Json) -> str:
    """The hash of an event."""
    lines = [
        "event 1",
        f"accrual {event['accrual']}",
        f"conversion {event['conversion']}",
        f"kind {event['kind']}",
        f"occurred {event['occurred_at']}",
        f"currency {event['currency']}",
        f"amount {event['amount_minor']}",
        f"terms {event['terms']}",
        f"takes_back {event['takes_back'] or '-'}",
        f"facts {event['facts'] or '-'}",
        f"reference {event['reference']}",
    ]
    return sha256("\n".join(lines))


def adjustment_sha256(adjustment: Json) -> str:
    """The hash of what an adjustment comes of."""
    about_from, about_to = adjustment["about"]
    lines = [
        "adjustment 1",
        f"id {adjustment['id']}",
        f"kind {adjustment['kind']}",
        f"party {adjustment['party']}",
        f"other {adjustment['other'] or '-'}",
        f"about {about_from} {about_to}",
        f"effective {adjustment['effective_on']}",
        f"currency {adjustment['currency']}",
        f"amount {adjustment['amount_minor']}",
        f"terms {adjustment['terms'] or '-'}",
        f"event {adjustment['event'] or '-'}",
        f"answers {adjustment['answers'] or '-'}",
        f"facts {adjustment['facts']}",
        f"reference {adjustment['reference']}",
    ]
    return sha256("\n".join(lines))


def line_text(line: Json, currency: str) -> str:
    """A line as its hash is over."""
    names = ("line", "section", "kind", "occurred_at", "effective_on", "terms_version")
    values = [*(line[name] for name in names), currency, line["amount_minor"], line["share_minor"], line["reference"]]
    return "\t".join(str(value) for value in values)


def statement_text(s: Json) -> str:
    """A statement as its hash is over."""
    lines = [
        f"statement {s['content_version']}",
        f"number {s['number']}",
        f"organization {s['organization_id']}",
        f"agreement {s['agreement_id']}",
        f"period {s['starts_on']} {s['ends_on']} {s['time_zone']}",
        f"currency {s['currency']}",
        f"opening {s['opening_minor']}",
        f"current {s['current_minor']}",
        f"prior {s['prior_minor']}",
        f"adjustments {s['adjustments_minor']}",
        f"withheld {s['withheld_minor']}",
        f"paid {s['paid_minor']}",
        f"closing {s['closing_minor']}",
        f"base {s['amount_minor']}",
        f"orders {s['orders']}",
        f"refunds {s['refunds']}",
        f"lines {s['lines']}",
    ]
    lines += [f"terms {used['number']} {used['sha256']} {used['remainder']}" for used in s["terms"]]
    lines += [
        f"engine {s['engine_version']}",
        f"events {s['event_count']} {s['events_sha256']}",
    ]
    if s["content_version"] > min(CONTENT_VERSIONS):
        lines += [f"adjusted {s['adjustments_sha256']}", f"carried {s['carried'] or '-'}"]
    lines += [
        f"root {s['lines_root']}",
        f"chain {s['chain_number']} {s['chain_head'] or '-'}",
        f"previous {s['previous_sha256'] or '-'}",
    ]
    return "\n".join(lines)


class Check:
    """One pass over the evidence: every difference in order, what could not be verified, and what people decided."""

    def __init__(self, evidence: Json) -> None:
        self.evidence = evidence
        self.statement: Json = evidence["statement"]
        self.party: str = self.statement["organization_id"]
        self.host: str = evidence["host_id"]
        self.terms: dict[str, Json] = {}
        self.events: list[Json] = evidence["events"]
        self.outcomes: dict[int, Outcome] = {}
        self.foreign_taken: dict[str, int] = {}
        self.differences: list[Difference] = []
        self.unverified: list[str] = []
        self.decided: list[str] = []
        self.computed_lines = 0
        self.adjustments = Adjustments(self)
        self.chain = Chain(self)

    def compare(self, where: str, field: str, expected: object, found: object) -> None:
        """Note a difference, if it is one."""
        if expected != found:
            self.differences.append(Difference(where, field, str(expected), str(found)))

    def run(self) -> Check:
        """Everything, in the order in which differences are told."""
        self.check_terms()
        self.check_events()
        self.check_totals()
        self.check_lines()
        self.check_sums()
        self.check_hashes()
        self.chain.check()
        return self

    @property
    def verdict(self) -> str:
        """`same`, `different` or `not verified`."""
        if self.differences:
            return "different"
        return "not verified" if self.unverified else "same"

    # Terms
    def check_terms(self) -> None:
        """The terms are those that were signed, and those that the statement names."""
        for place, version in enumerate(self.evidence["terms"]):
            self.compare(f"terms {place + 1}", "sha256", sha256(version["document"]), version["sha256"])
            self.terms[version["sha256"]] = json.loads(version["document"])
        for used in self.statement["terms"]:
            document = self.terms.get(used["sha256"])
            where = f"terms version {used['number']}"
            if document is None:
                self.compare(where, "document", "the signed document", "nothing")
                continue
            self.compare(where, "number", document["number"], used["number"])
            remainder = document["terms"].get("rounding", {}).get("remainder", "largest_remainder")
            self.compare(where, "remainder", remainder, used["remainder"])
            self.compare(where, "agreement", document["agreement_id"], self.statement["agreement_id"])
            parties = document["terms"].get("parties", [])
            for name, party in (("host", self.host), ("party", self.party)):
                if parties and party not in parties:
                    self.compare(where, name, "one of the parties", party)
        if self.statement["engine_version"] not in ENGINES:
            self.unverified.append(
                f"this verifier does not know version {self.statement['engine_version']} of the engine"
            )

    def terms_of(self, event: Json) -> Json:
        """The terms that ruled an event."""
        document = self.terms.get(event["terms"])
        if document is None:
            raise UnverifiedError("the terms that ruled it are not in the evidence")
        terms: Json = document["terms"]
        if terms.get("schema") != TERMS_SCHEMA:
            raise UnverifiedError("this verifier does not know the first form of terms")
        return terms

    # Events
    def check_events(self) -> None:
        """Every event of the period anew."""
        self.orders = {event_sha256(e): e for e in self.evidence["earlier"]}
        self.orders.update({event_sha256(e): e for e in self.events if not e["takes_back"]})
        wanted = {e["takes_back"] for e in self.events} | self.adjustments.named_events()
        for place, earlier in enumerate(self.evidence["earlier"]):
            if event_sha256(earlier) not in wanted:
                told = "one that a refund takes back, or an adjustment is about"
                self.compare(f"earlier event {place + 1}", "hash", told, event_sha256(earlier))
        for place, event in enumerate(self.events):
            self._check_foreign(f"event {place + 1}", event)
            try:
                self.outcomes[place] = self.outcome_of(event)
            except UnverifiedError as reason:
                self.unverified.append(f"event {place + 1} ({event['reference']}): {reason}")

    def _check_foreign(self, where: str, event: Json) -> None:
        """An order in another currency comes to its amount at the stored rate of its day, what takes it back at that same rate."""
        facts, order = json.loads(event["facts"] or "{}"), self.orders.get(event["takes_back"])
        was: Json = facts.get("exchanged") or {}
        of_order: Json = (json.loads(order["facts"] or "{}").get("exchanged") or {}) if order else {}
        if not was or (event["takes_back"] and not of_order):
            self.compare(where, "currency", of_order.get("currency", "-"), was.get("currency", "-"))
            return
        if event["takes_back"]:
            self.compare(where, "currency", of_order["currency"], was["currency"])
            self._check_foreign_taken(where, event["takes_back"], was)
            unit = unit_rate(of_order["rate"])
            amount = half_up(unit * (was["taken_minor"] + was["amount_minor"])) - facts["taken_minor"]
        else:
            unit = self.check_rate(where, was["rate"], [was["currency"], event["currency"]])
            amount = half_up(unit * was["amount_minor"])
            document = self.terms.get(event["terms"])
            zone = document["terms"]["time_zone"] if document else self.statement["time_zone"]
            self.check_near(where, was["rate"], local_day(event["occurred_at"], zone))
        self.compare(where, "amount_minor", amount, event["amount_minor"])

    def _check_foreign_taken(self, where: str, order: str, was: Json) -> None:
        """What was taken back of the order before in its own currency is what refunds before it say."""
        is_here = order not in {event_sha256(e) for e in self.evidence["earlier"]}
        known = self.foreign_taken.get(order, 0 if is_here else was["taken_minor"])
        self.compare(where, f"taken back before in {was['currency']}", known, was["taken_minor"])
        self.foreign_taken[order] = was["taken_minor"] + was["amount_minor"]

    def check_rate(self, where: str, rate: Json, currencies: list[str]) -> Fraction:
        """The rate follows from the stored ones that it names; minor units of the second currency for one of the first."""
        unit = unit_rate(rate)
        exact = unit * Fraction(10) ** (DECIMALS.get(rate["base"], 2) - DECIMALS.get(rate["quote"], 2))
        self.compare(where, "rate", f"{exact.numerator}/{exact.denominator}", rate["rate"])
        shown = Fraction(half_up(exact * 10**8), 10**8)
        self.compare(where, "rate_text", shown, Fraction(rate["rate_text"]))
        self.compare(where, "currencies of the rate", currencies, [rate["base"], rate["quote"]])
        rows = [(row["base"], row["quote"]) for row in rate["rates"]]
        middle = rows[0][0]
        wanted = {
            "direct": [(rate["base"], rate["quote"])],
            "inverse": [(rate["quote"], rate["base"])],
            "cross": [(middle, rate["base"]), (middle, rate["quote"])],
        }[rate["way"]]
        self.compare(where, "stored rates", wanted, rows)
        return unit

    def check_near(self, where: str, rate: Json, last: date) -> None:
        """The rate is of that day, or of one shortly before."""
        if not last - timedelta(days=LONGEST_DAYS) <= date.fromisoformat(rate["valid_on"]) <= last:
            told = f"at most {LONGEST_DAYS} days before {last.isoformat()}"
            self.compare(where, "day of the rate", told, rate["valid_on"])

    def outcome_of(self, event: Json) -> Outcome:
        """What one event comes to."""
        facts = json.loads(event["facts"] or "{}")
        terms = self.ruling(event, facts)
        if not event["takes_back"]:
            return conversion(terms, event, facts, self.host)
        order = self.orders.get(event["takes_back"])
        if order is None:
            raise UnverifiedError("the order that it takes back is not in the evidence")
        if "ruled_by" in facts:
            given = conversion(terms, order, facts["ruled_facts"], self.host)
        else:
            given = conversion(terms, order, json.loads(order["facts"] or "{}"), self.host)
        return refund(terms, event, facts, order, given, self.host)

    def ruling(self, event: Json, facts: Json) -> Json:
        """The terms that rule an event: those under which its order accrued, or others that were signed later."""
        if "ruled_by" not in facts:
            return self.terms_of(event)
        if "ruled_facts" not in facts or facts["ruled_by"] not in self.terms:
            raise UnverifiedError("later terms rule its order, which are not in the evidence")
        return self.terms_of({**event, "terms": facts["ruled_by"]})

    # Totals
    def check_totals(self) -> None:
        """What each event says of what came before it follows from the events before it."""
        running: dict[Window, list[int]] = {}
        taken: dict[str, int] = {}
        for place, event in enumerate(self.events):
            facts = json.loads(event["facts"] or "{}")
            if event["takes_back"] and "taken_minor" in facts:
                self._check_taken(place, event, facts, taken)
            outcome = self.outcomes.get(place)
            if outcome is not None and needs_totals(self.ruling(event, facts)):
                self._check_windows(place, event, facts, outcome, running)

    def _check_taken(self, place: int, event: Json, facts: Json, taken: dict[str, int]) -> None:
        key = event["takes_back"]
        is_here = any(event_sha256(e) == key for e in self.events) if key not in taken else True
        known = taken.get(key, 0 if is_here else facts["taken_minor"])
        self._follow(f"event {place + 1}", "taken back before", known, facts["taken_minor"])
        taken[key] = facts["taken_minor"] + event["amount_minor"]

    def _check_windows(
        self, place: int, event: Json, facts: Json, outcome: Outcome, running: dict[Window, list[int]]
    ) -> None:
        terms = self.ruling(event, facts)
        order = self.orders.get(event["takes_back"], event)
        for kind, key, length, before, counted in self._counted(terms, facts, outcome):
            name, begins = window_of(length, order["occurred_at"], terms["time_zone"])
            window = (kind, key, name)
            if window not in running:
                running[window] = [0, 0, 0] if self._begins_here(begins, terms) else list(before)
            self._follow(f"event {place + 1}", f"total of {key} in {name}", running[window], list(before))
            running[window] = [a + b for a, b in zip(before, counted, strict=True)]

    def _counted(
        self, terms: Json, facts: Json, outcome: Outcome
    ) -> Iterator[tuple[str, str, str, Sequence[int], Sequence[int]]]:
        """Every window in which an event counts: what was there, and what it adds."""
        for clause in terms["clauses"]:
            if accumulates(clause, terms) and clause["id"] in facts.get("windows", {}):
                length = clause["pays"].get("window", "month") if clause["pays"]["kind"] == "tiered" else "month"
                added = outcome.counted.get(clause["id"], [0, 0, 0])
                yield "clause", clause["id"], length, facts["windows"][clause["id"]], added
        for cap in terms.get("caps", []):
            if cap.get("per", "everybody") == "everybody" and cap["id"] in facts.get("earned", {}):
                added = [outcome.earned.get(cap["id"], 0), 0, 0]
                yield "cap", cap["id"], cap["window"], [facts["earned"][cap["id"]], 0, 0], added

    def _begins_here(self, begins: date | None, terms: Json) -> bool:
        cut_off = terms.get("periods", {}).get("cut_off", "00:00")
        return begins is not None and begins.isoformat() >= self.statement["starts_on"] and cut_off == "00:00"

    def _follow(self, where: str, field: str, expected: object, found: object) -> None:
        """Totals are reckoned anew when later terms are signed; otherwise each follows from the events before it."""
        if expected == found or any(each["kind"] == "rerated" for each in self.adjustments.all):
            return
        if len(self.evidence["terms"]) > 1:
            self.unverified.append(f"{where}: {field} does not follow from the events; later terms may have changed it")
        else:
            self.compare(where, field, expected, found)

    # Lines
    def check_lines(self) -> None:
        """Every line anew, and no event without its line."""
        seen: dict[int, int] = {}
        for place, line in enumerate(self.evidence["lines"]):
            where = f"line {line['line']}"
            self.compare(f"line {place + 1}", "line", place + 1, line["line"])
            if line["section"] == "adjustment":
                self.adjustments.check(where, line)
            else:
                self.check_conversion(where, line, seen)
        for place, outcome in self.outcomes.items():
            if outcome.share_of(self.party) and place not in seen:
                reference = self.events[place]["reference"]
                self.compare(f"event {place + 1} ({reference})", "line", outcome.share_of(self.party), "no line")
        self.adjustments.check_missing()

    def check_conversion(self, where: str, line: Json, seen: dict[int, int]) -> None:
        """One conversion's line against its event."""
        place = line["event"]
        if not isinstance(place, int) or not 0 <= place < len(self.events) or place in seen:
            self.compare(where, "event", "an event of its own", place)
            return
        seen[place] = line["line"]
        event = self.events[place]
        for name in ("kind", "reference", "occurred_at"):
            self.compare(where, name, event[name], line[name])
        document = self.terms.get(event["terms"])
        if document is not None:
            self.compare(where, "terms_version", document["number"], line["terms_version"])
        if (outcome := self.outcomes.get(place)) is None:
            return
        self.compare(where, "amount_minor", outcome.base, line["amount_minor"])
        self.compare(where, "share_minor", outcome.share_of(self.party), line["share_minor"])
        self.computed_lines += 1

    # Sums and hashes
    def check_sums(self) -> None:
        """The figures of the statement are the sums of its lines."""
        lines, said = self.evidence["lines"], self.statement
        backs = ("refund", "chargeback", "chargeback_won")
        shares: dict[str, int] = defaultdict(int)
        for line in lines:
            shares[line["section"]] += line["share_minor"]
        sold = [line for line in lines if line["section"] != "adjustment"]
        expected = {
            "current_minor": shares["current"],
            "prior_minor": shares["prior"],
            "adjustments_minor": shares["adjustment"],
            "amount_minor": sum(line["amount_minor"] for line in lines),
            "orders": sum(line["kind"] not in backs for line in sold),
            "refunds": sum(line["kind"] in backs[:2] for line in lines),
            "lines": len(lines),
            "event_count": len(self.events),
        }
        for name, value in expected.items():
            self.compare("statement", name, value, said[name])
        moved = said["current_minor"] + said["prior_minor"] + said["adjustments_minor"]
        closing = said["opening_minor"] + moved - said["withheld_minor"] - said["paid_minor"]
        self.compare("statement", "closing_minor", closing, said["closing_minor"])

    def check_hashes(self) -> None:
        """The hashes come of what the evidence says."""
        said, lines = self.statement, self.evidence["lines"]
        digests = [bytes.fromhex(event_sha256(event)) for event in self.events]
        self.compare("statement", "events_sha256", root_of(digests), said["events_sha256"])
        texts = [line_text(line, said["currency"]) for line in lines]
        self.compare(
            "statement", "lines_root", root_of([bytes.fromhex(sha256(text)) for text in texts]), said["lines_root"]
        )
        if said["content_version"] not in CONTENT_VERSIONS:
            self.compare("statement", "content_version", max(CONTENT_VERSIONS), said["content_version"])
        if said["content_version"] > min(CONTENT_VERSIONS):
            grounds = [bytes.fromhex(adjustment_sha256(each)) for each in self.adjustments.all]
            self.compare("statement", "adjustments_sha256", root_of(grounds), said["adjustments_sha256"])
        self.compare("statement", "content_sha256", sha256(statement_text(said)), said["content_sha256"])


def name_of_span(starts_on: str, ends_on: str) -> str:
    """`2026-11` for a whole month, else the first and the last day."""
    begin, end = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    if begin.day == 1 and end == (begin.replace(day=28) + timedelta(days=4)).replace(day=1):
        return f"{begin:%Y-%m}"
    return f"{begin.isoformat()}/{(end - timedelta(days=1)).isoformat()}"


def value_added_rate(terms: Json, party: str) -> Fraction:
    """The rate of value-added tax on a party's earnings; 0 for every treatment but the standard one."""
    return ratio(value_added_rule(terms, party).get("rate"))


def value_added_rule(terms: Json, party: str) -> Json:
    """How the terms treat a party's earnings; empty where they say nothing of it."""
    found: Json = next((each for each in terms.get("value_added_tax", []) if each["party"] == party), {})
    return found


def settlement_currency(terms: Json, party: str) -> str:
    """The currency in which a party is paid."""
    rules = sorted(
        (rule for rule in terms.get("payouts", []) if rule.get("party") in (None, party)),
        key=lambda rule: rule.get("party") is None,
    )
    return str((rules[0].get("currency") if rules else None) or terms["currency"])


def pooled(terms: Json, clause: Json, revenues: dict[str, int], host: str) -> tuple[int, list[tuple[str, str, int]]]:
    """What was put in by weight, and what moves for it: (to, from, amount)."""
    weights = {put["party"]: ratio(put["weight"]) for put in clause.get("pool", [])}
    exact = sum((weight * revenues.get(party, 0) for party, weight in weights.items()), Fraction(0))
    pool = half_up(exact)
    alone = {**clause, "earns_on": "sale", "pool": [], "when": []}
    told = {"amount_minor": pool, "quantity": 1}
    only = {**terms, "clauses": [alone], "territory": None}
    found, _ = evaluate(only, "sale", "", told, {}, {}, host)
    pays = clause["pays"]
    if pays["kind"] == "nothing":
        return pool, []
    if pays["kind"] not in ("split", "waterfall"):
        earned = sum(part.amount for part in found.parts if not part.is_rest)
        return pool, [(pays["party"], pays["payer"], earned)]
    nets: dict[str, int] = defaultdict(int)
    for part in found.parts:
        nets[part.party] += part.amount
    if exact:
        ratios = [weight * revenues.get(party, 0) / exact for party, weight in weights.items()]
        for party, amount in zip(weights, split(pool, ratios, "largest_remainder", -1)[0], strict=True):
            nets[party] -= amount
    return pool, [(party, host, nets[party]) for party in terms["parties"] if party != host and nets.get(party)]


def recouped(advances: Sequence[tuple[str, int, Fraction]], earned: int, available: int) -> dict[str, int]:
    """How much each advance (id, left, share) recoups of the earnings, the first ones first, never more than there is."""
    rest, found = min(earned, available), {}
    for name, left, share in advances:
        part = min(half_up(earned * share), left, rest)
        if part > 0:
            found[name] = part
            rest -= part
    return found


def offsets(own: list[int], others: list[list[Any]]) -> dict[str, int]:
    """How much is offset with each other agreement (id, available, owed): above 0 what pays the own debt."""
    found, (available, owed) = {}, own
    for agreement, there, owed_there in others:
        taken, given = min(owed, there), min(available, owed_there)
        owed, available = owed - taken, available - given
        found[agreement] = taken - given
    return found


def unit_rate(rate: Json) -> Fraction:
    """How many minor units of the quote one of the base is, by the stored rates that the line names."""
    rows = [Fraction(row["rate"]) for row in rate["rates"]]
    if rate["way"] == "direct":
        exact = rows[0]
    elif rate["way"] == "inverse":
        exact = 1 / rows[0]
    else:
        exact = rows[1] / rows[0]
    return exact * Fraction(10) ** (DECIMALS.get(rate["quote"], 2) - DECIMALS.get(rate["base"], 2))


class Adjustments:
    """What stands on the statement beside conversions: each recomputed from the terms, its facts, and what was carried."""

    def __init__(self, check: Check) -> None:
        self.of = check
        self.is_told: bool = check.statement["content_version"] > min(CONTENT_VERSIONS)
        self.all: list[Json] = check.evidence.get("adjustments", []) if self.is_told else []
        self.by_line = {each["line"]: each for each in self.all}
        self.carried: Json = self._carried(check.statement)
        self.in_force: list[str] = self.carried.get("in_force", [])
        self.seen: set[str] = set()

    def compare(self, where: str, field: str, expected: object, found: object) -> None:
        """Note a difference, if it is one."""
        self.of.compare(where, field, expected, found)

    def _carried(self, statement: Json) -> Json:
        """What its party had before; text that is no JSON any more is named, and its hash does not fit either."""
        text = (self.is_told and statement.get("carried")) or "{}"
        try:
            found: Json = json.loads(text)
        except ValueError:
            self.of.compare("statement", "carried", "JSON as text", text[:80])
            return {}
        return found

    def check(self, where: str, line: Json) -> None:
        """One line."""
        check, kind = self.of, line["kind"]
        self.compare(where, "amount_minor", 0, line["amount_minor"])
        if kind in DECIDED:
            check.decided.append(f"{where} ({kind}): {line['share_minor']}")
        rule = {
            "flat_fee": self._flat_fee,
            "advance": self._advance,
            "pooled_revenue": self._pooled_revenue,
            "chargeback_fee": self._chargeback_fee,
            "advance_recouped": self._advance_recouped,
            "value_added_tax": self._value_added_tax,
            "tax_reversed": self._tax_reversed,
            "tax_unrecovered": self._tax_unrecovered,
            "exchanged": self._exchanged,
            "guarantee": self._guarantee,
            "rerated": self._rerated,
            "offset": self._offset,
            "escheat": self._escheat,
            "reclaimed": self._reclaimed,
        }.get(kind)
        if rule is None and kind not in DECIDED:
            check.unverified.append(f"{where} ({kind}): this verifier does not know the kind")
            return
        try:
            adjustment = self._named(where, line)
            amount = rule(where, adjustment) if rule else adjustment["amount_minor"]
        except UnverifiedError as reason:
            if kind not in DECIDED:
                check.unverified.append(f"{where} ({kind}): {reason}")
            return
        self.compare(where, "share_minor", self._signed(amount, adjustment), line["share_minor"])
        self.compare(f"adjustment of {where}", "amount_minor", amount, adjustment["amount_minor"])
        check.computed_lines += kind not in DECIDED

    def _named(self, where: str, line: Json) -> Json:
        """What the line comes of; the line says the same."""
        if not self.is_told:
            return self._guessed(line)
        adjustment = self.by_line.get(line["line"])
        if adjustment is None:
            self.compare(where, "adjustment", "what it comes of", "nothing")
            raise UnverifiedError("what it comes of is not in the evidence")
        for name in ("kind", "reference", "effective_on"):
            self.compare(where, name, adjustment[name], line[name])
        document = self.of.terms.get(adjustment["terms"])
        if adjustment["terms"] and document is None:
            raise UnverifiedError("its terms are not in the evidence")
        self.compare(where, "terms_version", document["number"] if document else 0, line["terms_version"])
        self.compare(where, "currency", self.of.statement["currency"], adjustment["currency"])
        return adjustment

    def _guessed(self, line: Json) -> Json:
        """On statements that don't say what their adjustments come of: what the terms alone decide."""
        shas = [sha for sha, document in self.of.terms.items() if document["number"] == line["terms_version"]]
        if line["kind"] not in ("flat_fee", "advance") or not shas:
            raise UnverifiedError(NOT_KEPT)
        terms = self.of.terms[shas[0]]["terms"]
        if line["kind"] == "advance":
            named = [a for a in terms.get("advances", []) if a["id"] == line["reference"]]
            pair = [(a["party"], a["paid_by"]) for a in named]
        else:
            named = [
                c for c in terms["clauses"] if c.get("earns_on") == "flat_fee" and named_as(c) == line["reference"]
            ]
            pair = [(c["pays"]["party"], c["pays"]["payer"]) for c in named]
        if not named:
            raise UnverifiedError(NOT_KEPT)
        (party, other), amount = pair[0], line["share_minor"]
        other = "" if line["kind"] == "advance" and other == self.of.host else other
        return {
            "party": party,
            "other": other,
            "terms": shas[0],
            "reference": line["reference"],
            "facts": json.dumps({"clause": named[0]["id"]}),
            "amount_minor": amount if party == self.of.party else -amount,
        }

    def named_events(self) -> set[str]:
        """The hashes of events that adjustments are about, and of what had taken back of them."""
        told = (json.loads(each["facts"]).get("taken_by", []) for each in self.all if each["kind"] == "rerated")
        return {each["event"] for each in self.all} | {name for names in told for name in names}

    # What every rule asks
    def _terms(self, adjustment: Json) -> Json:
        document = self.of.terms.get(adjustment["terms"])
        if document is None:
            raise UnverifiedError("its terms are not in the evidence")
        terms: Json = document["terms"]
        return terms

    def _ruling(self, where: str = "", adjustment: Json | None = None) -> Json:
        """The terms that rule the period as a whole; the adjustment names them."""
        sha = self.carried.get("ruled_by", "") if self.is_told else (adjustment or {}).get("terms", "")
        if adjustment is not None:
            self.compare(where, "terms", sha, adjustment["terms"])
        return self._terms({"terms": sha})

    def _signed(self, amount: int, adjustment: Json) -> int:
        if adjustment["party"] == self.of.party:
            return amount
        return -amount if adjustment["other"] == self.of.party else 0

    def _between(self, where: str, adjustment: Json, party: str, other: str) -> None:
        self.compare(where, "party", party, adjustment["party"])
        self.compare(where, "other party", other or "-", adjustment["other"] or "-")

    def _once(self, where: str, key: str) -> None:
        if key in self.seen:
            self.compare(where, "adjusted", "once", f"twice: {key}")
        self.seen.add(key)

    def _own_lines(self, kinds: set[str] | None = None) -> Iterator[tuple[Json, int]]:
        """The adjustments of these kinds (or all), each with what it gives this party."""
        for each in self.all:
            if kinds is None or each["kind"] in kinds:
                yield each, self._signed(each["amount_minor"], each)

    # By the terms alone
    def _flat_fee(self, where: str, adjustment: Json) -> int:
        terms, name = self._ruling(where, adjustment), json.loads(adjustment["facts"])["clause"]
        clause = next((c for c in terms["clauses"] if c["id"] == name and c.get("earns_on") == "flat_fee"), None)
        if clause is None:
            self.compare(where, "clause", "one that pays for the period", name)
            return 0
        self.compare(where, "reference", named_as(clause), adjustment["reference"])
        self._between(where, adjustment, clause["pays"]["party"], clause["pays"]["payer"])
        self._once(where, f"flat fee {name}")
        return rounded_earning(minor(clause["pays"]["amount"], terms["currency"]), terms)

    def _advance(self, where: str, adjustment: Json) -> int:
        terms, name = self._terms(adjustment), adjustment["reference"]
        advance = next((each for each in terms.get("advances", []) if each["id"] == name), None)
        if advance is None:
            self.compare(where, "advance", "one of the terms", name)
            return 0
        payer = "" if advance["paid_by"] == self.of.host else advance["paid_by"]
        self._between(where, adjustment, advance["party"], payer)
        self._once(where, f"advance {name}")
        if self.is_told:
            facts = json.loads(adjustment["facts"])
            wanted = f"{ratio(advance.get('recoups', '1'))} {advance.get('pool') or ''}"
            self.compare(where, "recoups", wanted, f"{ratio(facts['recoups'])} {facts['pool']}")
        return int(minor(advance["amount"], terms["currency"]))

    # By what was reported
    def _pooled_revenue(self, where: str, adjustment: Json) -> int:
        terms, facts = self._ruling(where, adjustment), json.loads(adjustment["facts"])
        clause = self._pool_clause(terms, facts["clause"])
        if clause is None:
            self.compare(where, "clause", "one that pools revenue", facts["clause"])
            return 0
        self.compare(where, "reference", named_as(clause), adjustment["reference"])
        weights = [(put["party"], str(ratio(put["weight"]))) for put in clause["pool"]]
        self.compare(where, "weights", weights, [(put["party"], put["weight"]) for put in facts["put_in"]])
        pool, transfers = pooled(terms, clause, revenues_of(facts), self.of.host)
        self.compare(where, "pool_minor", pool, facts["pool_minor"])
        self._once(where, f"pool {clause['id']} {adjustment['party']}")
        found = next((each for each in transfers if each[0] == adjustment["party"]), (adjustment["party"], "", 0))
        self._between(where, adjustment, found[0], found[1])
        return found[2]

    @staticmethod
    def _pool_clause(terms: Json, name: str) -> Json | None:
        clauses = (c for c in terms["clauses"] if c["id"] == name and c.get("earns_on") == "pooled_revenue")
        return next(clauses, None)

    def _chargeback_fee(self, where: str, adjustment: Json) -> int:
        """What the provider charged is the host's word, as what was sold; who bears it, once, and which way is not."""
        digests = {event_sha256(event): event for event in self.of.events}
        event, facts = digests.get(adjustment["event"]), json.loads(adjustment["facts"])
        if event is None or event["kind"] not in ("chargeback", "chargeback_won"):
            self.compare(where, "event", "a chargeback of the period", adjustment["event"] or "-")
            return 0
        if "fee_minor" not in facts:
            raise UnverifiedError(NOT_KEPT)
        self.compare(where, "terms", event["terms"], adjustment["terms"])
        self.compare(where, "reference", event["reference"], adjustment["reference"])
        bearer = self._terms(adjustment).get("refunds", {}).get("chargeback_fee")
        self._between(where, adjustment, bearer or "", self.of.host)
        self._once(where, f"chargeback fee of {event['conversion']}")
        fee: int = facts["fee_minor"]
        return -fee if event["kind"] == "chargeback" else fee

    # By what is due and available
    def _advance_recouped(self, where: str, adjustment: Json) -> int:
        if adjustment["party"] != self.of.party:
            raise UnverifiedError("what it is recouped of is the other party's own; that party's statement shows it")
        told = next((e for e in self.advances() if e["id"] == adjustment["answers"]), None)
        if told is None:
            self.compare(where, "answers", "an advance that was left", adjustment["answers"] or "-")
            return 0
        self.compare(where, "reference", told["advance"], adjustment["reference"])
        self._once(where, f"recouped of {told['id']}")
        rule = self._advance_rule(where, told)
        payer = "" if rule["paid_by"] == self.of.host else rule["paid_by"]
        self._between(where, adjustment, rule["party"], payer)
        facts, whole = json.loads(adjustment["facts"]), minor(rule["amount"], self._terms(told)["currency"])
        self.compare(where, "advance_minor", int(whole), facts["advance_minor"])
        self.compare(where, "agreement", told["agreement"], facts["agreement"])
        return -self._recouped().get(told["id"], 0)

    def advances(self) -> list[Json]:
        found: list[Json] = self.carried.get("advances", {}).get("of", [])
        return found

    def _advance_rule(self, where: str, told: Json) -> Json:
        terms = self._terms(told)
        rule = next((each for each in terms.get("advances", []) if each["id"] == told["advance"]), None)
        if rule is None:
            self.compare(where, "advance", "one of the terms", told["advance"])
            raise UnverifiedError("its advance is not in the terms")
        document = self.of.terms[told["terms"]]
        self.compare(where, "agreement of the advance", document["agreement_id"], told["agreement"])
        if told["left_minor"] > int(minor(rule["amount"], terms["currency"])):
            self.compare(where, "left of the advance", f"at most {rule['amount']}", told["left_minor"])
        found: Json = rule
        return found

    def _recouped(self) -> dict[str, int]:
        told, advances = self.carried.get("advances", {}), []
        for each in self.advances():
            rule = self._advance_rule("carried", each)
            advances.append((each["id"], each["left_minor"], ratio(rule.get("recoups", "1"))))
        return recouped(advances, told.get("earned_minor", 0), told.get("available_minor", 0))

    # Taxes
    def _value_added_tax(self, where: str, adjustment: Json) -> int:
        """What goes back to an earlier statement is taxed as that one was; each in a line of its own."""
        facts, about = json.loads(adjustment["facts"]), tuple(adjustment["about"])
        is_present = about == self._span() or not self._taxes_as_originals()
        terms = self._ruling(where, adjustment) if is_present else self._ruled_before(where, adjustment)
        self._between(where, adjustment, self.of.party, "")
        self._once(where, f"value-added tax of {about}")
        rate, rule = value_added_rate(terms, self.of.party), value_added_rule(terms, self.of.party)
        lines = self._taxed_lines().get(about, [])
        self.compare(where, "treatment", rule.get("treatment", "none"), facts["treatment"])
        self.compare(where, "rate", f"{rate.numerator}/{rate.denominator}", facts["rate"])
        self.compare(where, "net_minor", sum(lines), facts["net_minor"])
        self.compare(where, "lines", len(lines), facts["lines"])
        return sum(half_up(line * rate) for line in lines)

    def _span(self) -> tuple[str, str]:
        return self.of.statement["starts_on"], self.of.statement["ends_on"]

    def _taxes_as_originals(self) -> bool:
        """Whether it says so; statements that closed before have one tax, at the rate of their own period."""
        return bool(self.carried.get("value_added_tax") == "as_originals")

    def _ruled_before(self, where: str, adjustment: Json) -> Json:
        """The terms that ruled an earlier statement, as the adjustment names them."""
        begin, end = adjustment["about"]
        if end > self.of.statement["starts_on"]:
            self.compare(where, "about", "an earlier period", f"{begin} {end}")
        if not adjustment["terms"]:
            return {}
        document = self.of.terms.get(adjustment["terms"], {})
        if document and document["effective_from"][:10] > end:
            self.compare(where, "terms", f"such as were in force before {end}", document["number"])
        return self._terms(adjustment)

    def _taxed_lines(self) -> dict[tuple[str, ...], list[int]]:
        """The shares of the lines that are earnings, by the period to whose statement they go back, or this one."""
        found: dict[tuple[str, ...], list[int]] = defaultdict(list)
        taxes = [each for each in self.all if each["kind"] == "value_added_tax"]
        named = {name: tuple(tax["about"]) for tax in taxes for name in json.loads(tax["facts"]).get("named", [])}
        backs = {tuple(tax["about"]) for tax in taxes} - {self._span()}
        earlier = {event_sha256(event): event for event in self.of.evidence["earlier"]}
        for line in self.of.evidence["lines"]:
            if line["section"] != "adjustment":
                event = self.of.events[line["event"]] if isinstance(line.get("event"), int) else {}
                order = earlier.get(event.get("takes_back", ""))
                about = self._span() if order is None else self._spanning(order, backs)
                found[named.get(event.get("accrual", ""), about)].append(line["share_minor"])
        for each, share in self._own_lines():
            if each["other"] and each["kind"] not in ("advance", "advance_recouped"):
                found[named.get(each["id"], tuple(each["about"]))].append(share)
        return (
            found
            if self._taxes_as_originals()
            else {self._span(): [share for all_ in found.values() for share in all_]}
        )

    def _spanning(self, order: Json, backs: set[tuple[str, ...]]) -> tuple[str, ...]:
        """The earlier period in which an order occurred; no period where no tax names one."""
        day = local_day(order["occurred_at"], self.of.statement["time_zone"]).isoformat()
        return next((about for about in sorted(backs) if about[0] <= day < about[1]), ())

    def _tax_reversed(self, where: str, adjustment: Json) -> int:
        """In proportion to what was paid and is owed back; payouts and debts stand on this and earlier statements."""
        facts = json.loads(adjustment["facts"])
        if "outstanding_minor" not in facts:
            raise UnverifiedError(NOT_KEPT)
        self._between(where, adjustment, self.of.party, "")
        self._once(where, "tax reversed")
        last = date.fromisoformat(self.of.statement["ends_on"]) - timedelta(days=1)
        self.compare(where, "year", f"{last.year} {last.year}", f"{facts['year']} {adjustment['reference']}")
        owed, paid = facts["owed_minor"], facts["paid_minor"]
        back = half_up(Fraction(min(max(owed, 0), paid) * facts["withheld_minor"], paid)) if paid > 0 else 0
        wanted: int = max(back, min(facts["earlier_minor"], owed))
        amount = wanted - int(facts["outstanding_minor"])
        into = facts.get("into")
        if into is None:
            return amount
        currency = settlement_currency(self._ruling(), self.of.party)
        self.compare(where, "into", currency, into["currency"])
        self.compare(where, f"comes to {currency}", amount, into["amount_minor"])
        self._check_posted_into(where, adjustment, currency, amount)
        return 0

    def _tax_unrecovered(self, where: str, adjustment: Json) -> int:
        """Nothing moves; how much it was is in proportion to what earlier years paid and is owed back now, and was not before."""
        facts = json.loads(adjustment["facts"])
        self._between(where, adjustment, self.of.party, "")
        self._once(where, "tax not recovered")
        paid, withheld = facts["earlier_paid_minor"], facts["earlier_withheld_minor"]
        now, before = (
            half_up(Fraction(min(max(owed - facts["paid_minor"], 0), paid) * withheld, paid)) if paid > 0 else 0
            for owed in (facts["owed_minor"], facts["before_minor"])
        )
        self.compare(where, "tax_minor", max(0, now - before), facts["tax_minor"])
        return 0

    # Exchanges
    def _exchanged(self, where: str, adjustment: Json) -> int:
        """At the printed rate, which follows from the stored rates; what it comes to is posted in the other currency."""
        facts, terms = json.loads(adjustment["facts"]), self._ruling()
        self._between(where, adjustment, self.of.party, "")
        self._once(where, f"exchanged {adjustment['answers']}")
        into, rate, amount = facts["into"], facts["rate"], -adjustment["amount_minor"]
        currency = settlement_currency(terms, self.of.party)
        self.compare(where, "into", currency, into["currency"])
        self.compare(where, "reference", f"{self.of.statement['currency']} → {currency}", adjustment["reference"])
        unit = self._unit(where, rate)
        if adjustment["answers"]:
            if "before" not in facts:
                raise UnverifiedError(NOT_KEPT)
            before = facts["before"]
            comes_to = half_up(unit * (before["taken_minor"] + amount)) - before["back_minor"]
            result = comes_to - half_up(self._unit(where, facts["present_rate"]) * amount)
        else:
            exact, result = unit * amount, 0
            is_down = terms.get("rounding", {}).get("earner") == "down"
            comes_to = int(exact) if is_down else half_up(exact)
            self._is_near(where, rate)
        self.compare(where, f"comes to {currency}", comes_to, into["amount_minor"])
        self.compare(where, "host_result_minor", result, facts["host_result_minor"])
        self._check_posted_into(where, adjustment, currency, comes_to)
        return -self._exchanged_amount(adjustment)

    def _unit(self, where: str, rate: Json) -> Fraction:
        currencies = [self.of.statement["currency"], settlement_currency(self._ruling(), self.of.party)]
        return self.of.check_rate(where, rate, currencies)

    def _is_near(self, where: str, rate: Json) -> None:
        self.of.check_near(where, rate, date.fromisoformat(self.of.statement["ends_on"]) - timedelta(days=1))

    def _check_posted_into(self, where: str, adjustment: Json, currency: str, amount: int) -> None:
        key = f"adjustment:{adjustment['id']}"
        own = [journal for journal in self.of.chain.journals if journal.get("key") == key]
        if own:
            self.compare(where, f"posted in {currency}", amount, self.of.chain.own("available", own, currency))

    def _exchanged_amount(self, adjustment: Json) -> int:
        """What is taken back of an earlier exchange is what refunds say; the rest is what was available, and no more."""
        amount: int = -adjustment["amount_minor"]
        if adjustment["answers"]:
            return amount
        taken = sum(-each["amount_minor"] for each in self.all if each["kind"] == "exchanged" and each["answers"])
        there = self._available({"exchanged"}) - taken
        return there if there <= 0 or amount > there else amount

    # What other periods count in
    def _guarantee(self, where: str, adjustment: Json) -> int:
        terms, facts = self._terms(adjustment), json.loads(adjustment["facts"])
        rule = next((g for g in terms.get("guarantees", []) if g["party"] == adjustment["party"]), None)
        if rule is None:
            self.compare(where, "party", "one that the terms guarantee something", adjustment["party"])
            return 0
        if "before_minor" not in facts:
            raise UnverifiedError(NOT_KEPT)
        self._between(where, adjustment, rule["party"], rule["borne_by"])
        self._once(where, f"guarantee {adjustment['party']} {adjustment['about']}")
        self.compare(where, "reference", name_of_span(*adjustment["about"]), adjustment["reference"])
        guaranteed = int(minor(rule["amount"], terms["currency"]))
        self.compare(where, "guaranteed_minor", guaranteed, facts["guaranteed_minor"])
        is_own = adjustment["about"] == [self.of.statement["starts_on"], self.of.statement["ends_on"]]
        before, made_up = (0, 0) if is_own else (facts["before_minor"], facts["made_up_minor"])
        earned = before + self.earned_in(rule["party"], adjustment["about"])
        if earned != facts["earned_minor"] and rule["party"] != self.of.party:
            raise UnverifiedError("what adjusted the other party's earnings is on that party's own statement")
        self.compare(where, "before_minor", before, facts["before_minor"])
        self.compare(where, "earned_minor", earned, facts["earned_minor"])
        self.compare(where, "made_up_minor", made_up, facts["made_up_minor"])
        return max(0, guaranteed - earned) - made_up

    def earned_in(self, party: str, about: list[str]) -> int:
        """What came in this period of what a party earned for another one, or for this one."""
        if len(self.of.outcomes) < len(self.of.events):
            raise UnverifiedError("it depends on conversions that could not be computed")
        zone, found = self.of.statement["time_zone"], 0
        cut_off = self._ruling().get("periods", {}).get("cut_off", "00:00")
        for place, outcome in self.of.outcomes.items():
            event = self.of.events[place]
            order = self.of.orders.get(event["takes_back"], event)
            if about[0] <= business_day(order["occurred_at"], zone, cut_off) < about[1]:
                found += outcome.share_of(party)
        for each in self._adjusted(about):
            found += each["amount_minor"] if each["party"] == party else 0
            found -= each["amount_minor"] if each["other"] == party else 0
        return found

    def _adjusted(self, about: list[str]) -> Iterator[Json]:
        """What adjusted earnings of a period, as far as this party knows it; fixed amounts and pools tell everybody."""
        terms, is_own = self._ruling(), about == [self.of.statement["starts_on"], self.of.statement["ends_on"]]
        told = {}
        for each in self.all:
            if each["kind"] == "pooled_revenue":
                told[json.loads(each["facts"])["clause"]] = json.loads(each["facts"])
            elif each["kind"] in EARNINGS - {"flat_fee"} and each["about"] == about:
                yield each
        for clause in terms["clauses"] if is_own else []:
            pays = clause["pays"]
            if clause.get("earns_on") == "flat_fee":
                amount = rounded_earning(minor(pays["amount"], terms["currency"]), terms)
                yield {"party": pays["party"], "other": pays["payer"], "amount_minor": amount}
            elif clause["id"] in told:
                for party, other, amount in pooled(terms, clause, revenues_of(told[clause["id"]]), self.of.host)[1]:
                    yield {"party": party, "other": other, "amount_minor": amount}

    def _rerated(self, where: str, adjustment: Json) -> int:
        """What the conversion would have come to under the later terms, less what the party has of it so far."""
        facts, check = json.loads(adjustment["facts"]), self.of
        order = check.orders.get(adjustment["event"])
        if order is None:
            self.compare(where, "event", "an order in the evidence", adjustment["event"] or "-")
            return 0
        if "taken_by" not in facts:
            raise UnverifiedError(NOT_KEPT)
        terms, party, taken = self._terms(adjustment), adjustment["party"], facts["taken_minor"]
        self._between(where, adjustment, party, check.host)
        self._once(where, f"rerated {adjustment['event']} {adjustment['terms']} {party}")
        self.compare(where, "reference", order["reference"], adjustment["reference"])
        self.compare(where, "number", check.terms[adjustment["terms"]]["number"], facts["number"])
        known = json.loads(order["facts"] or "{}").get("of", [])
        for now, then in zip(facts["facts"].get("of", []), known, strict=False):
            for name in set(now) & set(then):
                self.compare(where, f"its order's {name}", then[name], now[name])
        given = conversion(terms, order, facts["facts"], check.host)
        back = up_to(given, -taken, terms, check.host).share_of(party) if taken else 0
        nothing = up_to(given, 0, terms, check.host).share_of(party) if taken else 0
        refunds = self._taken_by(adjustment["event"], facts)
        self.compare(where, "taken_minor", sum(event["amount_minor"] for event in refunds), taken)
        had = sum(check.outcome_of(event).share_of(party) for event in (order, *refunds))
        return given.share_of(party) - back + nothing - had - int(facts["adjusted_minor"])

    def _taken_by(self, order: str, facts: Json) -> list[Json]:
        """The refunds that had taken back of an order, which its adjustment names by their hashes."""
        events = [e for e in [*self.of.evidence["earlier"], *self.of.events] if e["takes_back"] == order]
        found = [event for event in events if event_sha256(event) in facts["taken_by"]]
        if len(found) < len(facts["taken_by"]):
            raise UnverifiedError("what refunds had taken back of its order is not in the evidence")
        return found

    def _offset(self, where: str, adjustment: Json) -> int:
        """A debt paid out of what there is under another agreement; both statements say the same balances."""
        facts, own = json.loads(adjustment["facts"]), self.of.statement["agreement_id"]
        if "sides" not in facts:
            raise UnverifiedError(NOT_KEPT)
        self._between(where, adjustment, self.of.party, "")
        self._once(where, f"offset {adjustment['answers']} {facts['agreement']}")
        self.compare(where, "reference", facts["agreement_name"][:80], adjustment["reference"])
        if not adjustment["answers"] and not self._ruling().get("debts"):
            self.compare(where, "terms", "such as let debts be offset", "nothing of it")
        found = offsets(facts["sides"]["own"], facts["sides"]["others"])
        return -found.get(own, 0) if adjustment["answers"] else found.get(facts["agreement"], 0)

    def _escheat(self, where: str, adjustment: Json) -> int:
        """A balance that is set aside: after the months of the rule and the days of notice, all that was announced."""
        facts = json.loads(adjustment["facts"])
        self._between(where, adjustment, self.of.party, "")
        since, told = date.fromisoformat(facts["waiting_since"]), date.fromisoformat(facts["noticed_on"])
        waited = (told.year - since.year) * 12 + told.month - since.month - (told.day < since.day)
        self.compare(where, "months", max(waited, facts["months"]), waited)
        self.compare(where, "due_on", max(facts["due_on"], facts["noticed_on"]), facts["due_on"])
        self.compare(
            where, "effective_on", max(facts["due_on"], adjustment["effective_on"]), adjustment["effective_on"]
        )
        return -int(facts["balance_minor"])

    def _reclaimed(self, where: str, adjustment: Json) -> int:
        """No more is given back than was set aside and not given back before."""
        facts = json.loads(adjustment["facts"])
        self._between(where, adjustment, self.of.party, "")
        self.compare(where, "goes back to", "a line", "a line" if adjustment["answers"] else "nothing")
        return min(int(adjustment["amount_minor"]), int(facts["set_aside_minor"]) - int(facts["before_minor"]))

    # What has no line
    def check_missing(self) -> None:
        """What the terms give for the period stands on the statement, as far as it can be told."""
        if not self.is_told:
            return
        self.compare("statement", "adjustments", len(self._lines()), len(self.all))
        for sha in [*self.in_force, self.carried.get("ruled_by")]:
            if sha and sha not in self.of.terms:
                self.compare("carried", "terms in force", "a signed document", sha)
        if not self.carried.get("ruled_by"):
            return
        try:
            for name, amount in self._wanted(self._ruling()):
                if amount and name not in self.seen:
                    self.compare("statement", name, amount, "no line")
        except UnverifiedError as reason:
            self.of.unverified.append(f"what has no line: {reason}")

    def _lines(self) -> list[Json]:
        return [line for line in self.of.evidence["lines"] if line["section"] == "adjustment"]

    def _wanted(self, terms: Json) -> Iterator[tuple[str, int]]:
        party, about = self.of.party, [self.of.statement["starts_on"], self.of.statement["ends_on"]]
        for clause in terms["clauses"]:
            if clause.get("earns_on") == "flat_fee" and party in (clause["pays"]["party"], clause["pays"]["payer"]):
                yield (
                    f"flat fee {clause['id']}",
                    rounded_earning(minor(clause["pays"]["amount"], terms["currency"]), terms),
                )
        for rule in terms.get("guarantees", []):
            if rule["party"] == party:
                missing = int(minor(rule["amount"], terms["currency"])) - self.earned_in(party, about)
                yield f"guarantee {party} {about}", max(0, missing)
        if party != self.of.host:
            rate, taxed = value_added_rate(terms, party), self._taxed_lines()
            own = taxed.pop(self._span(), [])
            yield f"value-added tax of {self._span()}", sum(half_up(line * rate) for line in own)
            if self._taxes_as_originals():
                yield from ((f"value-added tax of {about}", len(lines)) for about, lines in taxed.items())
            for name, amount in self._recouped().items():
                yield f"recouped of {name}", -amount

    # What was carried
    def check_carried(self) -> None:
        """What the close released, kept back and recouped follows from what there was when the period began."""
        earned, taken = (
            self.carried.get("due", {}).get("earned_minor", 0),
            self.carried.get("due", {}).get("taken_minor", 0),
        )
        journals = self.of.chain.journals
        released = [journal for journal in journals if journal.get("kind") == "release"]
        self.compare("chain", "released", earned + taken, self.of.chain.own("available", released))
        self._check_due(earned, taken)
        self._check_reserve(earned, taken)
        self._check_advances(earned + taken)
        self._check_other_currencies()

    def _check_other_currencies(self) -> None:
        """What is told of other currencies is what the party's accounts moved in them."""
        if "other_currencies" not in self.carried:
            return
        journals, told = self.of.chain.journals, self.carried["other_currencies"]
        entries = [entry for journal in journals for entry in journal.get("entries", []) if entry[2] == self.of.party]
        moved = {entry[4] for entry in entries if entry[3] in OWN_KINDS} - {self.of.statement["currency"]}
        for currency in sorted(moved - {each["currency"] for each in told}):
            self.compare("carried", "other currencies", f"what moved in {currency}", "nothing")
        for each in told:
            self._check_other_currency(each, journals)

    def _check_other_currency(self, told: Json, journals: list[Json]) -> None:
        currency, where = told["currency"], f"carried ({told['currency']})"
        moved = sum(self.of.chain.own(kind, journals, currency) for kind in OWN_KINDS)
        into = [json.loads(each["facts"])["into"] for each in self.all if each["kind"] == "exchanged"]
        exchanged = sum(each["amount_minor"] for each in into if each["currency"] == currency)
        paid = withheld = 0
        for journal in journals:
            if journal.get("kind", "").startswith("payout_") and journal["entries"][0][4] == currency:
                tax = -sum(entry[5] for entry in journal["entries"] if entry[3] == "tax")
                gone = -sum(self.of.chain.own(kind, [journal], currency) for kind in ("available", "in_transit"))
                paid, withheld = paid + gone - tax, withheld + tax
        self.compare(where, "exchanged_minor", exchanged, told["exchanged_minor"])
        self.compare(where, "withheld_minor", withheld, told["withheld_minor"])
        self.compare(where, "paid_minor", paid, told["paid_minor"])
        self.compare(where, "tax_reversed_minor", moved + paid + withheld - exchanged, told["tax_reversed_minor"])
        self.compare(where, "closing_minor", told["opening_minor"] + moved, told["closing_minor"])

    def _check_due(self, earned: int, taken: int) -> None:
        """What is due is what came in this period, unless it is held, and what was held before until now."""
        due, is_held = self._due_now(), any(d["terms"].get("hold", {}).get("days") for d in self.of.terms.values())
        now = [sum(share for share in due if share > 0), sum(share for share in due if share < 0)]
        if not is_held:
            self.compare("carried", "due", now, [earned, taken])
        elif earned < now[0] or taken > now[1]:
            self.compare("carried", "due", f"at least {now}", [earned, taken])

    def _due_now(self) -> list[int]:
        found = []
        for line in self.of.evidence["lines"]:
            place = line.get("event")
            if line["section"] == "adjustment" or not isinstance(place, int):
                continue
            event = self.of.events[place]
            terms = self.of.terms.get(event["terms"], {}).get("terms", {})
            days = terms.get("hold", {}).get("days", 0)
            order = self.of.orders.get(event["takes_back"], event)
            if days:
                until = local_day(order["occurred_at"], terms["time_zone"]) + timedelta(days=days)
                if max(until.isoformat(), line["effective_on"]) >= self.of.statement["ends_on"]:
                    continue
            found.append(line["share_minor"])
        return found

    def _check_reserve(self, earned: int, taken: int) -> None:
        """Refunds use up reserves, the oldest first; what matures is released; a share of what is earned is kept back."""
        wanted, used, kept = -taken, 0, 0
        lots = self.carried.get("reserves", [])
        for matures_on, left in lots:
            part = min(wanted, left)
            wanted, used = wanted - part, used + part
            kept -= part + (left - part if matures_on < self.of.statement["ends_on"] else 0)
        if self.carried.get("ruled_by") and (rule := self._ruling().get("reserve")):
            kept += max(0, min(half_up(earned * ratio(rule["share"])), earned + taken + used))
        journals = [journal for journal in self.of.chain.journals if journal.get("kind") == "reserve"]
        self.compare("chain", "kept in reserve", kept, self.of.chain.own("reserve", journals))
        there = self.carried.get("accounts", {}).get("reserve", 0)
        if sum(left for _, left in lots) > there:
            self.compare("carried", "reserves", f"at most {there}", sum(left for _, left in lots))

    def _check_advances(self, due: int) -> None:
        told = self.carried.get("advances")
        if not told:
            return
        adjusted = sum(share for each, share in self._own_lines() if each["kind"] not in FROM_THE_BOOKS)
        self.compare("carried", "earned", due + adjusted, told["earned_minor"])
        there = max(0, self._available({"advance_recouped", "value_added_tax", "tax_reversed", "exchanged"}))
        if told["available_minor"] > there:
            self.compare("carried", "available", f"at most {there}", told["available_minor"])
        own = [each for each in told["of"] if each["agreement"] == self.of.statement["agreement_id"]]
        left = sum(each["left_minor"] for each in own if self._advance_rule("carried", each)["paid_by"] == self.of.host)
        journals = self._without({"advance_recouped"})
        account = self.carried.get("accounts", {}).get("advance", 0) + self.of.chain.own("advance", journals)
        self.compare("carried", "left of advances", -account, left)

    # What the statement before says
    def check_follows(self, before: Check) -> None:
        """What was carried into this period is what the statement before has left."""
        said, earlier = self.of.statement, before.statement
        self.compare("before", "previous_sha256", earlier["content_sha256"], said["previous_sha256"])
        self.compare("before", "opening_minor", earlier["closing_minor"], said["opening_minor"])
        then = before.adjustments
        if not self.is_told or not then.is_told or self.of.party == self.of.host:
            return
        for kind in sorted({*OWN_KINDS, "advance"} - {"pending"}):
            left = then.carried.get("accounts", {}).get(kind, 0) + before.chain.own(kind, before.chain.journals)
            self.compare("before", f"account {kind}", left, self.carried.get("accounts", {}).get(kind, 0))
        kept = before.chain.own("reserve", [j for j in before.chain.journals if j.get("kind") == "reserve"])
        lots, now = (sum(left for _, left in each.carried.get("reserves", [])) for each in (then, self))
        self.compare("before", "reserves", lots + kept, now)
        self._follow_advances(then)
        self._follow_guarantees(before)
        if "other_currencies" in self.carried and "other_currencies" in then.carried:
            left = {each["currency"]: each["closing_minor"] for each in then.carried["other_currencies"]}
            now = {each["currency"]: each["opening_minor"] for each in self.carried["other_currencies"]}
            for currency in sorted({*left, *now}):
                self.compare("before", f"closing in {currency}", left.get(currency, 0), now.get(currency, 0))

    def _follow_advances(self, then: Adjustments) -> None:
        now = {each["id"]: each["left_minor"] for each in self.advances()}
        recouped_before = {a["answers"]: -a["amount_minor"] for a in then.all if a["kind"] == "advance_recouped"}
        for each in then.advances():
            if each["agreement"] == self.of.statement["agreement_id"]:
                left = each["left_minor"] - recouped_before.get(each["id"], 0)
                self.compare("before", f"left of the advance {each['advance']}", left, now.get(each["id"], 0))

    def _follow_guarantees(self, before: Check) -> None:
        about, party = [before.statement["starts_on"], before.statement["ends_on"]], self.of.party
        made_up = sum(
            each["amount_minor"]
            for each in before.adjustments.all
            if each["kind"] == "guarantee" and each["party"] == party and each["about"] == about
        )
        for each in self.all:
            if each["kind"] == "guarantee" and each["party"] == party and each["about"] == about:
                facts = json.loads(each["facts"])
                earned = before.adjustments.earned_in(party, about)
                self.compare(f"line {each['line']}", "before_minor", earned, facts["before_minor"])
                self.compare(f"line {each['line']}", "made_up_minor", made_up, facts["made_up_minor"])

    def _available(self, without: set[str]) -> int:
        """What was available by the period's end, before adjustments of these kinds, and before debts were set apart."""
        there: int = self.carried.get("accounts", {}).get("available", 0)
        later = {f"adjustment:{each['id']}" for each in self.all if each["kind"] == "offset" and not each["answers"]}
        journals = [j for j in self._without(without) if j.get("kind") != "receivable" and j.get("key") not in later]
        return there + self.of.chain.own("available", journals)

    def _without(self, kinds: set[str]) -> list[Json]:
        keys = {f"adjustment:{each['id']}" for each in self.all if each["kind"] in kinds}
        held = {"tax_held", "tax_released"} if "value_added_tax" in kinds else set()  # it follows the tax
        return [j for j in self.of.chain.journals if j.get("key") not in keys and j.get("kind") not in held]


def revenues_of(facts: Json) -> dict[str, int]:
    """What each party reported, as a pooled line says it."""
    return {put["party"]: put["revenue_minor"] for put in facts["put_in"]}


def named_as(clause: Json) -> str:
    """How lines call a clause."""
    return str(clause.get("name") or clause["id"])


class Chain:
    """The statement's journals in the chain of its book."""

    def __init__(self, check: Check) -> None:
        self.check_of = check
        self.chain: Json = check.evidence["chain"]
        self.journals: list[Json] = self.chain["journals"]
        self.heads: dict[int, str] = {}
        self.placed: dict[int, str] = {}
        self.by_key: dict[str, int] = {}

    def compare(self, where: str, field: str, expected: object, found: object) -> None:
        """Note a difference, if it is one."""
        self.check_of.compare(where, field, expected, found)

    def compare_kept(self, kept: str) -> None:
        """A head that somebody has kept, `NUMBER:HASH`, is one of this chain."""
        number, _, head = kept.partition(":")
        if number.isdigit() and int(number) in self.heads:
            self.compare("chain", f"head of seal {number}", head, self.heads[int(number)])
        else:
            self.check_of.unverified.append(f"the seal of the head {kept[:80]} is not part of the evidence")

    def check(self) -> None:
        """Seals, then journals, then what they move."""
        self.check_seals()
        for journal in self.journals:
            self.check_journal(journal)
        self.check_moves()

    def check_seals(self) -> None:
        """Each seal comes of its journals' digests and the head before; the printed head is among them."""
        head, first = self.chain["previous_head"], self.chain["first"]
        number = self.chain["number"]
        seals = self.chain["seals"]
        for last, digests, sealed_at in seals:
            text = [
                "seal 1",
                f"book {self.chain['book']}",
                f"number {number}",
                f"journals {first} {last}",
                f"digests {digests}",
                f"sealed {sealed_at}",
                f"previous {head or '-'}",
            ]
            head = self.heads[number] = sha256("\n".join(text))
            self._place(number, first, last, digests)
            first, number = last + 1, number + 1
        if not seals:
            return
        self.compare("chain", "head", f"{number - 1}:{head}", self.chain["head"])
        if number != len(seals) + self.chain["number"] or (self.chain["number"] == 1) is not (
            not self.chain["previous_head"]
        ):
            self.compare("chain", "number", "1 without a head before it", self.chain["number"])
        printed = self.check_of.statement["chain_number"]
        if printed in self.heads:
            self.compare("chain", f"head of seal {printed}", self.check_of.statement["chain_head"], self.heads[printed])
        elif printed == self.chain["number"] - 1:
            self.compare("chain", "previous_head", self.check_of.statement["chain_head"], self.chain["previous_head"])

    def _place(self, number: int, first: int, last: int, digests: str) -> None:
        """The digests of a seal's journals, where the evidence has them."""
        listed = self.chain["digests"].get(str(number))
        if listed is None:
            return
        where = f"seal {number}"
        try:
            self.compare(where, "digests", hashlib.sha256(bytes.fromhex(listed)).hexdigest(), digests)
        except ValueError:
            self.compare(where, "digests", "hexadecimal digits", listed[:80])
        self.compare(where, "journals", last - first + 1, len(listed) // 64)
        for place in range(len(listed) // 64):
            self.placed[first + place] = listed[64 * place : 64 * place + 64]

    def check_journal(self, journal: Json) -> None:
        """A journal is in the chain, and balances."""
        where = f"journal {journal['number']}"
        if "digest" in journal:
            self.compare(where, "digest", self.placed.get(journal["number"], "a digest in a seal"), journal["digest"])
            return
        entries = [f"entry {' '.join(str(value) for value in entry)}" for entry in journal["entries"]]
        text = [
            "journal 1",
            f"book {self.chain['book']}",
            f"id {journal['id']}",
            f"kind {journal['kind']}",
            f"agreement {self.check_of.statement['agreement_id']}",
            f"effective {journal['effective_on']}",
            f"occurred {journal['occurred_at']}",
            f"posted {journal['posted_at']}",
            f"reverses {journal['reverses'] or '-'}",
            f"fingerprint {journal['fingerprint']}",
            *entries,
            f"key {journal['key']}",
        ]
        placed = self.placed.get(journal["number"], "a digest in a seal")
        self.compare(where, f"digest ({journal['key']})", placed, sha256("\n".join(text)))
        for currency in sorted({entry[4] for entry in journal["entries"]}):
            total = sum(entry[5] for entry in journal["entries"] if entry[4] == currency)
            self.compare(where, f"sum of its entries in {currency}", 0, total)

    def check_moves(self) -> None:
        """The party's accounts moved as the statement says, and each line's money was posted."""
        check = self.check_of
        if not self.chain["seals"]:
            check.unverified.append("the evidence has no journals: nothing was posted, or it was not sealed yet")
            return
        moved, by_key = 0, self.by_key
        for journal in self.chain["journals"]:
            own = [e for e in journal.get("entries", []) if e[2] == check.party and e[4] == check.statement["currency"]]
            moved -= sum(entry[5] for entry in own if entry[3] in OWN_KINDS)
            if "key" in journal:
                by_key[journal["key"]] = -sum(entry[5] for entry in own if entry[3] in OWN_KINDS | {"revenue"})
        if check.party != check.host:
            said = check.statement
            self.compare("chain", "moved in the period", said["closing_minor"] - said["opening_minor"], moved)
        self._check_posted()
        if check.adjustments.is_told:
            self._check_paid()
            if check.party != check.host:
                try:
                    check.adjustments.check_carried()
                except UnverifiedError as reason:
                    check.unverified.append(f"what was carried: {reason}")
        else:
            self._check_reserve()

    def _check_posted(self) -> None:
        check = self.check_of
        for line in check.evidence["lines"]:
            place, adjustment = line.get("event"), check.adjustments.by_line.get(line["line"])
            if adjustment is not None:
                key = f"adjustment:{adjustment['id']}"
            elif isinstance(place, int) and 0 <= place < len(check.events):
                key = f"accrual:{check.events[place]['conversion']}"
            else:
                continue
            self.compare(f"line {line['line']}", "posted", line["share_minor"], self.by_key.get(key, 0))

    def own(self, kind: str, journals: Sequence[Json], currency: str = "") -> int:
        """What these journals moved on the party's account of a kind, credits positive."""
        owner, moved = self.check_of.party, 0
        for journal in journals:
            for entry in journal.get("entries", []):
                if entry[2:5] == [owner, kind, currency or self.check_of.statement["currency"]]:
                    moved -= entry[5]
        return moved

    def _check_paid(self) -> None:
        """What was paid and withheld is what payouts moved; what is withheld is the terms' rate of each."""
        check = self.check_of
        paid = withheld = 0
        for journal in self.journals:
            if not journal.get("kind", "").startswith("payout_"):
                continue
            currency = next(entry[4] for entry in journal["entries"])
            gross, transit = (-self.own(kind, [journal], currency) for kind in ("available", "in_transit"))
            tax = -sum(entry[5] for entry in journal["entries"] if entry[3] == "tax")
            if currency == check.statement["currency"]:
                paid, withheld = paid + gross + transit - tax, withheld + tax
            if journal["kind"] == "payout_reserved":
                self._check_withheld(f"journal {journal['number']} (payout)", gross, tax)
        if check.party != check.host:
            self.compare("statement", "paid_minor", paid, check.statement["paid_minor"])
            self.compare("statement", "withheld_minor", withheld, check.statement["withheld_minor"])

    def _check_withheld(self, where: str, gross: int, tax: int) -> None:
        """By the rate, or the reduced one of a certificate, of the versions in force in the period."""
        check = self.check_of
        versions = [check.terms[sha]["terms"] for sha in check.adjustments.in_force if sha in check.terms]
        allowed: set[int] = set()
        for terms in versions:
            rule = next((each for each in terms.get("withholding", []) if each["party"] == check.party), None)
            base = half_up(Fraction(gross) / (1 + value_added_rate(terms, check.party)))
            for name in ("rate", "reduced_rate"):
                exact = ratio(rule.get(name)) * base if rule else Fraction(0)
                whole = half_up(exact) if not rule or rule.get("rounding", "half_up") == "half_up" else int(exact)
                if not rule or rule.get(name) is not None:
                    allowed.add(whole)
        if versions and check.party != check.host and tax not in allowed:
            self.compare(where, "withheld", " or ".join(str(each) for each in sorted(allowed)), tax)

    def _check_reserve(self) -> None:
        """What is kept back newly is the terms' share of what is earned; older reserves are not in the evidence."""
        check = self.check_of
        terms = next((d["terms"] for d in check.terms.values() if d["terms"].get("reserve")), None)
        if terms is None or check.party == check.host:
            return
        shares = [line["share_minor"] for line in check.evidence["lines"] if line["section"] != "adjustment"]
        kept = -sum(
            entry[5]
            for journal in self.chain["journals"]
            if journal.get("kind") == "reserve"
            for entry in journal.get("entries", [])
            if entry[2] == check.party and entry[3] == "reserve"
        )
        held = terms.get("hold", {}).get("days", 0)
        earned = sum(share for share in shares if share > 0)
        if (
            not held
            and all(share >= 0 for share in shares)
            and kept == half_up(ratio(terms["reserve"]["share"]) * earned)
        ):
            return
        check.unverified.append("the reserve: money that was held, refunds or older reserves count in it")


# Reading and telling ----------------------------------------------------------------------------------
def verify(evidence: Any) -> Check:
    """Check evidence that was read from JSON; raises `UnreadableError`."""
    if not isinstance(evidence, dict) or evidence.get("evidence") not in FORMATS:
        raise UnreadableError("This is no evidence of a statement, or of a form that this verifier does not know.")
    broken = (KeyError, TypeError, ValueError, IndexError, AttributeError, ArithmeticError, StopIteration)
    try:
        check = Check(evidence)
        try:
            return check.run()
        except broken:
            if not check.differences:
                check.check_hashes()  # what was changed does not make sense any more; its hash says where
            if not check.differences:
                raise
            return check
    except broken as error:
        message = f"The evidence does not hold together: {type(error).__name__} {error}"
        raise UnreadableError(message) from error


def follow(check: Check, before: Check) -> None:
    """Hold a statement against the one before, which is checked too."""
    if before.verdict != "same":
        found = str(before.differences[0]) if before.differences else before.unverified[0]
        check.unverified.append(f"the statement before is {before.verdict}: {found}")
    check.adjustments.check_follows(before)


def told(check: Check) -> Iterator[str]:
    """What was found, for people."""
    said = check.statement
    yield f"{said['number']}, {said['starts_on']} to {said['ends_on']} (excluded), {said['currency']}"
    counts = f"{len(check.events)} events, {len(check.chain.journals)} journals in {len(check.chain.heads)} seals"
    yield f"{check.computed_lines} of {said['lines']} lines recomputed; {counts}"
    if check.chain.heads:
        yield f"head of the chain to keep: {check.evidence['chain']['head']}"
    for line in check.decided:
        yield f"  decided by people: {line}"
    for line in check.unverified:
        yield f"  not verified: {line}"
    if check.differences:
        yield f"DIFFERENT. First: {check.differences[0]}"
        for difference in check.differences[1:10]:
            yield f"  then: {difference}"
        return
    yield {"same": "same", "not verified": "NOT VERIFIED in part: no difference in what could be recomputed"}[
        check.verdict
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Recompute a statement from its evidence file.")
    parser.add_argument("file", help="the evidence, as downloaded from the statement's page")
    parser.add_argument("--head", action="append", default=[], metavar="NUMBER:HASH", help="a head that you have kept")
    parser.add_argument("--before", metavar="FILE", help="the evidence of the statement before, which this one follows")
    given = parser.parse_args(arguments)
    try:
        check = verify(json.loads(Path(given.file).read_text(encoding="utf-8")))
        if given.before:
            follow(check, verify(json.loads(Path(given.before).read_text(encoding="utf-8"))))
    except (OSError, ValueError, UnreadableError) as error:
        print(f"UNREADABLE: {error}")
        return 2
    for head in given.head:
        check.chain.compare_kept(head)
    for line in told(check):
        print(line)
    return {"same": 0, "different": 1, "not verified": 3}[check.verdict]


if __name__ == "__main__":
    sys.exit(main())
