"""Forms of answers to statements. They check shape only."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.filters import FilterForm, choice_field
from settlements.models import DisputeState


class DisputeForm(forms.Form):
    """What is wrong with a line."""

    reason = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The other side reads it."),
    )
    claimed = forms.CharField(
        label=_("What it should be"),
        max_length=24,
        required=False,
        help_text=_("The share in the agreement's currency, such as 12.50. Leave it empty when you don't know."),
    )


class SettleForm(forms.Form):
    """How a dispute ends."""

    STANDS, CORRECT = "stands", "correct"

    outcome = forms.ChoiceField(
        label=_("How does it end?"),
        choices=[(STANDS, _("The line stands as it is")), (CORRECT, _("The line was wrong: correct it"))],
        widget=forms.RadioSelect,
    )
    corrected = forms.CharField(
        label=_("Corrected share"),
        max_length=24,
        required=False,
        help_text=_("What the line should have come to; 0 reverses it. Somebody else has to approve it."),
    )
    note = forms.CharField(
        label=_("Why"), max_length=2000, widget=forms.Textarea({"rows": 3}), help_text=_("The other side reads it.")
    )

    def clean(self) -> dict[str, object]:
        """An amount where the line is corrected."""
        given = super().clean() or {}
        if given.get("outcome") == self.CORRECT and not given.get("corrected"):
            self.add_error("corrected", _("Say what the line should have come to."))
        return given


class DisputeFilter(FilterForm):
    """Which disputes: where they stand."""

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["status"] = choice_field(_("Status"), DisputeState.choices)
