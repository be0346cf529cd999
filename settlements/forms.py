"""Filters of the lists. They check shape only; an unreadable value is named beside its field and filters nothing."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.requests import OrganizationBrief
from partners.selectors import agreements_of
from settlements.ledger.models import ACCOUNT_KINDS
from settlements.models import ExportFormat, PeriodStatus

KINDS = [("sale", _("Sale")), ("refund", _("Refund")), ("adjustment", _("Adjustment"))]


def _day(label: object) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date", "class": "form-control"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


def _choice(label: object, choices: Sequence[tuple[object, object]]) -> forms.ChoiceField:
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

    @property
    def agreement_id(self) -> UUID | None:
        """The agreement chosen."""
        chosen = self.value("agreement")
        return UUID(str(chosen)) if chosen else None


class AccrualFilter(_OfAgreements):
    """Which accruals: by effective day (both ends included), kind, agreement, currency, reference."""

    field_order = ("from", "to", "kind", "agreement", "currency", "reference")

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["from"] = _day(_("From"))
        self.fields["to"] = _day(_("To"))
        self.fields["kind"] = _choice(_("Kind"), KINDS)
        search = forms.TextInput(attrs={"class": "form-control", "type": "search"})
        self.fields["reference"] = forms.CharField(label=_("Reference"), required=False, max_length=80, widget=search)
        self.order_fields(self.field_order)


class StatementFilter(_OfAgreements):
    """Which statements: whose, of which agreement and currency."""

    def __init__(self, data: Mapping[str, object], *, parties: Mapping[UUID, str]) -> None:
        super().__init__(data)
        choices = [(str(id_), name) for id_, name in sorted(parties.items(), key=lambda pair: pair[1])]
        self.fields["party"] = _choice(_("Party"), choices)
        self.order_fields(("party", "agreement", "currency"))

    @property
    def party_id(self) -> UUID | None:
        """The party chosen."""
        chosen = self.value("party")
        return UUID(str(chosen)) if chosen else None


class PeriodFilter(_OfAgreements):
    """Which months: of which agreement, open or closed."""

    def __init__(self, data: Mapping[str, object]) -> None:
        super().__init__(data)
        self.fields["status"] = _choice(_("Status"), PeriodStatus.choices)
        self.order_fields(("status", "agreement", "currency"))


class AccountFilter(_Filter):
    """Which accounts of the ledger: kind, currency, and for the host whose."""

    def __init__(
        self, data: Mapping[str, object], *, organization: OrganizationBrief, owners: Mapping[UUID, str]
    ) -> None:
        super().__init__(data)
        currencies = sorted({agreement.currency for agreement in agreements_of()})
        self.fields["kind"] = _choice(_("Kind"), ACCOUNT_KINDS)
        self.fields["currency"] = _choice(_("Currency"), [(code, code) for code in currencies])
        if organization.is_host:
            names = [(str(id_), name) for id_, name in sorted(owners.items(), key=lambda pair: pair[1])]
            self.fields["owner"] = _choice(_("Organization"), names)


class ExportForm(forms.Form):
    """Which file to make of a statement."""

    file_format = forms.ChoiceField(choices=ExportFormat.choices)
