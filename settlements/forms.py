"""Filters of the lists. They check shape only; an unreadable value is named beside its field and filters nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.requests import OrganizationBrief
from partners.selectors import agreements_of
from settlements.ledger.models import ACCOUNT_KINDS
from settlements.models import ExportFormat, PeriodStatus, SuspenseReason

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KINDS = [("sale", _("Sale")), ("refund", _("Refund")), ("adjustment", _("Adjustment"))]


def _day(label: "str | _StrPromise") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _choice(label: "str | _StrPromise", choices: Sequence[tuple[object, object]]) -> forms.ChoiceField:
    widget = forms.Select(attrs={"class": "form-select"})
    return forms.ChoiceField(label=label, required=False, choices=[("", _("All")), *choices], widget=widget)


class _Filter(forms.Form):
    def value(self, name: str) -> object | None:
        """The cleaned value of a field; `None` when it is empty or wrong."""
        if not self.is_bound:
            return None
        self.is_valid()
        return self.cleaned_data.get(name) or None

    def given(self) -> dict[str, object]:
        """Every field that says something."""
        return {name: value for name in self.fields if (value := self.value(name))}


class _OfAgreements(_Filter):
    agreement = forms.ChoiceField(required=False)
    currency = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        agreements = agreements_of()
        currencies = sorted({agreement.currency for agreement in agreements})
        self.fields["agreement"] = _choice(_("Agreement"), [(str(a.id), a.name) for a in agreements])
        self.fields["currency"] = _choice(_("Currency"), [(code, code) for code in currencies])


class AccrualFilter(_OfAgreements):
    """Which accruals: by effective day (both ends included), kind, agreement, currency, month's state, reference."""

    field_order = ("from", "to", "kind", "agreement", "currency", "status", "reference")

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["from"] = _day(_("From"))
        self.fields["to"] = _day(_("To"))
        self.fields["kind"] = _choice(_("Kind"), KINDS)
        self.fields["status"] = _choice(_("Month"), PeriodStatus.choices)
        search = forms.TextInput(attrs={"class": "form-control", "type": "search"})
        self.fields["reference"] = forms.CharField(label=_("Reference"), required=False, max_length=80, widget=search)
        self.order_fields(self.field_order)


class StatementFilter(_OfAgreements):
    """Which statements: of which agreement and currency, and for the host whose (`parties`; others see their own)."""

    def __init__(self, data: Mapping[str, object], *, parties: Mapping[UUID, str]) -> None:
        super().__init__(data)
        if parties:
            choices = [(str(id_), name) for id_, name in sorted(parties.items(), key=lambda pair: pair[1])]
            self.fields["party"] = _choice(_("Party"), choices)
        self.order_fields(("party", "agreement", "currency"))


class PeriodFilter(_OfAgreements):
    """Which months: of which agreement; open, closed, or open and ended (`ready`)."""

    READY = "ready"

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["status"] = _choice(_("Status"), [*PeriodStatus.choices, (self.READY, _("Ready to close"))])
        self.order_fields(("status", "agreement", "currency"))


class AccountFilter(_Filter):
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
        self.fields["kind"] = _choice(_("Kind"), ACCOUNT_KINDS)
        self.fields["currency"] = _choice(_("Currency"), [(code, code) for code in currencies])
        if organization.is_host:
            names = [(str(id_), name) for id_, name in sorted(owners.items(), key=lambda pair: pair[1])]
            self.fields["owner"] = _choice(_("Organization"), names)


class SuspenseFilter(_Filter):
    """Which conversions in suspense: why, and in which currency."""

    def __init__(self, data: Mapping[str, object], *, currencies: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["reason"] = _choice(_("Reason"), SuspenseReason.choices)
        self.fields["currency"] = _choice(_("Currency"), [(code, code) for code in currencies])


class ExportForm(forms.Form):
    """Which file to make, of the formats `offered`."""

    file_format = forms.ChoiceField()

    def __init__(self, data: Mapping[str, object], *, offered: Sequence[ExportFormat]) -> None:
        super().__init__(data)
        self.fields["file_format"] = forms.ChoiceField(choices=[(choice.value, choice.label) for choice in offered])

    @property
    def chosen(self) -> ExportFormat:
        """The format, once valid."""
        return ExportFormat(self.cleaned_data["file_format"])
