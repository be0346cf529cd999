"""allauth's sign-up form for people who were invited, or want to apply to an alliance."""

from allauth.account.forms import SignupForm
from allauth.core import context
from django import forms
from django.utils.translation import gettext_lazy as _

from partners.accounts import remembered_invitation


class PortalSignupForm(SignupForm):  # type: ignore[misc]  # allauth has no types
    """Name, address and password; the address of somebody who was invited is that of the invitation and can't be changed."""

    full_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("full_name", "email", "password1", "password2")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        invitation = remembered_invitation(context.request)
        if invitation is not None:
            self.fields["email"].disabled = True
            self.initial["email"] = invitation.email
