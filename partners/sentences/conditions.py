"""Conditions as descriptions of the conversions they are about: `sales of courses to new persons in Germany`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from partners.domain.terms.clauses import Clause, EarnsOn
from partners.domain.terms.conditions import (
    AmountCondition,
    ChoiceCondition,
    Comparison,
    Condition,
    DateCondition,
    Group,
    QuantityCondition,
)
from partners.sentences.wording import Wording, country, day, either, exact_number, one_of, quoted, together

CONDITION_NAMES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "item_kind": gettext_lazy("kind of item"),
        "item": gettext_lazy("item"),
        "category": gettext_lazy("category"),
        "tag": gettext_lazy("tag"),
        "person": gettext_lazy("new or returning person"),
        "country": gettext_lazy("country"),
        "partner": gettext_lazy("partner"),
        "coupon": gettext_lazy("coupon"),
        "placement": gettext_lazy("placement"),
        "amount": gettext_lazy("amount"),
        "quantity": gettext_lazy("quantity"),
        "date": gettext_lazy("date"),
    }
)
ITEM_KINDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "course": gettext_lazy("courses"),
        "lecture": gettext_lazy("lectures"),
        "live_event": gettext_lazy("live events"),
        "membership": gettext_lazy("memberships"),
        "publication": gettext_lazy("publications"),
        "physical_good": gettext_lazy("physical goods"),
        "service": gettext_lazy("services"),
        "travel": gettext_lazy("trips"),
        "property": gettext_lazy("property"),
        "financial_product": gettext_lazy("financial products"),
        "medicine": gettext_lazy("medicines"),
    }
)
_EVERY: Final[Mapping[EarnsOn, Promise]] = MappingProxyType(
    {
        EarnsOn.SALE: gettext_lazy("It applies to every sale."),
        EarnsOn.LEAD: gettext_lazy("It applies to every lead."),
        EarnsOn.CLICK: gettext_lazy("It applies to every click."),
        EarnsOn.SIGN_UP: gettext_lazy("It applies to every sign-up."),
        EarnsOn.POOLED_REVENUE: gettext_lazy("It applies once for each settlement period, to revenue that is pooled."),
        EarnsOn.FLAT_FEE: gettext_lazy("It applies once for each settlement period, whatever was sold."),
    }
)
_WHAT: Final[Mapping[EarnsOn, Promise]] = MappingProxyType(
    {
        EarnsOn.SALE: gettext_lazy("sales"),
        EarnsOn.LEAD: gettext_lazy("leads"),
        EarnsOn.CLICK: gettext_lazy("clicks"),
        EarnsOn.SIGN_UP: gettext_lazy("sign-ups"),
    }
)
# Each with what follows the noun: one of the values, none of them, a text that the value contains.
_CHOICES: Final[Mapping[str, tuple[Promise, Promise, Promise]]] = MappingProxyType(
    {
        "item_kind": (
            pgettext_lazy("sales …", "of %(values)s"),
            pgettext_lazy("sales …", "not of %(values)s"),
            pgettext_lazy("sales …", "of items whose kind contains %(values)s"),
        ),
        "item": (
            pgettext_lazy("sales …", "of the item %(values)s"),
            pgettext_lazy("sales …", "not of the item %(values)s"),
            pgettext_lazy("sales …", "of items whose code contains %(values)s"),
        ),
        "category": (
            pgettext_lazy("sales …", "in the category %(values)s"),
            pgettext_lazy("sales …", "outside the category %(values)s"),
            pgettext_lazy("sales …", "in a category whose name contains %(values)s"),
        ),
        "tag": (
            pgettext_lazy("sales …", "with the tag %(values)s"),
            pgettext_lazy("sales …", "without the tag %(values)s"),
            pgettext_lazy("sales …", "with a tag that contains %(values)s"),
        ),
        "partner": (
            pgettext_lazy("sales …", "through %(values)s"),
            pgettext_lazy("sales …", "not through %(values)s"),
            pgettext_lazy("sales …", "through a partner whose code contains %(values)s"),
        ),
        "country": (
            pgettext_lazy("sales …", "in %(values)s"),
            pgettext_lazy("sales …", "not in %(values)s"),
            pgettext_lazy("sales …", "in a country whose code contains %(values)s"),
        ),
        "person": (
            pgettext_lazy("sales …", "to %(values)s persons"),
            pgettext_lazy("sales …", "not to %(values)s persons"),
            pgettext_lazy("sales …", "to %(values)s persons"),
        ),
        "coupon": (
            pgettext_lazy("sales …", "with the coupon %(values)s"),
            pgettext_lazy("sales …", "without the coupon %(values)s"),
            pgettext_lazy("sales …", "with a coupon that contains %(values)s"),
        ),
        "placement": (
            pgettext_lazy("sales …", "at the placement %(values)s"),
            pgettext_lazy("sales …", "not at the placement %(values)s"),
            pgettext_lazy("sales …", "at a placement that contains %(values)s"),
        ),
    }
)
_HOW: Final = ("in", "not_in", "contains")
_ORDER: Final = tuple(CONDITION_NAMES)
PERSONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {"new": pgettext_lazy("persons", "new"), "returning": pgettext_lazy("persons", "returning")}
)
_AMOUNTS: Final[Mapping[Comparison, Promise]] = MappingProxyType(
    {
        Comparison.MORE_THAN: pgettext_lazy("sales …", "of more than %(amount)s"),
        Comparison.AT_LEAST: pgettext_lazy("sales …", "of at least %(amount)s"),
        Comparison.LESS_THAN: pgettext_lazy("sales …", "of less than %(amount)s"),
        Comparison.AT_MOST: pgettext_lazy("sales …", "of at most %(amount)s"),
    }
)
_QUANTITIES: Final[Mapping[Comparison, Promise]] = MappingProxyType(
    {
        Comparison.MORE_THAN: pgettext_lazy("sales …", "of more than %(count)s units"),
        Comparison.AT_LEAST: pgettext_lazy("sales …", "of at least %(count)s units"),
        Comparison.LESS_THAN: pgettext_lazy("sales …", "of less than %(count)s units"),
        Comparison.AT_MOST: pgettext_lazy("sales …", "of at most %(count)s units"),
    }
)
_DAYS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "from": pgettext_lazy("sales …", "on or after %(day)s"),
        "before": pgettext_lazy("sales …", "before %(day)s"),
    }
)


def applies_to(clause: Clause, wording: Wording) -> str:
    """One sentence: to which conversions a clause applies."""
    if not clause.when:
        return str(_EVERY[clause.earns_on])
    what = str(_WHAT[clause.earns_on])
    pattern = pgettext("sales that fulfil conditions", "%(what)s %(conditions)s")
    groups = ([_described(condition, wording) for condition in _in_order(group)] for group in clause.when)
    alternatives = [pattern % {"what": what, "conditions": together(conditions)} for conditions in groups]
    return _("It applies to %(what)s.") % {"what": either(alternatives)}


def _in_order(group: Group) -> list[Condition]:
    """All conditions hold, so they may be said in the order that reads best."""
    return sorted(group.all_of, key=lambda condition: _ORDER.index(condition.field))


def _described(condition: Condition, wording: Wording) -> str:
    match condition:
        case ChoiceCondition():
            pattern = _CHOICES[condition.field][_HOW.index(condition.is_)]
            return str(pattern) % {"values": _values(condition, wording)}
        case AmountCondition():
            return str(_AMOUNTS[condition.is_]) % {"amount": wording.money(condition.value)}
        case QuantityCondition():
            return str(_QUANTITIES[condition.is_]) % {"count": exact_number(condition.value)}
        case DateCondition():
            return str(_DAYS[condition.is_]) % {"day": day(condition.value)}


def _values(condition: ChoiceCondition, wording: Wording) -> str:
    if condition.is_ == "contains":
        return one_of(quoted(value) for value in condition.value)
    said: dict[str, Callable[[str], str]] = {
        "item_kind": lambda value: str(ITEM_KINDS[value]) if value in ITEM_KINDS else quoted(value),
        "country": country,
        "partner": lambda value: _partner(value, wording),
        "person": lambda value: str(PERSONS.get(value, value)),
    }
    return one_of(map(said.get(condition.field, quoted), condition.value))


def _partner(value: str, wording: Wording) -> str:
    known = {str(party): party for party in wording.names}
    return wording.party(known[value]) if value in known else quoted(value)
