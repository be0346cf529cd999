"""How to read a file of items, as a form."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.spreadsheets.columns import suggest_columns
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.mapping import (
    COMMON_NAMES,
    DECIMAL_MARKS,
    ROLES,
    ItemMapping,
    ItemMappingError,
    attribute_columns,
)
from partners.catalogue.domain.visibility import Reach, Visibility
from partners.catalogue.forms import visibility_choice, visibility_choices, visibility_said
from partners.catalogue.sentences import KIND_CHOICES, NEW_STATUS_CHOICES
from partners.forms import zone_choices

COLUMN_LABELS: Final = MappingProxyType(
    {
        "code": _("Item code"),
        "kind": _("Kind"),
        "title_zh": _("Title in Chinese"),
        "title_en": _("Title in English"),
        "description_zh": _("Description in Chinese"),
        "description_en": _("Description in English"),
        "category": _("Category"),
        "tags": _("Tags"),
        "price": _("Price"),
        "price_minor": _("Price in the smallest unit"),
        "currency": _("Currency"),
        "image_urls": _("Images"),
        "page_url": _("Page of the item"),
        "available_from": _("Available from"),
        "available_until": _("No longer available from"),
        "stock": _("Stock"),
        "level": _("Level"),
        "duration_minutes": _("Duration in minutes"),
        "brand": _("Instructor or brand"),
        "minimum_age": _("Minimum age"),
        "licence": _("Licence number"),
        "disclosure_zh": _("Disclosure in Chinese"),
        "disclosure_en": _("Disclosure in English"),
        "status": _("Status"),
        "attributes": _("Further properties"),
    }
)
_ERRORS: Final = MappingProxyType(
    {
        "column_missing": _("Choose the column."),
        "title_column_missing": _("Choose the column of the title, in Chinese or in English."),
        "kind_missing": _("Choose the column of the kind, or one kind for all."),
        "currency_unknown": _("This is not a currency of ISO 4217, such as EUR, GBP or CNY."),
    }
)


class ItemFileForm(forms.Form):
    """A file of items."""

    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("CSV (UTF-8 or GB18030), XLSX or JSON Lines; CSV and JSON Lines may be compressed as .gz."),
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.xlsx,.txt,.tsv,.jsonl,.ndjson,text/csv"}),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file.")},
    )


class ItemMappingForm(forms.Form):
    """The columns of a file with this header, and the rules."""

    default_kind = forms.ChoiceField(
        label=_("Kind where the file says none"), required=False, choices=[("", _("None")), *KIND_CHOICES]
    )
    default_currency = forms.CharField(label=_("Currency where the file says none"), required=False, max_length=3)
    decimal_mark = forms.ChoiceField(
        label=_("Decimal mark"), choices=[(".", _("Point: 1234.50")), (",", _("Comma: 1234,50"))]
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=zone_choices, help_text=_("Whose clock times without an offset are.")
    )
    new_status = forms.ChoiceField(label=_("New items become"), choices=NEW_STATUS_CHOICES)
    visibility = forms.ChoiceField(label=_("New items are seen by"))
    archive_missing = forms.BooleanField(
        label=_("Archive items that the file does not name"),
        required=False,
        help_text=_("They come back when a later file names them again."),
    )

    def __init__(self, *args: Any, header: Sequence[str], alliances: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._header = tuple(header)
        columns = [("", _("Not in the file")), *((name, name) for name in header)]
        for role in ROLES:
            self.fields[role] = forms.ChoiceField(label=COLUMN_LABELS[role], required=False, choices=columns)
        self.fields["visibility"].choices = visibility_choices(alliances)  # type: ignore[attr-defined]

    @property
    def column_fields(self) -> list[forms.BoundField]:
        """The fields that choose a column."""
        return [self[role] for role in ROLES]

    @property
    def attribute_columns(self) -> tuple[str, ...]:
        """The columns that become properties by their names."""
        return attribute_columns(self._header)

    def clean_default_currency(self) -> str:
        return str(self.cleaned_data["default_currency"]).strip().upper()

    def mapping(self) -> ItemMapping | None:
        """The mapping, once the form is valid; `None` after putting the reason beside its field."""
        data = self.cleaned_data
        visibility = visibility_said(data["visibility"])
        try:
            return ItemMapping(
                columns={role: data[role] for role in ROLES if data[role]},
                attribute_columns=self.attribute_columns,
                default_kind=data["default_kind"],
                default_currency=data["default_currency"],
                decimal_mark=data["decimal_mark"],
                time_zone=data["time_zone"],
                new_status=data["new_status"],
                reach=visibility.reach,
                alliance_ids=tuple(str(alliance_id) for alliance_id in visibility.alliance_ids),
                archive_missing=data["archive_missing"],
            )
        except ItemMappingError as error:
            self.add_error(error.field, _ERRORS.get(error.code, _("This value is not valid.")))
            return None


def mapping_initial(stored: Mapping[str, object]) -> dict[str, object]:
    """The form's initial values of a stored mapping."""
    mapping = ItemMapping.from_json(stored)
    return {
        **mapping.columns,
        "default_kind": mapping.default_kind,
        "default_currency": mapping.default_currency,
        "decimal_mark": mapping.decimal_mark,
        "time_zone": mapping.time_zone,
        "new_status": mapping.new_status,
        "visibility": visibility_choice(mapping.visibility),
        "archive_missing": mapping.archive_missing,
    }


def guessed_initial(header: Sequence[str], *, zone: str) -> dict[str, object]:
    """The form's initial values for a file that is new here: columns by their names."""
    return {
        **suggest_columns(header, COMMON_NAMES),
        "decimal_mark": DECIMAL_MARKS[0],
        "time_zone": zone,
        "new_status": ItemStatus.PUBLISHED.value,
        "visibility": visibility_choice(Visibility(Reach.ALLIANCES)),
    }
