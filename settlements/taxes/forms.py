"""Forms of taxes. They check shape only."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.forms import country_choices
from settlements.taxes.models import CertificateKind


class TaxProfileForm(forms.Form):
    """Who the organization is to tax authorities."""

    legal_name = forms.CharField(label=_("Legal name"), max_length=160)
    address = forms.CharField(label=_("Address"), max_length=300, widget=forms.Textarea({"rows": 2}))
    country = forms.ChoiceField(label=_("Tax residence"), choices=country_choices)
    vat_number = forms.CharField(
        label=_("VAT number"),
        max_length=40,
        required=False,
        help_text=_("In China the unified social credit code. Its digits are checked; nobody is asked."),
    )
    is_small = forms.BooleanField(
        label=_("Small taxpayer"), required=False, help_text=_("No value-added tax is shown on your invoices.")
    )
    accepts_self_billing = forms.BooleanField(
        label=_("We accept self-billing invoices"),
        required=False,
        help_text=_(
            "Where the agreement provides for it, the host issues the invoice on your behalf; you can object to each."
        ),
    )


class CertificateForm(forms.Form):
    """A certificate for one host."""

    host = forms.ChoiceField(label=_("For"))
    kind = forms.ChoiceField(label=_("Kind"), choices=CertificateKind.choices)
    number = forms.CharField(label=_("Number"), max_length=60)
    valid_from = forms.DateField(label=_("Valid from"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day; empty until further notice."),
    )
    file = forms.FileField(label=_("Document"), help_text=_("PDF, PNG or JPEG."))

    def __init__(self, *data: Any, hosts: Mapping[UUID, str]) -> None:
        super().__init__(*data)
        self.fields["host"] = forms.ChoiceField(
            label=_("For"), choices=[(str(id_), name) for id_, name in hosts.items()]
        )
        self.order_fields(["host"])
