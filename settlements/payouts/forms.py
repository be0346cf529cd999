"""Forms of payouts. They check shape only; services check rules."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.filters import FilterForm, choice_field
from settlements.payouts.gateways import gateway_choices
from settlements.payouts.models import BatchState, PayoutState, UnclaimedAction


class PayoutFilter(FilterForm):
    """Which payouts: in which state and currency, and for the host to whom."""

    def __init__(self, data: Mapping[str, object], *, partners: Mapping[UUID, str], currencies: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["state"] = choice_field(_("Status"), PayoutState.choices)
        if partners:
            names = [(str(id_), name) for id_, name in sorted(partners.items(), key=lambda pair: pair[1])]
            self.fields["partner"] = choice_field(_("Partner"), names)
        self.fields["currency"] = choice_field(_("Currency"), [(code, code) for code in currencies])


class BatchFilter(FilterForm):
    """Which batches."""

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["state"] = choice_field(_("Status"), BatchState.choices)


class PotForm(forms.Form):
    """Of which alliance, and in which currency, people are to be paid."""

    pot = forms.ChoiceField(label=_("Alliance and currency"), widget=forms.Select({"class": "form-select"}))

    def __init__(self, data: Mapping[str, object] | None, *, pots: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["pot"] = forms.ChoiceField(
            label=_("Alliance and currency"), choices=pots, widget=forms.Select({"class": "form-select"})
        )


class PrepareForm(PotForm):
    """The same, and how it is to be paid."""

    def __init__(self, data: Mapping[str, object] | None, *, pots: Sequence[tuple[str, str]]) -> None:
        super().__init__(data, pots=pots)
        self.fields["gateway"] = forms.ChoiceField(
            label=_("Way of payment"), choices=gateway_choices(), widget=forms.Select({"class": "form-select"})
        )


class OutcomeForm(forms.Form):
    """What the bank's records say."""

    PAID, RETURNED = "paid", "returned"

    outcome = forms.ChoiceField(
        label=_("What the bank's records say"),
        choices=[(PAID, _("Paid")), (RETURNED, _("Rejected or returned"))],
        widget=forms.RadioSelect,
    )
    bank_reference = forms.CharField(label=_("The bank's reference"), max_length=80, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        required=False,
        help_text=_("Why it came back. The partner reads it."),
    )

    def __init__(self, data: Mapping[str, object] | None, *, is_paid: bool) -> None:
        super().__init__(data)
        if is_paid:
            self.fields["outcome"] = forms.ChoiceField(
                label=_("What the bank's records say"),
                choices=[(self.RETURNED, _("Returned after it was paid"))],
                initial=self.RETURNED,
                widget=forms.RadioSelect,
            )


class LimitForm(forms.Form):
    """Up to which amount one approval is enough."""

    currency = forms.ChoiceField(label=_("Currency"))
    amount = forms.CharField(
        label=_("One approval is enough up to"),
        max_length=24,
        required=False,
        help_text=_("Above it a batch needs two. 0: every batch needs two. Empty: as the platform has it."),
    )

    def __init__(self, data: Mapping[str, object] | None, *, currencies: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["currency"] = forms.ChoiceField(
            label=_("Currency"),
            choices=[(code, code) for code in currencies],
            widget=forms.Select({"class": "form-select"}),
        )


class UnclaimedRuleForm(forms.Form):
    """What becomes of balances that stay below their threshold."""

    action = forms.ChoiceField(
        label=_("Balances below the threshold are"),
        choices=UnclaimedAction.choices,
        widget=forms.Select({"class": "form-select"}),
    )
    months = forms.IntegerField(label=_("After so many months"), required=False)
    notice_days = forms.IntegerField(
        label=_("Days of notice"),
        required=False,
        help_text=_("Only where they are set aside: the partner gets a mail so many days before."),
    )


class HoldForm(forms.Form):
    """Whose payouts stop, and why."""

    organization = forms.ChoiceField(label=_("Partner"), widget=forms.Select({"class": "form-select"}))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False, help_text=_("The partner reads it."))

    def __init__(self, data: Mapping[str, object] | None, *, partners: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["organization"] = forms.ChoiceField(
            label=_("Partner"), choices=partners, widget=forms.Select({"class": "form-select"})
        )
