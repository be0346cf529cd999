"""When a clause applies: any of several groups, of which all conditions hold. What is not known never matches."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from partners.domain.terms.exact import AmountOrZero, Part, Text, is_country_code, refuse

CHOICE_FIELDS = ("item_kind", "item", "category", "tag", "partner", "country", "person", "coupon", "placement")


class Comparison(StrEnum):
    """How a quantity is compared."""

    MORE_THAN = "more_than"
    AT_LEAST = "at_least"
    LESS_THAN = "less_than"
    AT_MOST = "at_most"


class ChoiceCondition(Part):
    """Something named is one of the values, none of them, or contains one. `person` is `new` or `returning`."""

    field: Literal["item_kind", "item", "category", "tag", "partner", "country", "person", "coupon", "placement"]
    is_: Literal["in", "not_in", "contains"] = Field(alias="is", default="in")
    value: tuple[Text, ...] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.field == "person" and (self.is_ == "contains" or not set(self.value) <= {"new", "returning"}):
            raise refuse("person_new_or_returning", "value")
        if self.field == "country" and self.is_ != "contains" and not all(map(is_country_code, self.value)):
            raise refuse("not_a_country", "value")
        if len(set(self.value)) != len(self.value):
            raise refuse("named_twice", "value")
        return self


class AmountCondition(Part):
    """The gross amount of the conversion, in major units of the terms' currency."""

    field: Literal["amount"]
    is_: Comparison = Field(alias="is")
    value: AmountOrZero


class QuantityCondition(Part):
    """How many units the conversion has."""

    field: Literal["quantity"]
    is_: Comparison = Field(alias="is")
    value: int = Field(ge=0, le=10**9)


class DateCondition(Part):
    """The local day of the conversion: from the beginning of a day on, or before one."""

    field: Literal["date"]
    is_: Literal["from", "before"] = Field(alias="is")
    value: date


Condition = Annotated[
    ChoiceCondition | AmountCondition | QuantityCondition | DateCondition, Field(discriminator="field")
]


class Group(Part):
    """Conditions of which every one holds."""

    all_of: tuple[Condition, ...] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def _can_hold(self) -> Self:
        for name in CHOICE_FIELDS:
            if _never_one_of(c for c in self.all_of if isinstance(c, ChoiceCondition) and c.field == name):
                raise refuse("condition_never_holds", "all_of", condition=name)
        for name, kind in (("amount", AmountCondition), ("quantity", QuantityCondition)):
            if _empty_range(c for c in self.all_of if isinstance(c, kind)):
                raise refuse("condition_never_holds", "all_of", condition=name)
        if _empty_days(c for c in self.all_of if isinstance(c, DateCondition)):
            raise refuse("condition_never_holds", "all_of", condition="date")
        return self


def _never_one_of(conditions: Iterable[ChoiceCondition]) -> bool:
    """Whether the wanted values exclude each other. A category or tag may well be several at once."""
    wanted: set[str] | None = None
    excluded: set[str] = set()
    for condition in conditions:
        if condition.field in {"category", "tag"} or condition.is_ == "contains":
            continue
        if condition.is_ == "not_in":
            excluded |= set(condition.value)
        else:
            wanted = set(condition.value) if wanted is None else wanted & set(condition.value)
    return wanted is not None and not wanted - excluded


def _empty_range(conditions: Iterable[AmountCondition | QuantityCondition]) -> bool:
    low, high, is_open = None, None, False
    for condition in conditions:
        strict = condition.is_ in {Comparison.MORE_THAN, Comparison.LESS_THAN}
        if condition.is_ in {Comparison.MORE_THAN, Comparison.AT_LEAST}:
            low = condition.value if low is None else max(low, condition.value)
        else:
            high = condition.value if high is None else min(high, condition.value)
        is_open = is_open or strict
    return low is not None and high is not None and (low > high or (low == high and is_open))


def _empty_days(conditions: Iterable[DateCondition]) -> bool:
    found = list(conditions)
    begins = [c.value for c in found if c.is_ == "from"]
    ends = [c.value for c in found if c.is_ == "before"]
    return bool(begins and ends) and max(begins) >= min(ends)
