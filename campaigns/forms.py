"""Forms of the portal: they check shape, services check rules."""

from collections.abc import Mapping as Values
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _
from iso4217 import Currency

from alliance.kernel.http.filters import FilterForm, choice_field, day_field, search_field
from alliance.kernel.money import UnknownCurrencyError, exponent
from campaigns.domain.mapping import DECIMAL_MARKS, OPTIONAL, REQUIRED, Mapping, MappingError
from campaigns.domain.suggestions import TIME_FORMATS
from campaigns.models import MatchIssue, OrderKind

_COLUMN_LABELS: Final = MappingProxyType(
    {
        "order_id": _("Order id"),
        "quantity": _("Quantity"),
        "unit_price": _("Unit price"),
        "occurred_at": _("Time"),
        "partner": _("Partner"),
        "item": _("Item"),
        "description": _("Description"),
        "customer": _("Customer"),
        "refund_of": _("Refund of order"),
        "country": _("Country"),
        "coupon": _("Coupon"),
        "tax": _("Tax"),
        "payment_fee": _("Payment fee"),
        "parent_order": _("Parent order"),
        "invalid_reason": _("Invalid because"),
        "returned": _("Returned units"),
    }
)
_COLUMN_HINTS: Final = MappingProxyType(
    {
        "order_id": _("Rows with the same order id are one order."),
        "partner": _("Its values are the partner codes of the alliance."),
        "refund_of": _("The order id that a refund takes back. Without it a refund is split by itself."),
        "country": _("Two letters, such as CN or DE; terms may depend on it."),
        "tax": _("What each line holds of tax; terms may share the amount without it."),
        "payment_fee": _("What the payment provider kept of each line."),
        "parent_order": _("The number under which the shop sold what it then split."),
        "invalid_reason": _("Why the shop calls the order invalid. It is shown, and decides nothing."),
        "returned": _("How many units came back or are being returned. It is shown, and decides nothing."),
    }
)
_MAPPING_ERRORS: Final = MappingProxyType(
    {
        "column_missing": _("Choose the column."),
        "time_zone_unknown": _("This is not a time zone, such as Europe/London or Asia/Shanghai."),
        "currency_unknown": _("This is not a currency of ISO 4217, such as EUR, GBP or CNY."),
        "time_format_unknown": _("The time format has a sign that is not known."),
        "time_format_without_day": _("The time format needs a year, a month and a day."),
        "prefix_length": _("A prefix has one to eight characters."),
        "prefix_twice": _("The same prefix can't mean a refund and an adjustment."),
    }
)
_OTHER_FORMAT: Final = ""


def _zones() -> list[tuple[str, str]]:
    names = sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/")))
    return [("UTC", "UTC"), *((name, name) for name in names)]


def _currencies() -> list[tuple[str, str]]:
    found = []
    for currency in Currency:
        try:
            exponent(currency.code)
        except UnknownCurrencyError:
            continue
        found.append((currency.code, currency.code))
    return sorted(found)


def _examples() -> list[tuple[str, str]]:
    return [(pattern, _readable(pattern)) for pattern in TIME_FORMATS]


def _readable(pattern: str) -> str:
    """`%Y-%m-%d %H:%M` as 2011-12-31 23:59, which people recognise."""
    parts = {"%Y": "2011", "%m": "12", "%d": "31", "%H": "23", "%M": "59", "%S": "58", "%z": "+0800"}
    for directive, example in parts.items():
        pattern = pattern.replace(directive, example)
    return pattern


class UploadForm(forms.Form):
    """A file of orders."""

    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("CSV (UTF-8 or GB18030), the same compressed as .gz, or XLSX. The first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.gz,.xlsx,.txt,.tsv,text/csv"}),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file.")},
    )


class MappingForm(forms.Form):
    """The columns and rules. With a file's header the columns are chosen, without it they are typed."""

    order_id = forms.CharField()
    occurred_at = forms.CharField()
    quantity = forms.CharField()
    unit_price = forms.CharField()
    partner = forms.CharField()
    item = forms.CharField()
    description = forms.CharField()
    customer = forms.CharField()
    refund_of = forms.CharField()
    country = forms.CharField()
    coupon = forms.CharField()
    tax = forms.CharField()
    payment_fee = forms.CharField()
    parent_order = forms.CharField()
    invalid_reason = forms.CharField()
    returned = forms.CharField()
    time_format = forms.ChoiceField(
        label=_("Time format"), choices=_examples, help_text=_("How the last minute of 2011 would be written.")
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        help_text=_("Whose clock the times are. An hour that a clock change repeats counts as the earlier one."),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies)
    decimal_mark = forms.ChoiceField(
        label=_("Decimal mark"), choices=[(".", _("Point: 1234.50")), (",", _("Comma: 1234,50"))]
    )
    refund_prefixes = forms.CharField(
        label=_("Refunds begin with"),
        required=False,
        max_length=80,
        help_text=_("Order ids that begin so are refunds. Several prefixes are parted by spaces."),
    )
    adjustment_prefixes = forms.CharField(
        label=_("Adjustments begin with"),
        required=False,
        max_length=80,
        help_text=_("Order ids that begin so are adjustments, such as bad debt."),
    )
    negative_is_refund = forms.BooleanField(label=_("Any other order below zero is a refund too"), required=False)

    def __init__(self, *args: Any, header: Sequence[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in (*REQUIRED, *OPTIONAL):
            self.fields[role] = _column_field(role, header)

    def mapping(self) -> Mapping | None:
        """The mapping, once the form is valid; `None` after putting the reason beside its field."""
        values = dict(self.cleaned_data)
        values |= {name: tuple(values[name].split()) for name in ("refund_prefixes", "adjustment_prefixes")}
        known = {name: value for name, value in values.items() if name in Mapping.__dataclass_fields__}
        try:
            return Mapping(**known)
        except MappingError as error:
            self.add_error(error.field, _MAPPING_ERRORS.get(error.code, _("This value is not valid.")))
            return None


def _column_field(role: str, header: Sequence[str] | None) -> forms.Field:
    is_required = role in REQUIRED
    label, hint = _COLUMN_LABELS[role], _COLUMN_HINTS.get(role, "")
    if header is None:
        return forms.CharField(label=label, required=is_required, max_length=200, help_text=hint)
    nothing = _("Choose a column") if is_required else _("Not in the file")
    choices = [("", nothing), *((name, name) for name in header)]
    messages = {"required": _("Choose the column.")}
    return forms.ChoiceField(
        label=label, required=is_required, choices=choices, help_text=hint, error_messages=messages
    )


class FileMappingForm(MappingForm):
    """The mapping of one uploaded file: for which alliance, and whether to keep it."""

    alliance = forms.ChoiceField(label=_("Alliance"))
    save_as = forms.CharField(
        label=_("Save this mapping as"),
        required=False,
        max_length=80,
        help_text=_("Leave it empty to use the mapping only now."),
    )

    def __init__(self, *args: Any, alliances: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["alliance"] = forms.ChoiceField(
            label=_("Alliance"), choices=[(str(alliance_id), name) for alliance_id, name in alliances]
        )


class SavedMappingForm(MappingForm):
    """A mapping with its name."""

    name = forms.CharField(label=_("Name"), max_length=80)
    field_order = ("name",)


def mapping_initial(spec: Values[str, object]) -> dict[str, object]:
    """The form's initial values of a stored mapping."""
    values = {name: spec.get(name, "") for name in Mapping.__dataclass_fields__}
    for name in ("refund_prefixes", "adjustment_prefixes"):
        prefixes = values[name]
        values[name] = " ".join(prefixes) if isinstance(prefixes, list | tuple) else prefixes
    return values


assert set(DECIMAL_MARKS) == {".", ","}


class OrderFilter(FilterForm):
    """Which orders: by the beginning of the reference or the customer, kind, partner, local days (both included)."""

    q = search_field(_("Reference or customer"))
    kind = choice_field(_("Kind"), OrderKind.choices)
    since = day_field(_("From"))
    until = day_field(_("To"))
    imported = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Values[str, Any], partners: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(data)
        if partners:
            self.fields["partner"] = choice_field(_("Partner"), partners)


class ConversionFilter(OrderFilter):
    """As orders (without customers), and by whether an agreement was found."""

    q = search_field(_("Reference"))
    match = choice_field(
        _("Agreement"), [("matched", _("Found")), *[(i.value, i.label) for i in MatchIssue if i is not MatchIssue.NONE]]
    )
