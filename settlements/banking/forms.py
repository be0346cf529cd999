"""Forms of banking: they check shape, services check rules."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.money import with_currency
from settlements.banking.domain.tables import COLUMNS, DAY_FORMATS, TableReading
from settlements.banking.models import MatchKinds
from settlements.banking.repayable import RepayableDebt
from settlements.payouts.models import Payout

_LABELS: Final = MappingProxyType(
    {
        "booked_on": _("Day of booking"),
        "amount": _("Amount"),
        "money_out": _("Money out"),
        "money_in": _("Money in"),
        "direction": _("Direction"),
        "valued_on": _("Value date"),
        "bank_reference": _("The bank's reference"),
        "end_to_end_id": _("Reference"),
        "name": _("Other side"),
        "number": _("Account of the other side"),
        "text": _("Text"),
    }
)
_HINTS: Final = MappingProxyType(
    {
        "amount": _(
            "Signed, or with its direction in another column. Leave it out when money out and in have columns."
        ),
        "direction": _("Says debit or credit: D and C, DBIT and CRDT, 借 and 贷, 支出 and 收入."),
        "end_to_end_id": _("The reference that was given to the bank with the payment."),
    }
)
_EXAMPLE: Final = MappingProxyType({"%Y": "2026", "%m": "12", "%d": "31"})


def _example(pattern: str) -> str:
    for directive, example in _EXAMPLE.items():
        pattern = pattern.replace(directive, example)
    return pattern


class BankUploadForm(forms.Form):
    """A file from a bank, and which alliance's book the account belongs to."""

    alliance = forms.ChoiceField(
        label=_("Alliance"), help_text=_("What the entries come to is recorded in this alliance's book.")
    )
    file = forms.FileField(
        label=_("File"),
        max_length=200,
        help_text=_("CAMT.053 (XML, version 02 or 08), or a table: CSV in UTF-8 or GB18030, or XLSX."),
        widget=forms.FileInput(attrs={"accept": ".xml,.csv,.gz,.xlsx,.txt,.tsv,text/csv,application/xml"}),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file.")},
    )

    def __init__(self, *args: Any, alliances: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(alliance_id), name) for alliance_id, name in alliances]
        field = self.fields["alliance"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]
            field.widget = forms.HiddenInput()


class TableReadingForm(forms.Form):
    """How to read one table."""

    number_own = forms.CharField(
        label=_("Your bank account"),
        max_length=40,
        help_text=_("Whose entries these are: the IBAN or the account number."),
    )
    currency = forms.CharField(label=_("Currency"), max_length=3, help_text=_("Three letters, such as EUR or CNY."))
    day_format = forms.ChoiceField(
        label=_("Days are written as"), choices=[(pattern, _example(pattern)) for pattern in DAY_FORMATS]
    )
    decimal_mark = forms.ChoiceField(
        label=_("Decimal mark"), choices=[(".", _("Point: 1234.50")), (",", _("Comma: 1234,50"))]
    )

    def __init__(self, *args: Any, header: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", _("Not in the file")), *((name, name) for name in header)]
        for role in COLUMNS:
            self.fields[role] = forms.ChoiceField(
                label=_LABELS[role], required=False, choices=columns, help_text=_HINTS.get(role, "")
            )

    def reading(self) -> TableReading:
        """What the valid form says."""
        values = {name: str(self.cleaned_data[name]) for name in TableReading.__dataclass_fields__}
        return TableReading.from_json(values | {"currency": values["currency"].upper()})


class MatchForm(forms.Form):
    """What an entry is taken for."""

    kind = forms.ChoiceField(label=_("Taken for"))
    payout = forms.ChoiceField(
        label=_("Payout"),
        required=False,
        help_text=_(
            "For a payment or a return. The nearest amounts come first; a small difference counts as a bank fee."
        ),
    )
    debt = forms.ChoiceField(
        label=_("Debt"), required=False, help_text=_("For a repayment: who owed it, and under which agreement.")
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, help_text=_("What the second person should know.")
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        payouts: Sequence[Payout],
        debts: Sequence[RepayableDebt],
        amount_minor: int,
    ) -> None:
        super().__init__(data)
        first = [MatchKinds.PAYOUT] if amount_minor < 0 else [MatchKinds.RETURN, MatchKinds.REPAYMENT]
        kinds = [*first, MatchKinds.FEE, MatchKinds.CUSTOMERS, MatchKinds.SUSPENSE]
        self.fields["kind"] = forms.ChoiceField(label=_("Taken for"), choices=[(k.value, k.label) for k in kinds])
        choices = [
            (str(payout.pk), f"{payout.reference} · {payout.account_holder} · {_amount(payout)}") for payout in payouts
        ]
        field = self.fields["payout"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("None")), *choices]
        self._offer_debts(debts if amount_minor > 0 else ())

    def _offer_debts(self, debts: Sequence[RepayableDebt]) -> None:
        """Money that goes out repays nobody's debt."""
        if not debts:
            del self.fields["debt"]
            return
        field = self.fields["debt"]
        assert isinstance(field, forms.ChoiceField)
        choices = [(debt.value, f"{debt.organization_name} · {debt.agreement_name} · {_owed(debt)}") for debt in debts]
        field.choices = [("", _("None")), *choices]


def _owed(owed: RepayableDebt) -> str:
    return with_currency(owed.amount_minor, owed.currency)


def _amount(payout: Payout) -> str:
    return with_currency(payout.amount_minor, payout.currency)
