"""Forms of feeds: they check shape, services check rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.catalogue.feeds.services.add_feed import WantedFeed
from partners.catalogue.feeds.words import INTERVAL_CHOICES


class FeedForm(forms.Form):
    """A feed: what it is called, where it lies, how often it is fetched."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For your own people, such as “Shop export”."))
    url = forms.CharField(
        label=_("Address of the file"),
        max_length=2048,
        help_text=_("An https address of a CSV, XLSX or JSON Lines file on the public internet."),
        widget=forms.URLInput,
    )
    every_hours = forms.TypedChoiceField(label=_("Fetched"), choices=INTERVAL_CHOICES, coerce=int, initial=24)

    def wanted(self) -> WantedFeed:
        """The feed as the form says it, once valid."""
        data = self.cleaned_data
        return WantedFeed(name=data["name"], url=data["url"].strip(), every_hours=data["every_hours"])
