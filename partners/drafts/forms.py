"""Forms around the terms of a draft: how it starts, and when it is in force."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.money import AmountError, parse_amount
from partners.domain.end_rule import LONGEST_NOTICE, LONGEST_RENEWAL, AtEnd, EndRule
from partners.domain.supplement import LONGEST_TEXT
from partners.domain.terms import EarnsOn
from partners.domain.terms.clauses import DeductionKind
from partners.drafts.shapes.declared import Choices
from partners.drafts.starting import STARTS
from partners.drafts.trying import MadeUp
from partners.forms import DateInput, signer_title_field, zone_choices
from partners.models import AtEndChoice
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
    signer_title = signer_title_field()
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class PaperForm(forms.Form):
    """What is signed beside the terms: how the version ends, the legal text, an attached file."""

    name = forms.CharField(label=_("Name of the agreement"), max_length=160)
    notice_days = forms.IntegerField(
        label=_("Days of notice"),
        min_value=0,
        max_value=LONGEST_NOTICE,
        required=False,
        help_text=_("Each party may end the agreement by notice of so many days. Empty: nobody can, by notice alone."),
    )
    at_end = forms.ChoiceField(label=_("When the end that is signed is reached"))
    renewal_months = forms.IntegerField(
        label=_("Renewed by so many months"),
        min_value=1,
        max_value=LONGEST_RENEWAL,
        required=False,
        help_text=_("Only where the terms are renewed."),
    )
    fallback_number = forms.TypedChoiceField(
        label=_("This version applies again"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("Only where an earlier version applies again."),
    )
    text_en = forms.CharField(
        label=_("Legal text in English"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("As Markdown: # for headings, * for lists. What the terms say need not be repeated."),
    )
    text_zh_hans = forms.CharField(
        label=_("Legal text in Chinese"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "lang": "zh-hans"}),
    )
    file = forms.FileField(
        label=_("Attach a PDF"),
        required=False,
        help_text=_("It becomes part of what is signed, by its hash. 20 MB at most."),
    )
    keeps_file = forms.BooleanField(label=_("Keep the attached file"), required=False, initial=True)

    def __init__(self, *args: Any, accepted: Sequence[int], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [choice for choice in AtEndChoice.choices if accepted or choice[0] != AtEndChoice.FALL_BACK]
        self.fields["at_end"].choices = offered  # type: ignore[attr-defined]
        self.fields["fallback_number"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((number, _("Version %(number)s") % {"number": number}) for number in accepted),
        ]
        if not accepted:
            del self.fields["fallback_number"]
        if not is_new:
            del self.fields["name"]

    def end_rule(self) -> EndRule:
        """The rule of a valid form; whether it is possible shows when the draft is proposed."""
        data = self.cleaned_data
        return EndRule(data["notice_days"], AtEnd(data["at_end"]), data["renewal_months"], data.get("fallback_number"))

    def texts(self) -> dict[str, str]:
        """The legal texts of a valid form, by language."""
        return {"en": self.cleaned_data["text_en"], "zh-hans": self.cleaned_data["text_zh_hans"]}


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
