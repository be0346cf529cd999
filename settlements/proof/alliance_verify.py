#!/usr/bin/env python3
"""Recompute a statement from its evidence, without us: `python3 alliance_verify.py ST-2026-01-….evidence.json`.

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

FORMAT: Final = 1
TERMS_SCHEMA: Final = 2
CONTENT_VERSION: Final = 3
ENGINES: Final = {"2"}
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
DECIDED = {"restatement", "correction", "clawback", "write_off", "cap_approved"}
UNCOMPUTED = {
    "pooled_revenue": "the revenue that the parties reported is not part of the evidence",
    "chargeback_fee": "what the payment provider charged is not part of the evidence",
    "advance_recouped": "it depends on the balances of the account, which the evidence does not hold",
    "rerated": "it depends on earlier terms and statements",
    "value_added_tax": "it depends on the parties' registrations, which are not part of the evidence",
    "tax_reversed": "it depends on earlier statements",
    "exchanged": "it depends on an exchange rate, which is not part of the evidence",
    "offset": "it depends on the balances of another agreement, which the evidence does not hold",
}
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
        or clause.get("recurring", {}).get("kind", "lifetime") != "lifetime"
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
    if "ruled_by" in facts:
        raise UnverifiedError("later terms rule its order")
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
        self.differences: list[Difference] = []
        self.unverified: list[str] = []
        self.decided: list[str] = []
        self.computed_lines = 0
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
        wanted = {e["takes_back"] for e in self.events}
        for place, earlier in enumerate(self.evidence["earlier"]):
            if event_sha256(earlier) not in wanted:
                self.compare(
                    f"earlier event {place + 1}", "hash", "one that a refund takes back", event_sha256(earlier)
                )
        for place, event in enumerate(self.events):
            try:
                self.outcomes[place] = self.outcome_of(event)
            except UnverifiedError as reason:
                self.unverified.append(f"event {place + 1} ({event['reference']}): {reason}")

    def outcome_of(self, event: Json) -> Outcome:
        """What one event comes to."""
        terms, facts = self.terms_of(event), json.loads(event["facts"] or "{}")
        if not event["takes_back"]:
            return conversion(terms, event, facts, self.host)
        order = self.orders.get(event["takes_back"])
        if order is None:
            raise UnverifiedError("the order that it takes back is not in the evidence")
        given = conversion(self.terms_of(order), order, json.loads(order["facts"] or "{}"), self.host)
        return refund(terms, event, facts, order, given, self.host)

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
            if outcome is not None and needs_totals(self.terms_of(event)):
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
        terms = self.terms_of(event)
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
        """Under one version of the terms a total is a difference; later terms may have changed totals meanwhile."""
        if expected == found:
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
                self.check_adjustment(where, line)
            else:
                self.check_conversion(where, line, seen)
        for place, outcome in self.outcomes.items():
            if outcome.share_of(self.party) and place not in seen:
                reference = self.events[place]["reference"]
                self.compare(f"event {place + 1} ({reference})", "line", outcome.share_of(self.party), "no line")

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

    def check_adjustment(self, where: str, line: Json) -> None:
        """What stands on a statement beside conversions, as far as the terms alone decide it."""
        self.compare(where, "amount_minor", 0, line["amount_minor"])
        kind = line["kind"]
        if kind in DECIDED:
            self.decided.append(f"{where} ({kind}): {line['share_minor']}")
        elif kind in UNCOMPUTED:
            self.unverified.append(f"{where} ({kind}): {UNCOMPUTED[kind]}")
        elif kind in ("flat_fee", "advance", "guarantee"):
            try:
                expected = getattr(self, f"_{kind}")(line)
            except UnverifiedError as reason:
                self.unverified.append(f"{where} ({kind}): {reason}")
                return
            self.compare(where, "share_minor", expected, line["share_minor"])
            self.computed_lines += 1
        else:
            self.unverified.append(f"{where} ({kind}): this verifier does not know the kind")

    def _of_version(self, line: Json) -> Json:
        for document in self.terms.values():
            if document["number"] == line["terms_version"]:
                terms: Json = document["terms"]
                return terms
        raise UnverifiedError("its terms are not in the evidence")

    def _signed(self, amount: int, party: str, other: str) -> int:
        return amount if party == self.party else -amount if other == self.party else 0

    def _flat_fee(self, line: Json) -> int:
        terms = self._of_version(line)
        for clause in terms["clauses"]:
            if clause.get("earns_on") == "flat_fee" and clause.get("name", clause["id"]) == line["reference"]:
                amount = rounded_earning(minor(clause["pays"]["amount"], terms["currency"]), terms)
                return self._signed(amount, clause["pays"]["party"], clause["pays"]["payer"])
        raise UnverifiedError("no clause of the terms has its name")

    def _advance(self, line: Json) -> int:
        terms = self._of_version(line)
        for advance in terms.get("advances", []):
            if advance["id"] == line["reference"]:
                amount = int(minor(advance["amount"], terms["currency"]))
                return self._signed(amount, advance["party"], advance["paid_by"])
        raise UnverifiedError("no advance of the terms has its name")

    def _guarantee(self, line: Json) -> int:
        """What was missing to the guaranteed amount, where everything that counts came in this period."""
        terms = self._of_version(line)
        kinds = {each["kind"] for each in self.evidence["lines"] if each["section"] == "adjustment"}
        same = [each for each in self.evidence["lines"] if each["kind"] == "guarantee"]
        if line["reference"] != period_name(self.statement) or kinds & {"pooled_revenue", "cap_approved", "rerated"}:
            raise UnverifiedError("it depends on more than this period's conversions")
        if len(same) > 1 or len(terms.get("guarantees", [])) > 1 or len(self.outcomes) < len(self.events):
            raise UnverifiedError("it depends on other guarantees, or on conversions that could not be computed")
        rule = terms["guarantees"][0]
        if any(clause.get("earns_on") == "pooled_revenue" for clause in terms["clauses"]):
            raise UnverifiedError("the revenue that the parties reported is not part of the evidence")
        missing = max(0, int(minor(rule["amount"], terms["currency"])) - self._earned(rule["party"], terms))
        return self._signed(missing, rule["party"], rule["borne_by"])

    def _earned(self, party: str, terms: Json) -> int:
        here = {event_sha256(event) for event in self.events}
        first = self.statement["starts_on"]
        found = 0
        for place, outcome in self.outcomes.items():
            event = self.events[place]
            day = local_day(event["occurred_at"], terms["time_zone"]).isoformat()
            if event["takes_back"] in here or (not event["takes_back"] and day >= first):
                found += outcome.share_of(party)
        for clause in terms["clauses"]:
            if clause.get("earns_on") == "flat_fee":
                pays = clause["pays"]
                amount = rounded_earning(minor(pays["amount"], terms["currency"]), terms)
                found += amount if pays["party"] == party else -amount if pays["payer"] == party else 0
        return found

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
        if said["content_version"] != CONTENT_VERSION:
            self.compare("statement", "content_version", CONTENT_VERSION, said["content_version"])
        self.compare("statement", "content_sha256", sha256(statement_text(said)), said["content_sha256"])


def period_name(statement: Json) -> str:
    """`2026-11` for a whole month, else the first and the last day."""
    begin, end = date.fromisoformat(statement["starts_on"]), date.fromisoformat(statement["ends_on"])
    if begin.day == 1 and end == (begin.replace(day=28) + timedelta(days=4)).replace(day=1):
        return f"{begin:%Y-%m}"
    return f"{begin.isoformat()}/{(end - timedelta(days=1)).isoformat()}"


class Chain:
    """The statement's journals in the chain of its book."""

    def __init__(self, check: Check) -> None:
        self.check_of = check
        self.chain: Json = check.evidence["chain"]
        self.journals: list[Json] = self.chain["journals"]
        self.heads: dict[int, str] = {}
        self.placed: dict[int, str] = {}

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
        moved, by_key = 0, {}
        for journal in self.chain["journals"]:
            own = [e for e in journal.get("entries", []) if e[2] == check.party and e[4] == check.statement["currency"]]
            moved -= sum(entry[5] for entry in own if entry[3] in OWN_KINDS)
            if "key" in journal:
                by_key[journal["key"]] = -sum(entry[5] for entry in own if entry[3] in OWN_KINDS | {"revenue"})
        if check.party != check.host:
            said = check.statement
            self.compare("chain", "moved in the period", said["closing_minor"] - said["opening_minor"], moved)
        self._check_accruals(by_key)
        self._check_reserve()

    def _check_accruals(self, by_key: dict[str, int]) -> None:
        check = self.check_of
        for line in check.evidence["lines"]:
            place = line.get("event")
            if line["section"] == "adjustment" or not isinstance(place, int) or not 0 <= place < len(check.events):
                continue
            posted = by_key.get(f"accrual:{check.events[place]['conversion']}", 0)
            self.compare(f"line {line['line']}", "posted", line["share_minor"], posted)

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
    if not isinstance(evidence, dict) or evidence.get("evidence") != FORMAT:
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
    given = parser.parse_args(arguments)
    try:
        check = verify(json.loads(Path(given.file).read_text(encoding="utf-8")))
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
