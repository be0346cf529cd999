"""Forms of the pages: they check shape, services check rules."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.webhooks.models import DeliveryOutcome
from partners.webhooks.types import TEST_TYPE, webhook_types

SPANS = (
    ("1", _("the last hour")),
    ("24", _("the last day")),
    ("72", _("the last three days")),
    ("720", _("the last thirty days")),
)


class EndpointForm(forms.Form):
    """An endpoint: where, what, and a word to tell it from others."""

    url = forms.CharField(
        label=_("Address"),
        max_length=2048,
        widget=forms.URLInput(attrs={"placeholder": "https://shop.example/hooks", "autocomplete": "off"}),
        help_text=_("Your server's address on the public internet. We send a POST with JSON to it."),
    )
    description = forms.CharField(label=_("Description"), max_length=120, required=False)
    types = forms.MultipleChoiceField(label=_("Tell it of"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["types"].choices = [  # type: ignore[attr-defined]
            (offered.name, f"{offered.name}: {offered.description}") for offered in webhook_types()
        ]


class DeliveryFilter(forms.Form):
    """Which deliveries of an endpoint."""

    state = forms.ChoiceField(
        label=_("State"), required=False, widget=forms.Select(attrs={"class": "form-select"}), choices=()
    )
    type = forms.ChoiceField(
        label=_("Type"), required=False, widget=forms.Select(attrs={"class": "form-select"}), choices=()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [offered.name for offered in webhook_types()] + [TEST_TYPE]
        self.fields["state"].choices = [("", _("Any state")), *DeliveryOutcome.choices]  # type: ignore[attr-defined]
        self.fields["type"].choices = [("", _("Any type")), *((name, name) for name in names)]  # type: ignore[attr-defined]

    def conditions(self) -> dict[str, str]:
        """The filter of deliveries; nothing for what was not chosen or does not exist."""
        if not self.is_valid():
            return {}
        wanted = {"state": self.cleaned_data["state"], "message__type": self.cleaned_data["type"]}
        return {name: value for name, value in wanted.items() if value}


class ResendForm(forms.Form):
    """How far back."""

    hours = forms.ChoiceField(label=_("Failed in"), choices=SPANS, widget=forms.Select(attrs={"class": "form-select"}))

    def since(self, now: datetime) -> datetime:
        """The instant that was chosen."""
        return now - timedelta(hours=int(self.cleaned_data["hours"]))
