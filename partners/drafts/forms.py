"""Forms around the terms of a draft: how it starts, and when it is in force."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.money import AmountError, parse_amount
from partners.domain.terms import EarnsOn
from partners.domain.terms.clauses import DeductionKind
from partners.drafts.shapes.declared import Choices
from partners.drafts.starting import STARTS
from partners.drafts.trying import MadeUp
from partners.forms import DateInput, zone_choices
from partners.sentences.conditions import ITEM_KINDS, PERSONS


class StartForm(forms.Form):
    """A new agreement to write."""

    name = forms.CharField(label=_("Name of the agreement"), max_length=160)
    parties = forms.MultipleChoiceField(label=_("With"), widget=forms.CheckboxSelectMultiple)
    currency = forms.CharField(
        label=_("Currency"),
        min_length=3,
        max_length=3,
        help_text=_("ISO 4217, such as EUR, GBP or CNY. It stays for good."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=zone_choices,
        help_text=_("Decides days and months of this agreement. It stays for good."),
    )
    start = forms.ChoiceField(
        label=_("Start with"),
        choices=[(key, start.title) for key, start in STARTS.items()],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parties"].choices = others  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class ProposeDraftForm(forms.Form):
    """When the version is in force, and a signature at once."""

    effective_on = forms.DateField(
        label=_("In force from"),
        widget=DateInput(),
        help_text=_("From the beginning of this day in the agreement's time zone."),
    )
    until_on = forms.DateField(
        label=_("No longer in force from"),
        required=False,
        widget=DateInput(),
        help_text=_("Up to the beginning of this day. Empty: until a later version takes over."),
    )
    signer_name = forms.CharField(
        label=_("Sign now, with your full name"),
        max_length=120,
        required=False,
        help_text=_("Your signature binds your organization to exactly these terms. Empty: propose now, sign later."),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ExampleForm(forms.Form):
    """A conversion that somebody makes up to see what a draft does with it."""

    earns_on = forms.ChoiceField(
        label=_("What happens"),
        choices=[
            ("sale", pgettext_lazy("what earns", "a sale")),
            ("lead", pgettext_lazy("what earns", "a lead")),
            ("click", pgettext_lazy("what earns", "a click")),
            ("sign_up", pgettext_lazy("what earns", "a sign-up")),
            ("pooled_revenue", pgettext_lazy("what earns", "pooled revenue, once for each period")),
            ("flat_fee", pgettext_lazy("what earns", "a fixed fee, once for each period")),
        ],
    )
    amount = forms.CharField(label=_("Amount"), max_length=24, required=False)
    quantity = forms.IntegerField(label=_("Units"), min_value=1, max_value=10**6, required=False)
    tax = forms.CharField(label=_("Tax in it"), max_length=24, required=False)
    payment_fee = forms.CharField(label=_("Payment fee"), max_length=24, required=False)
    partner = forms.ChoiceField(label=_("Through"), required=False)
    item_kind = forms.ChoiceField(
        label=_("Kind of item"), choices=[("", _("not known")), *ITEM_KINDS.items()], required=False
    )
    item = forms.CharField(label=_("Item"), max_length=200, required=False)
    category = forms.CharField(label=_("Category"), max_length=200, required=False)
    tag = forms.CharField(label=_("Tag"), max_length=200, required=False)
    country = forms.CharField(label=_("Country"), max_length=2, required=False)
    person = forms.ChoiceField(label=_("Person"), choices=[("", _("not known")), *PERSONS.items()], required=False)

    coupon = forms.CharField(label=_("Coupon"), max_length=200, required=False)
    placement = forms.CharField(label=_("Placement"), max_length=200, required=False)

    def __init__(self, *args: Any, parties: Choices, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["partner"].choices = [("", _("nobody")), *parties]  # type: ignore[attr-defined]
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"

    def clean_amount(self) -> int:
        return self._minor("amount")

    def clean_tax(self) -> int:
        return self._minor("tax")

    def clean_payment_fee(self) -> int:
        return self._minor("payment_fee")

    def _minor(self, name: str) -> int:
        text = self.cleaned_data[name]
        try:
            return parse_amount(text, self.currency) if text else 0
        except AmountError as error:
            raise forms.ValidationError(str(error)) from error

    def made_up(self) -> MadeUp:
        """The conversion of a valid form."""
        data = self.cleaned_data
        reported = {DeductionKind.TAX: data["tax"], DeductionKind.PAYMENT_FEE: data["payment_fee"]}
        return MadeUp(
            earns_on=EarnsOn(data["earns_on"]),
            amount_minor=data["amount"],
            quantity=data["quantity"] or 1,
            reported={kind: amount for kind, amount in reported.items() if amount},
            partner=UUID(data["partner"]) if data["partner"] else None,
            item=data["item"] or None,
            item_kind=data["item_kind"] or None,
            categories=frozenset(filter(None, [data["category"]])),
            tags=frozenset(filter(None, [data["tag"]])),
            country=data["country"].upper() or None,
            person=data["person"] or None,
            coupon=data["coupon"] or None,
            placement=data["placement"] or None,
        )
