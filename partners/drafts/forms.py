"""Forms around the terms of a draft: how it starts, and when it is in force."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.drafts.starting import STARTS
from partners.forms import DateInput, zone_choices


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
