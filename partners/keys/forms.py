"""Forms of keys: they check shape, services check rules."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from alliance.kernel.permissions import Permission
from partners.forms import DateInput
from partners.keys.domain import PublishableScope

PERMISSION_NAMES = {
    Permission.AGREEMENT_PROPOSE: _("write and propose agreements"),
    Permission.AGREEMENT_READ: _("read agreements"),
    Permission.ALLIANCE_READ: _("read alliances"),
    Permission.APPLICATION_REVIEW: _("read applications and decide on them"),
    Permission.APPLICATION_SUBMIT: _("fill in and withdraw the organization's own applications"),
    Permission.AUDIT_READ: _("read the audit trail"),
    Permission.EXCHANGE_RATE_IMPORT: _("import exchange rates"),
    Permission.BANK_RECONCILE: _("read bank statements and say what their entries are"),
    Permission.EXPORT_CREATE: _("create exports"),
    Permission.HOME_READ: _("read the organization"),
    Permission.INVOICE_MANAGE: _("manage invoices"),
    Permission.ITEM_READ: _("read the catalogue"),
    Permission.ITEM_WRITE: _("change the catalogue"),
    Permission.LEDGER_READ: _("read the ledger"),
    Permission.ORDER_IMPORT: _("import orders"),
    Permission.ORDER_READ: _("read orders and conversions"),
    Permission.PAYOUT_PREPARE: _("prepare payouts"),
    Permission.PERIOD_CLOSE: _("close periods"),
    Permission.REVENUE_REPORT: _("report the own revenue of a period"),
    Permission.STATEMENT_ANSWER: _("accept statements and dispute their lines"),
    Permission.STATEMENT_READ: _("read statements"),
    Permission.TAX_MANAGE: _("manage taxes"),
    Permission.WEBHOOK_MANAGE: _("manage webhooks"),
}
SCOPE_NAMES = {
    PublishableScope.EVENT_WRITE: _("record what visitors do"),
    PublishableScope.WIDGET_READ: _("show recommendations"),
}
OVERLAPS = (
    ("0", _("It stops now")),
    ("1", _("One hour")),
    ("24", _("One day")),
    ("72", _("Three days")),
    ("168", _("Seven days")),
)
_UNTIL = _("It stops at the beginning of this day, by your organization's clock. Empty: no end.")


class ApiKeyForm(forms.Form):
    """A key: what it is for, what it may do, until when."""

    name = forms.CharField(label=_("What is the key for?"), max_length=80)
    permissions = forms.MultipleChoiceField(label=_("The key may"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label=_("Works until"),
        required=False,
        widget=DateInput(),
        help_text=_("It stops at the beginning of this day, by your organization's clock. Empty: no end."),
    )

    def __init__(self, *args: Any, offered: Iterable[Permission], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [(p.value, PERMISSION_NAMES[p]) for p in sorted(offered)]  # type: ignore[attr-defined]


class PublishableKeyForm(forms.Form):
    """A publishable key: what it is for, what it opens, on which pages, until when."""

    name = forms.CharField(label=_("What is the key for?"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("The key may"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(scope.value, name) for scope, name in SCOPE_NAMES.items()],
    )
    origins = forms.CharField(
        label=_("Origins of your pages"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "https://shop.example"}),
        help_text=_("One on each line, without a path. The key works on pages of these origins only."),
    )
    expires_on = forms.DateField(label=_("Works until"), required=False, widget=DateInput(), help_text=_UNTIL)


class RotateKeyForm(forms.Form):
    """How long the old key goes on."""

    overlap = forms.ChoiceField(label=_("The old key works for"), choices=OVERLAPS, initial="24")

    def hours(self) -> timedelta:
        """The time that was chosen."""
        return timedelta(hours=int(self.cleaned_data["overlap"]))
