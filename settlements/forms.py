"""Filters of the lists. They check shape only; an unreadable value is named beside its field and filters nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.filters import FilterForm, choice_field, day_field, search_field
from alliance.kernel.http.requests import OrganizationBrief
from campaigns.selectors import CONVERSION_KINDS
from partners.selectors import agreements_of
from settlements.ledger.models import ACCOUNT_KINDS
from settlements.models import AdjustmentKind, ExportFormat, PeriodStatus, SuspenseReason

KINDS = list(CONVERSION_KINDS)


class _OfAgreements(FilterForm):
    agreement = forms.ChoiceField(required=False)
    currency = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        agreements = agreements_of()
        currencies = sorted({agreement.currency for agreement in agreements})
        self.fields["agreement"] = choice_field(_("Agreement"), [(str(a.id), a.name) for a in agreements])
        self.fields["currency"] = choice_field(_("Currency"), [(code, code) for code in currencies])


class AccrualFilter(_OfAgreements):
    """Which accruals: by effective day (both ends included), kind, agreement, currency, month's state, reference.

    `due` is the day on which their hold ends.
    """

    field_order = ("from", "to", "kind", "agreement", "currency", "status", "due", "reference")

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["from"] = day_field(_("From"))
        self.fields["to"] = day_field(_("To"))
        self.fields["kind"] = choice_field(_("Kind"), KINDS)
        self.fields["status"] = choice_field(_("Month"), PeriodStatus.choices)
        self.fields["due"] = day_field(_("Hold ends"))
        self.fields["reference"] = search_field(_("Reference"), max_length=80)
        self.order_fields(self.field_order)


class StatementFilter(_OfAgreements):
    """Which statements: of which agreement and currency, and for the host whose (`parties`; others see their own)."""

    def __init__(self, data: Mapping[str, object], *, parties: Mapping[UUID, str]) -> None:
        super().__init__(data)
        if parties:
            choices = [(str(id_), name) for id_, name in sorted(parties.items(), key=lambda pair: pair[1])]
            self.fields["party"] = choice_field(_("Party"), choices)
        self.order_fields(("party", "agreement", "currency"))


class AdjustmentFilter(_OfAgreements):
    """Which adjustments: why, of which agreement and currency."""

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["kind"] = choice_field(_("Kind"), AdjustmentKind.choices)
        self.order_fields(("kind", "agreement", "currency"))


class PeriodFilter(_OfAgreements):
    """Which months: of which agreement; open, closed, or open and ended (`ready`)."""

    READY = "ready"

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["status"] = choice_field(_("Status"), [*PeriodStatus.choices, (self.READY, _("Ready to close"))])
        self.order_fields(("status", "agreement", "currency"))


class AccountFilter(FilterForm):
    """Which accounts of the ledger: kind, currency, and for the host whose."""

    def __init__(
        self,
        data: Mapping[str, object],
        *,
        organization: OrganizationBrief,
        owners: Mapping[UUID, str],
        currencies: Sequence[str],
    ) -> None:
        super().__init__(data)
        self.fields["kind"] = choice_field(_("Kind"), ACCOUNT_KINDS)
        self.fields["currency"] = choice_field(_("Currency"), [(code, code) for code in currencies])
        if organization.is_host:
            names = [(str(id_), name) for id_, name in sorted(owners.items(), key=lambda pair: pair[1])]
            self.fields["owner"] = choice_field(_("Organization"), names)


class EntryFilter(FilterForm):
    """Which entries of an account: by effective day, both ends included."""

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["from"] = day_field(_("From"))
        self.fields["to"] = day_field(_("To"))


class SuspenseFilter(FilterForm):
    """Which conversions in suspense: why, and in which currency."""

    def __init__(self, data: Mapping[str, object], *, currencies: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["reason"] = choice_field(_("Reason"), SuspenseReason.choices)
        self.fields["currency"] = choice_field(_("Currency"), [(code, code) for code in currencies])


class ExportForm(forms.Form):
    """Which file to make, of the formats `offered`."""

    file_format = forms.ChoiceField()

    def __init__(self, data: Mapping[str, object] | None, *, offered: Sequence[ExportFormat]) -> None:
        super().__init__(data)
        self.fields["file_format"] = forms.ChoiceField(
            label=_("Format"), choices=[(choice.value, choice.label) for choice in offered]
        )

    @property
    def chosen(self) -> ExportFormat:
        """The format, once valid."""
        return ExportFormat(self.cleaned_data["file_format"])


@dataclass(frozen=True, slots=True)
class Seat:
    """A partner under an agreement."""

    agreement_id: UUID
    party_id: UUID
    name: str
    currency: str

    @property
    def value(self) -> str:
        """How the form names it."""
        return f"{self.agreement_id}:{self.party_id}"


class RestatementForm(forms.Form):
    """By how much a statement was wrong, and why."""

    amount = forms.CharField(
        label=_("Difference"),
        max_length=24,
        help_text=_("What the partner gets besides; with a minus sign what it gives back, such as -3.00."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=2000, widget=forms.Textarea({"rows": 3}), help_text=_("The partner reads it.")
    )


class ProposalForm(RestatementForm):
    """An adjustment to propose."""

    field_order = ("kind", "seat", "amount", "reason")
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (kind.value, kind.label)
            for kind in (AdjustmentKind.CORRECTION, AdjustmentKind.CLAWBACK, AdjustmentKind.WRITE_OFF)
        ],
        help_text=_(
            "A correction gives or takes. A clawback takes back. A debt that is written off is what the partner owes and need not pay."
        ),
    )

    def __init__(self, data: Mapping[str, object] | None, *, seats: Sequence[Seat]) -> None:
        super().__init__(data)
        self._seats = {seat.value: seat for seat in seats}
        self.fields["seat"] = forms.ChoiceField(label=_("Partner"), choices=[(s.value, s.name) for s in seats])
        self.fields["amount"].label = _("Amount")
        self.fields["amount"].help_text = _("In the agreement's currency. A correction may be below 0: -12.50.")
        self.order_fields(self.field_order)

    @property
    def seat(self) -> Seat:
        """The chosen one."""
        return self._seats[self.cleaned_data["seat"]]


class RevenueForm(forms.Form):
    """An organization's own revenue of a period."""

    amount = forms.CharField(label=_("Own revenue"), max_length=24)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)
