"""Orders in another currency than their agreement's: what they come to in it, at the stored rate of their day.

Everything behind accruing sees the amounts in the agreement's currency; what the order was, and the rate, stay with them as a
fact of the event, inside the statement's hash. What takes an order back goes at the order's own rate, over the running sum, so that
all of it taken back gives back exactly what it came to, in however many parts.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Sum
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from alliance.kernel.arrays import one_of
from alliance.kernel.money import half_up
from campaigns.selectors import ConversionFact, SoldItem
from settlements.domain.outcomes import Outcome
from settlements.models import Accrual
from settlements.rates.domain.choosing import ChosenRate, rate_in_minor_units


@dataclass(frozen=True, slots=True)
class OrderExchange:
    """What a conversion was in its own currency, and the rate; `taken_minor` was taken back of its order before (a refund's)."""

    currency: str
    amount_minor: int
    rate: Mapping[str, Any]
    taken_minor: int | None = None

    @property
    def unit(self) -> Fraction:
        """Minor units of the agreement's currency for one of the order's."""
        return rate_in_minor_units(Fraction(self.rate["rate"]), self.rate["base"], self.rate["quote"])

    def to_json(self) -> dict[str, object]:
        """As a fact of the event. A refund goes at its order's rate, so it says what was taken back before instead."""
        told: dict[str, object] = {"currency": self.currency, "amount_minor": self.amount_minor}
        return told | ({"rate": dict(self.rate)} if self.taken_minor is None else {"taken_minor": self.taken_minor})

    def items(self, items: Sequence[SoldItem]) -> list[SoldItem]:
        """The items of the order in the agreement's currency: over the running sum, so that they sum to its amount."""
        found, running, given = [], 0, 0
        for item in items:
            running += item.amount_minor
            upto = half_up(self.unit * running)
            found.append(replace(item, amount_minor=upto - given))
            given = upto
        return found

    def each(self, amounts: Mapping[str, int]) -> dict[str, int]:
        """Amounts that the order reports, each by itself."""
        return {name: half_up(self.unit * amount) for name, amount in amounts.items()}


@dataclass(frozen=True, slots=True)
class ExchangedFact(ConversionFact):
    """A conversion in the agreement's currency, with what it was."""

    exchange: OrderExchange | None = None


def exchange_of(fact: ConversionFact) -> OrderExchange | None:
    """What the fact was in another currency; `None` where it was always in the agreement's."""
    return fact.exchange if isinstance(fact, ExchangedFact) else None


def exchanged_sale(fact: ConversionFact, rate: ChosenRate) -> ExchangedFact:
    """An order at the rate of its day, halves away from zero."""
    exchange = OrderExchange(fact.currency, fact.amount_minor, rate.to_json())
    return _with(fact, rate.quote, half_up(exchange.unit * fact.amount_minor), exchange)


def exchanged_refund(
    fact: ConversionFact, told: Mapping[str, Any], *, taken_minor: int, given_back_minor: int, currency: str
) -> ExchangedFact:
    """What takes back of an order, at that order's rate (`told` is its fact).

    `taken_minor` was taken back of it before in its own currency, `given_back_minor` in the agreement's; both not positive, as a
    rule.
    """
    exchange = OrderExchange(fact.currency, fact.amount_minor, told["rate"], taken_minor)
    amount = half_up(exchange.unit * (taken_minor + fact.amount_minor)) - given_back_minor
    return _with(fact, currency, amount, exchange)


def as_accrued(facts: Mapping[UUID, ConversionFact]) -> dict[UUID, ConversionFact]:
    """The same facts as they accrued: those that were exchanged with the amount that they came to then."""
    rows = Accrual.objects.filter(conversion_id__in=one_of(facts), explanation__facts__has_key="exchanged")
    found = dict(facts)
    columns = (
        "conversion_id",
        "currency",
        "base_minor",
        "deducted_minor",
        "explanation__facts__exchanged",
        "original_id",
    )
    listed = list(rows.values_list(*columns))
    orders = {row[-1] for row in listed if row[-1] is not None}
    rates = dict(Accrual.objects.filter(pk__in=one_of(orders)).values_list("pk", "explanation__facts__exchanged__rate"))
    for conversion_id, currency, base, deducted, told, original in listed:
        rate = told.get("rate") or rates[original]
        exchange = OrderExchange(told["currency"], told["amount_minor"], rate, told.get("taken_minor"))
        found[conversion_id] = _with(facts[conversion_id], currency, base + deducted, exchange)
    return found


def foreign_taken(accrual_ids: Collection[UUID]) -> dict[UUID, int]:
    """How much was taken back of each of these orders in its own currency (negative, minor units)."""
    if not accrual_ids:
        return {}
    rows = Accrual.objects.filter(
        original_id__in=one_of(accrual_ids), explanation__facts__has_key="exchanged"
    ).order_by()
    amount = Cast(KeyTextTransform("amount_minor", "explanation__facts__exchanged"), BigIntegerField())
    sums = rows.values_list("original_id").annotate(taken=Sum(amount))
    return {id_: int(taken) for id_, taken in sums if id_ is not None}


def told(outcome: Outcome, fact: ConversionFact) -> Outcome:
    """The outcome, whose explanation says what the conversion was; the same where it was in the agreement's currency."""
    if (exchange := exchange_of(fact)) is None:
        return outcome
    explanation = json.loads(outcome.explanation)
    explanation.setdefault("facts", {})["exchanged"] = exchange.to_json()
    return outcome._replace(explanation=json.dumps(explanation, separators=(",", ":"), ensure_ascii=False))


def _with(fact: ConversionFact, currency: str, amount_minor: int, exchange: OrderExchange) -> ExchangedFact:
    values = {each.name: getattr(fact, each.name) for each in fields(ConversionFact)}
    return ExchangedFact(**{**values, "currency": currency, "amount_minor": amount_minor}, exchange=exchange)
