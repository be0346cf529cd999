"""Forms of the life of agreements: they check shape, services check rules."""

from django import forms
from django.utils.translation import gettext_lazy as _

from partners.domain.endings import LONGEST_REASON


class DeclineForm(forms.Form):
    """A no, and why."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Every party reads it."),
    )
