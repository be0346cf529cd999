"""Forms of single sign-on."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CompanySignInForm(forms.Form):
    """The address whose domain tells which identity provider to ask."""

    email = forms.EmailField(
        label=_("Your work e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)


class DomainForm(forms.Form):
    """A domain of e-mail addresses."""

    name = forms.CharField(
        label=_("Domain"),
        max_length=253,
        help_text=_("What stands behind the @ of your addresses, such as company.example."),
    )


class ProviderForm(forms.Form):
    """The provider, and this installation as a client of it."""

    issuer = forms.URLField(
        label=_("Issuer"),
        max_length=500,
        assume_scheme="https",
        help_text=_("The provider's address as it names itself, such as https://login.company.example."),
    )
    client_id = forms.CharField(label=_("Client id"), max_length=255)
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=1000,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    creates_members = forms.BooleanField(
        label=_("Take in people of your domains without an invitation, as viewers"), required=False, initial=True
    )

    def __init__(self, *args: Any, has_secret: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_secret:
            self.fields["client_secret"].help_text = _("It is kept and never shown. Empty: it stays as it is.")
