"""Words for the codes that the catalogue speaks in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.catalogue.domain.display import Effect, Reason
from partners.catalogue.domain.items import ItemKind, ItemLevel, ItemStatus
from partners.catalogue.domain.visibility import Reach

KIND_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        ItemKind.COURSE: _("Course"),
        ItemKind.LECTURE: _("Lecture"),
        ItemKind.LIVE_EVENT: _("Live event"),
        ItemKind.MEMBERSHIP: _("Membership"),
        ItemKind.PUBLICATION: _("Book or publication"),
        ItemKind.PHYSICAL_GOOD: _("Physical good"),
        ItemKind.SERVICE: _("Service"),
        ItemKind.TRAVEL: _("Travel"),
        ItemKind.PROPERTY: _("Property"),
        ItemKind.FINANCIAL_PRODUCT: _("Financial product"),
        ItemKind.MEDICINE: _("Medicine"),
    }
)
STATUS_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        ItemStatus.DRAFT: _("Draft"),
        ItemStatus.PUBLISHED: _("Published"),
        ItemStatus.ARCHIVED: _("Archived"),
    }
)
LEVEL_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        ItemLevel.BEGINNER: _("Beginner"),
        ItemLevel.INTERMEDIATE: _("Intermediate"),
        ItemLevel.ADVANCED: _("Advanced"),
    }
)
REACH_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        Reach.PRIVATE: _("Only us"),
        Reach.AGREEMENTS: _("Parties of our signed agreements"),
        Reach.ALLIANCES: _("All members of the alliance"),
    }
)
EFFECT_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        Effect.ALLOW: _("May be shown"),
        Effect.DENY: _("Must not be shown"),
        Effect.EXCLUSIVE: _("Only this partner may show it"),
        Effect.PRICE_FLOOR: _("Not below a price"),
    }
)
REASON_NAMES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        Reason.OWN: _("It is your own item."),
        Reason.DEFAULT: _("No rule speaks against it."),
        Reason.ALLOWED: _("A rule allows it."),
        Reason.EXCLUSIVE: _("The right to show it is exclusive."),
        Reason.DENIED: _("The owner has ruled it out."),
        Reason.EXCLUSIVE_TO_OTHERS: _("The right to show it is exclusive to somebody else."),
        Reason.BELOW_PRICE_FLOOR: _("The price is below the lowest one that the owner allows."),
        Reason.NOT_OFFERED: _("It is not offered in this alliance."),
        Reason.UNAVAILABLE: _("It is not published, sold out, or outside of its time."),
    }
)
KIND_CHOICES: Final = tuple((kind.value, name) for kind, name in KIND_NAMES.items())  # type: ignore[attr-defined]
STATUS_CHOICES: Final = tuple((status.value, name) for status, name in STATUS_NAMES.items())  # type: ignore[attr-defined]
NEW_STATUS_CHOICES: Final = STATUS_CHOICES[:2]
LEVEL_CHOICES: Final = tuple((level.value, name) for level, name in LEVEL_NAMES.items())  # type: ignore[attr-defined]
REACH_CHOICES: Final = tuple((reach.value, name) for reach, name in REACH_NAMES.items())  # type: ignore[attr-defined]
REASON_CHOICES: Final = tuple((reason.value, name) for reason, name in REASON_NAMES.items())  # type: ignore[attr-defined]
EFFECT_CHOICES: Final = tuple((effect.value, name) for effect, name in EFFECT_NAMES.items())  # type: ignore[attr-defined]
ISSUES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        "missing": _("This is missing."),
        "code_twice": _("Another row or item with this code came before."),
        "title_missing": _("Give a title in Chinese or in English."),
        "too_long": _("The text is too long."),
        "odd_characters": _("The text has characters that can't be shown."),
        "not_https": _("Only addresses that begin with https:// are taken."),
        "not_a_kind": _("This is not a kind of item."),
        "not_a_category": _("There is no such category."),
        "not_a_level": _("This is not a level."),
        "not_a_currency": _("This is not a currency of ISO 4217, such as EUR, GBP or CNY."),
        "not_a_status": _("This is not a status."),
        "too_many": _("There are too many of them."),
        "negative": _("This must not be below zero."),
        "too_large": _("This number is too large."),
        "empty_window": _("The end comes after the beginning."),
        "attribute_name": _("A property has a name of up to 40 characters."),
        "attribute_value": _("A property is a text of up to 200 characters, a number, or yes or no."),
        "cell_count": _("The row has more or fewer cells than the header."),
        "not_json": _("The line is not a JSON object."),
        "unknown_key": _("The object has a key that the first objects of the file do not have."),
        "not_a_number": _("This is not a number."),
        "not_a_whole_number": _("This is not a whole number."),
        "too_precise": _("The amount is finer than the currency's smallest unit, or has too many digits."),
        "not_a_time": _("This is not a time. Write it like 2026-03-01 08:00 or 2026-03-01T08:00:00+08:00."),
        "not_properties": _("Write each property as “name: value”, or all of them as a JSON object."),
        "disclosure_missing": _(
            "Financial products and medicine need a disclosure in Chinese or English to be published."
        ),
    }
)
ISSUE_CHOICES: Final = tuple(ISSUES.items())
RULE_ISSUES: Final[Mapping[str, str | Promise]] = MappingProxyType(
    {
        **{code: ISSUES[code] for code in ("missing", "too_long", "too_large", "not_a_currency", "empty_window")},
        "not_above_zero": _("A price floor is above zero."),
        "exclusive_to_whom": _("Choose the partner that alone may show it."),
        "item_or_category": _("Choose an item or a category, not both."),
        "floor_of_no_floor": _("Only a rule about the price has a lowest price."),
        "not_a_category": ISSUES["not_a_category"],
        "not_an_item": _("You have no item with this code."),
        "not_a_partner": _("Your organization does not know this partner."),
    }
)
