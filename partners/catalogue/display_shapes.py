"""What the API shows of display rules, and what it takes."""

from typing import Any, ClassVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from alliance.kernel.http.serializers import InstantField, StrictSerializer
from partners.catalogue.domain import items as limits
from partners.catalogue.domain.wanted_rule import MAX_NOTE
from partners.catalogue.sentences import EFFECT_CHOICES, REASON_CHOICES

MOST_ASKED = 200


class DisplayRuleShape(serializers.Serializer[Any]):
    """One rule of the caller about who may show its items. What is null or empty speaks of all."""

    id = serializers.UUIDField()
    effect = serializers.ChoiceField(choices=EFFECT_CHOICES)
    alliance_id = serializers.UUIDField(allow_null=True)
    partner_id = serializers.UUIDField(allow_null=True)
    item_id = serializers.UUIDField(allow_null=True)
    category = serializers.CharField(source="category.key", default="", help_text="With everything below it.")
    floor_minor = serializers.IntegerField(allow_null=True, help_text="In the currency's minor unit.")
    currency = serializers.CharField()
    holds_from = serializers.DateTimeField(allow_null=True)
    holds_until = serializers.DateTimeField(allow_null=True, help_text="Exclusive.")
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DisplayRuleInput(StrictSerializer):
    """A rule. What is left out speaks of all; in a change it stays as it is."""

    effect = serializers.ChoiceField(choices=EFFECT_CHOICES)
    alliance_id = serializers.UUIDField(allow_null=True, default=None)
    partner_id = serializers.UUIDField(allow_null=True, default=None)
    item_id = serializers.UUIDField(allow_null=True, default=None)
    category = serializers.CharField(max_length=60, allow_blank=True, default="")
    floor_minor = serializers.IntegerField(min_value=1, max_value=limits.MAX_PRICE, allow_null=True, default=None)
    currency = serializers.CharField(max_length=3, allow_blank=True, default="", help_text="ISO 4217.")
    holds_from = InstantField(allow_null=True, default=None)
    holds_until = InstantField(allow_null=True, default=None, help_text="Exclusive.")
    note = serializers.CharField(max_length=MAX_NOTE, allow_blank=True, default="")


class DisplayRuleFilters(StrictSerializer):
    """Which of the rules."""

    item_id = serializers.UUIDField(required=False)
    partner_id = serializers.UUIDField(required=False)
    effect = serializers.ChoiceField(choices=EFFECT_CHOICES, required=False)


class IdsField(serializers.CharField):
    """Ids parted by commas."""

    default_error_messages: ClassVar = {"not_ids": _("Write up to 200 ids, parted by commas.")}

    def to_internal_value(self, data: Any) -> Any:
        """The ids, each once."""
        parts = super().to_internal_value(data).split(",")
        try:
            found = list(dict.fromkeys(UUID(part.strip()) for part in parts))
        except ValueError:
            self.fail("not_ids")
        if len(found) > MOST_ASKED:
            self.fail("not_ids")
        return found


class DisplayQuestion(StrictSerializer):
    """Which items, within which alliance."""

    alliance_id = serializers.UUIDField()
    item_ids = IdsField(help_text="Up to 200 ids of items, parted by commas.")


class DecisionShape(serializers.Serializer[Any]):
    """Whether the caller may show one item now, and why."""

    item_id = serializers.UUIDField()
    may_show = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=REASON_CHOICES)
    floor_minor = serializers.IntegerField(
        allow_null=True, help_text="The lowest price at which it may be shown, in the item's currency."
    )


class DecisionsShape(serializers.Serializer[Any]):
    """An answer for each item that the caller sees; whatever is missing must not be shown."""

    decisions = DecisionShape(many=True)
