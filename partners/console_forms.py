"""Forms of the operator console."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.services.change_organization_status import LONGEST_REASON


class ReasonForm(forms.Form):
    """Why an organization's status changes."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The members of the organization read it."),
    )
