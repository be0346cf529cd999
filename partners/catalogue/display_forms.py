"""The form of a display rule."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.money import AmountError, format_minor, parse_amount
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain import items as limits
from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.items import is_currency
from partners.catalogue.domain.wanted_rule import MAX_NOTE, WantedRule
from partners.catalogue.forms import category_choices, local_time_field
from partners.catalogue.sentences import EFFECT_CHOICES, RULE_ISSUES


class DisplayRuleForm(forms.Form):
    """A rule. Times are on the organization's clock; the item is named by its code."""

    effect = forms.ChoiceField(label=_("What the rule says"), choices=EFFECT_CHOICES, widget=forms.RadioSelect)
    partner_id = forms.ChoiceField(label=_("Partner"), required=False)
    alliance_id = forms.ChoiceField(label=_("Alliance"), required=False)
    item_id = forms.CharField(
        label=_("Item code"),
        max_length=limits.MAX_CODE,
        required=False,
        help_text=_("Empty: all items, or those of a category."),
    )
    category = forms.ChoiceField(label=_("Category"), required=False)
    floor_minor = forms.CharField(
        label=_("Lowest price"), max_length=30, required=False, help_text=_("For “Not below a price”. Such as 99.00.")
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    holds_from = local_time_field(_("Holds from"), _("Empty: it holds at once."))
    holds_until = local_time_field(_("No longer holds from"), _("Empty: until you change it."))
    note = forms.CharField(
        label=_("Note"), max_length=MAX_NOTE, required=False, help_text=_("For your own people only.")
    )

    def __init__(
        self,
        *args: Any,
        tree: CategoryTree,
        partners: Sequence[tuple[UUID, str]],
        alliances: Sequence[tuple[UUID, str]],
        find_item: Callable[[str], UUID | None],
        zone: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._zone, self._find_item = ZoneInfo(zone), find_item
        self.fields["partner_id"].choices = [("", _("All partners")), *((str(pk), name) for pk, name in partners)]  # type: ignore[attr-defined]
        self.fields["alliance_id"].choices = [("", _("All alliances")), *((str(pk), name) for pk, name in alliances)]  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", _("All categories")), *category_choices(tree)]  # type: ignore[attr-defined]

    def clean_item_id(self) -> UUID | None:
        """The item of the code."""
        code = str(self.cleaned_data["item_id"]).strip()
        if not code:
            return None
        if (found := self._find_item(code)) is None:
            raise forms.ValidationError(str(RULE_ISSUES["not_an_item"]))
        return found

    def clean_currency(self) -> str:
        """In capitals."""
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean_holds_from(self) -> datetime | None:
        """The instant that it means."""
        return self._aware("holds_from")

    def clean_holds_until(self) -> datetime | None:
        """The instant that it means."""
        return self._aware("holds_until")

    def clean(self) -> dict[str, Any]:
        """The price in minor units; what stands there for another kind of rule is left out."""
        data = super().clean() or {}
        text, currency = str(data.get("floor_minor") or "").strip(), str(data.get("currency") or "")
        data["floor_minor"] = None
        if data.get("effect") != Effect.PRICE_FLOOR:
            data["currency"] = ""
        elif text and is_currency(currency):
            try:
                data["floor_minor"] = parse_amount(text, currency)
            except AmountError as error:
                self.add_error("floor_minor", str(error))
        return data

    def wanted(self) -> WantedRule:
        """The rule as the form says it, once valid."""
        data = self.cleaned_data
        return WantedRule(
            effect=Effect(data["effect"]),
            alliance_id=_id(data["alliance_id"]),
            partner_id=_id(data["partner_id"]),
            item_id=data["item_id"],
            category=data["category"],
            floor_minor=data["floor_minor"],
            currency=data["currency"],
            holds_from=data["holds_from"],
            holds_until=data["holds_until"],
            note=data["note"].strip(),
        )

    def _aware(self, name: str) -> datetime | None:
        local: datetime | None = self.cleaned_data[name]
        return None if local is None else local.replace(tzinfo=self._zone)


def _id(text: str) -> UUID | None:
    return UUID(text) if text else None


def rule_initial(wanted: WantedRule, *, item_code: str, zone: str) -> dict[str, object]:
    """The form's initial values of a rule."""
    floor = "" if wanted.floor_minor is None else format_minor(wanted.floor_minor, wanted.currency)
    local = ZoneInfo(zone)
    return {
        "effect": wanted.effect.value,
        "alliance_id": str(wanted.alliance_id or ""),
        "partner_id": str(wanted.partner_id or ""),
        "item_id": item_code,
        "category": wanted.category,
        "floor_minor": floor,
        "currency": wanted.currency,
        "holds_from": wanted.holds_from and wanted.holds_from.astimezone(local).replace(tzinfo=None),
        "holds_until": wanted.holds_until and wanted.holds_until.astimezone(local).replace(tzinfo=None),
        "note": wanted.note,
    }
