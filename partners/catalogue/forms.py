"""Forms of the catalogue: they check shape, services check rules."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.filters import FilterForm, choice_field, search_field
from alliance.kernel.money import AmountError, format_minor, parse_amount
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain import items as limits
from partners.catalogue.domain.items import ItemDraft, draft_of, is_currency
from partners.catalogue.domain.visibility import Reach, Visibility
from partners.catalogue.domain.written import (
    PropertyLineError,
    join_properties,
    join_tags,
    split_properties,
    split_tags,
)
from partners.catalogue.sentences import KIND_CHOICES, LEVEL_CHOICES, STATUS_CHOICES

_INDENT: Final = "\u2003"
_LOCAL: Final = "%Y-%m-%dT%H:%M"
_AS_IT_IS: Final = "as_it_is"


def category_choices(tree: CategoryTree) -> list[tuple[str, str]]:
    """Every category by its key, those below another one indented."""
    return [(node.key, f"{_INDENT * node.depth}{node.name}") for node in tree]


def visibility_choices(alliances: Sequence[tuple[UUID, str]]) -> list[tuple[str, Any]]:
    """How far an item may be shown by a member of these alliances."""
    choices: list[tuple[str, Any]] = [(Reach.PRIVATE.value, _("Only us"))]
    choices.append((Reach.AGREEMENTS.value, _("Organizations with which we have a signed agreement")))
    choices.append((Reach.ALLIANCES.value, _("All members of all our alliances")))
    if len(alliances) > 1:
        choices += [(f"{Reach.ALLIANCES}:{alliance_id}", name) for alliance_id, name in alliances]
    return choices


def visibility_said(choice: str) -> Visibility:
    """The visibility of a choice."""
    reach, _separator, alliance_id = choice.partition(":")
    return Visibility(Reach(reach), (UUID(alliance_id),) if alliance_id else ())


def visibility_choice(visibility: Visibility) -> str:
    """The choice that says this visibility; one that only the API can say is `as_it_is`."""
    if len(visibility.alliance_ids) > 1 or (visibility.alliance_ids and visibility.reach is not Reach.ALLIANCES):
        return _AS_IT_IS
    return ":".join([visibility.reach.value, *(str(alliance_id) for alliance_id in visibility.alliance_ids)])


def _long_text(label: Any, most: int, *, rows: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text, widget=widget)


def _text(label: Any, most: int, help_text: Any = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=most, required=False, help_text=help_text)


def local_time_field(label: Any, help_text: Any = "") -> forms.DateTimeField:
    """A time on the organization's clock, or none."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=_LOCAL)
    return forms.DateTimeField(label=label, required=False, help_text=help_text, widget=widget, input_formats=[_LOCAL])


class ItemForm(forms.Form):
    """An item. Times are on the organization's clock."""

    code = forms.CharField(
        label=_("Item code"),
        max_length=limits.MAX_CODE,
        help_text=_("Your own name for the item, such as an SKU. Files and partners know it by this code; it stays."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KIND_CHOICES)
    category = forms.ChoiceField(label=_("Category"), required=False)
    title_zh = _text(_("Title in Chinese"), limits.MAX_TITLE)
    title_en = _text(_("Title in English"), limits.MAX_TITLE)
    description_zh = _long_text(_("Description in Chinese"), limits.MAX_DESCRIPTION, rows=4)
    description_en = _long_text(_("Description in English"), limits.MAX_DESCRIPTION, rows=4)
    price_minor = _text(_("Price"), 30, _("Such as 1234.50. Empty: no price is shown."))
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False)
    stock = forms.IntegerField(
        label=_("Stock"), required=False, min_value=0, max_value=limits.MAX_STOCK, help_text=_("Empty: unlimited.")
    )
    available_from = local_time_field(_("Available from"))
    available_until = local_time_field(_("No longer available from"))
    tags = _text(_("Tags"), 1_000, _("Parted by commas."))
    image_urls = _long_text(
        _("Images"), 6_000, rows=3, help_text=_("One https address in each line, the main one first.")
    )
    page_url = _text(_("Page of the item"), limits.MAX_URL, _("An https address."))
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("Any")), *LEVEL_CHOICES])
    duration_minutes = forms.IntegerField(
        label=_("Duration in minutes"), required=False, min_value=0, max_value=limits.MAX_DURATION
    )
    brand = _text(_("Instructor or brand"), limits.MAX_BRAND)
    attributes = _long_text(
        _("Further properties"), 8_000, rows=3, help_text=_("One in each line, such as “colour: red” or “pieces: 5”.")
    )
    minimum_age = forms.IntegerField(label=_("Minimum age"), required=False, min_value=0, max_value=limits.MAX_AGE)
    licence = _text(_("Licence number"), limits.MAX_LICENCE)
    disclosure_zh = _long_text(
        _("Disclosure in Chinese"),
        limits.MAX_DISCLOSURE,
        rows=2,
        help_text=_("What the law wants said. Financial products and medicine are published with a disclosure only."),
    )
    disclosure_en = _long_text(_("Disclosure in English"), limits.MAX_DISCLOSURE, rows=2)
    visibility = forms.ChoiceField(
        label=_("Who sees it once it is published"), widget=forms.RadioSelect, initial=Reach.ALLIANCES.value
    )

    def __init__(
        self,
        *args: Any,
        tree: CategoryTree,
        alliances: Sequence[tuple[UUID, str]],
        zone: str,
        is_new: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._zone = ZoneInfo(zone)
        self.fields["category"].choices = [("", _("None")), *category_choices(tree)]  # type: ignore[attr-defined]
        choices = visibility_choices(alliances)
        if self.initial.get("visibility") == _AS_IT_IS:
            choices.append((_AS_IT_IS, _("As it is: several alliances")))
        self.fields["visibility"].choices = choices  # type: ignore[attr-defined]
        self.fields["code"].disabled = not is_new

    def clean_tags(self) -> tuple[str, ...]:
        return split_tags(self.cleaned_data["tags"])

    def clean_image_urls(self) -> list[str]:
        return str(self.cleaned_data["image_urls"]).split()

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean_available_from(self) -> datetime | None:
        return self._aware("available_from")

    def clean_available_until(self) -> datetime | None:
        return self._aware("available_until")

    def clean_attributes(self) -> dict[str, limits.Scalar]:
        try:
            return split_properties(self.cleaned_data["attributes"])
        except PropertyLineError as error:
            raise forms.ValidationError(
                _("Write each property as “name: value”. This line has no name: %(line)s"), params={"line": error.line}
            ) from error

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text, currency = str(data.get("price_minor") or "").strip(), str(data.get("currency") or "")
        data["price_minor"] = None
        if text and is_currency(currency):
            try:
                data["price_minor"] = parse_amount(text, currency)
            except AmountError as error:
                self.add_error("price_minor", str(error))
        elif text:
            self.add_error("currency", _("This is not a currency of ISO 4217, such as EUR, GBP or CNY."))
        return data

    def draft(self) -> ItemDraft:
        """The item as the form says it, once valid."""
        return draft_of({name: value for name, value in self.cleaned_data.items() if name != "visibility"})

    def chosen_visibility(self) -> Visibility | None:
        """Who sees it; `None` to leave it as it is."""
        choice = self.cleaned_data["visibility"]
        return None if choice == _AS_IT_IS else visibility_said(choice)

    def _aware(self, name: str) -> datetime | None:
        """The instant that a time on the organization's clock means."""
        local: datetime | None = self.cleaned_data[name]
        return None if local is None else local.replace(tzinfo=self._zone)


def item_initial(draft: ItemDraft, visibility: Visibility, zone: str) -> dict[str, object]:
    """The form's initial values of an item."""
    values: dict[str, object] = {name: getattr(draft, name) for name in ItemDraft.__dataclass_fields__}
    price = "" if draft.price_minor is None else format_minor(draft.price_minor, draft.currency)
    for name in ("available_from", "available_until"):
        instant: datetime | None = getattr(draft, name)
        values[name] = None if instant is None else instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return values | {
        "price_minor": price,
        "tags": join_tags(draft.tags),
        "image_urls": "\n".join(draft.image_urls),
        "attributes": join_properties(draft.attributes),
        "visibility": visibility_choice(visibility),
    }


class PictureForm(forms.Form):
    """A picture of an item."""

    file = forms.FileField(
        label=_("Picture"),
        max_length=200,
        help_text=_("PNG or JPEG, at most 8 MB. It is drawn anew, without the place and time of taking."),
        widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg,image/png,image/jpeg"}),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )


class DuplicateForm(forms.Form):
    """The code of the copy."""

    code = forms.CharField(label=_("Code of the new item"), max_length=limits.MAX_CODE)


_AVAILABILITY: Final = (("now", _("Available now")), ("not_now", _("Not available now")))
NOT_ARCHIVED: Final = "not_archived"


class ItemFilter(FilterForm):
    """Which of the own items."""

    q = search_field(_("Search"))
    kind = choice_field(_("Kind"), KIND_CHOICES)
    category = choice_field(_("Category"), ())
    status = choice_field(_("Status"), [(NOT_ARCHIVED, _("All but archived")), *STATUS_CHOICES])
    availability = choice_field(_("Availability"), _AVAILABILITY)
    imported = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any], *, tree: CategoryTree) -> None:
        super().__init__(data)
        self.fields["category"] = choice_field(_("Category"), category_choices(tree))
        self.order_fields(("q", "kind", "category", "status", "availability"))


class GalleryFilter(FilterForm):
    """Which of the items that others offer."""

    q = search_field(_("Search"))
    owner = choice_field(_("Partner"), ())
    kind = choice_field(_("Kind"), KIND_CHOICES)
    category = choice_field(_("Category"), ())
    availability = choice_field(_("Availability"), _AVAILABILITY)

    def __init__(self, data: Mapping[str, Any], *, tree: CategoryTree, owners: Sequence[tuple[UUID, str]]) -> None:
        super().__init__(data)
        self.fields["owner"] = choice_field(_("Partner"), [(str(owner_id), name) for owner_id, name in owners])
        self.fields["category"] = choice_field(_("Category"), category_choices(tree))
        self.order_fields(("q", "owner", "kind", "category", "availability"))
