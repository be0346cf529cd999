"""Forms of the life of agreements: they check shape, services check rules."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.filters import FilterForm, choice_field, search_field
from partners.agreements.lists import ENDING, WAITING
from partners.agreements.services.give_notice import EndMovedError
from partners.domain.endings import LONGEST_REASON
from partners.forms import DateInput
from partners.models import AgreementStatus


class AgreementFilters(FilterForm):
    """Search and filter of the list."""

    q = search_field(_("Search by name or party"), max_length=160)
    status = choice_field(_("Status"), AgreementStatus.choices)
    asks = choice_field(
        _("Asks for"), [(WAITING, _("our signature")), (ENDING, _("a decision: it ends within 30 days"))]
    )


def _reason_field(*, required: bool, label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=help_text,
    )


class DeclineForm(forms.Form):
    """A no, and why."""

    reason = _reason_field(required=True, label=_("Why?"), help_text=_("Every party reads it."))


class SignForm(forms.Form):
    """A signature: name and position typed, the content confirmed, bound to the hash that was shown."""

    document_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=200, required=False)
    signer_name = forms.CharField(
        label=_("Your full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    signer_title = forms.CharField(
        label=_("Your position"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        help_text=_("As it should stand beside your name: Managing Director, for instance."),
    )
    confirmed = forms.BooleanField(
        label=_("I have read these terms and accept them for my organization."),
        error_messages={"required": _("Confirm that you accept the terms.")},
    )

    def __init__(self, *args: Any, confirmation: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if confirmation is not None:
            self.fields["confirmed"].label = confirmation
            self.fields["confirmed"].error_messages = {"required": _("Confirm it before you sign.")}


class NoticeForm(SignForm):
    """A notice: the end that was shown, perhaps why, and a signature."""

    ends_at = forms.CharField(widget=forms.HiddenInput, max_length=40, required=False)
    reason = _reason_field(required=False, label=_("Reason"), help_text=_("If you give one, every party reads it."))
    field_order = ("ends_at", "reason", "signer_name", "signer_title", "confirmed", "document_sha256")

    def clean(self) -> dict[str, Any]:
        """What came back of the end that was shown; anything else is an end that nobody was shown."""
        data = super().clean() or {}
        try:
            data["ends_at"] = datetime.fromisoformat(str(data.get("ends_at")))
        except ValueError:
            self.add_error(None, str(EndMovedError.sentence))
        return data


class EndingForm(SignForm):
    """A proposal to end by consent."""

    last_on = forms.DateField(
        label=_("Last day of the agreement"),
        widget=DateInput(),
        help_text=_("It is over at the end of this day in the agreement's time zone."),
    )
    reason = _reason_field(required=False, label=_("Reason"), help_text=_("If you give one, every party reads it."))
    field_order = ("last_on", "reason", "signer_name", "signer_title", "confirmed", "document_sha256")


class CauseForm(SignForm):
    """An end at once."""

    reason = _reason_field(required=True, label=_("The cause"), help_text=_("Every party reads it, and it is kept."))
    field_order = ("reason", "signer_name", "signer_title", "confirmed", "document_sha256")
