"""Forms of exchange rates. They check shape only."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.filters import FilterForm, choice_field, day_field


class RateFileForm(forms.Form):
    """A file of rates, and who quotes them."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV with the columns date, base, quote and rate, or the XML of the European Central Bank."),
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=40,
        required=False,
        help_text=_(
            "Who quotes the rates, such as the name of your bank. For the file of the European Central Bank leave it empty."
        ),
    )


class RateFilter(FilterForm):
    """Which rates: of which source and currencies, valid on which days (both ends included)."""

    def __init__(self, data: Mapping[str, object], *, sources: Sequence[str], currencies: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["source"] = choice_field(_("Source"), [(source, source) for source in sources])
        self.fields["base"] = choice_field(_("Base"), [(code, code) for code in currencies])
        self.fields["quote"] = choice_field(_("Quote"), [(code, code) for code in currencies])
        self.fields["from"] = day_field(_("From"))
        self.fields["to"] = day_field(_("To"))


class RateQuestion(FilterForm):
    """Which rate counts for two currencies on a day."""

    def __init__(self, data: Mapping[str, object] | None, *, currencies: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["of"] = choice_field(_("From currency"), [(code, code) for code in currencies], empty="–")
        self.fields["into"] = choice_field(_("Into currency"), [(code, code) for code in currencies], empty="–")
        self.fields["on"] = day_field(_("On"))
