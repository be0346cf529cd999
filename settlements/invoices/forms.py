"""Forms of invoices. They check shape only."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.money.currencies import UnknownCurrencyError, exponent


class OwnInvoiceForm(forms.Form):
    """The partner's own invoice for one statement."""

    number = forms.CharField(label=_("Invoice number"), max_length=60)
    issued_on = forms.DateField(label=_("Date"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    currency = forms.CharField(label=_("Currency"), max_length=3)
    net = forms.CharField(label=_("Amount before tax"), max_length=24)
    vat = forms.CharField(label=_("Value-added tax"), max_length=24)
    file = forms.FileField(label=_("Document"), help_text=_("PDF, PNG or JPEG."))

    def __init__(self, data: Any = None, files: Any = None, *, initial: Mapping[str, object]) -> None:
        super().__init__(data, files, initial=dict(initial))

    def clean_currency(self) -> str:
        """An ISO code."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        try:
            exponent(code)
        except UnknownCurrencyError as error:
            raise forms.ValidationError(_("The currency is not one of ISO 4217, such as EUR, GBP or CNY.")) from error
        return code
