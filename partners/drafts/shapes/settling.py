"""The forms of periods, payouts and taxes."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from partners.drafts.shapes.declared import Choices, Inner, Input, Kind, Rows, Shape

_WEEKDAYS: Final[Choices] = (
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
)
_SCHEDULES: Final[Choices] = (
    ("weekly", _("every week")),
    ("half_monthly", _("twice a month")),
    ("monthly", _("every month")),
    ("quarterly", _("every quarter")),
)
_ROUNDING: Final[Choices] = (("half_up", _("half up")), ("down", _("down")))
_PARTY: Final = Input("party", Kind.PARTY, _("Party"))

PERIODS: Final = Inner(
    "periods",
    _("Settlement periods"),
    Shape(
        (
            Input("schedule", Kind.CHOICE, _("A period ends"), choices=_SCHEDULES, default="monthly"),
            Input("weekday", Kind.NUMBER_CHOICE, _("On this day of the week"), _("Only every week."), _WEEKDAYS),
            Input("cut_off", Kind.TIME, _("At this local time"), _("Empty: at midnight.")),
        )
    ),
)
ACCEPTANCE: Final = Inner(
    "acceptance",
    _("Acceptance of statements"),
    Shape(
        (
            Input(
                "days",
                Kind.NUMBER,
                _("Days to answer a statement"),
                _("After them silence counts as acceptance; 0: never. Empty: as the platform has it."),
            ),
        )
    ),
)
PAYOUTS: Final = Rows(
    "payouts",
    _("Payouts"),
    Shape(
        (
            Input("party", Kind.PARTY, _("To"), _("Empty: to everybody without a rule of their own.")),
            Input("schedule", Kind.CHOICE, _("Due"), choices=_SCHEDULES),
            Input("day", Kind.NUMBER, _("On this day of the month"), _("31 is the last day of a shorter month.")),
            Input("weekday", Kind.NUMBER_CHOICE, _("On this day of the week"), _("Only every week."), _WEEKDAYS),
            Input("lag_days", Kind.NUMBER, _("At the earliest so many days after the period")),
            Input(
                "business_day",
                Kind.CHOICE,
                _("Where this is no business day"),
                choices=(
                    ("following", _("the next one")),
                    ("preceding", _("the one before")),
                    ("as_is", _("the day stays")),
                ),
                default="following",
            ),
            Input("holidays", Kind.COUNTRY, _("Public holidays of")),
            Input(
                "threshold",
                Kind.AMOUNT,
                _("From this amount on"),
                _("In the currency that is paid. Empty: any amount."),
            ),
            Input(
                "compare",
                Kind.CHOICE,
                _("The amount must be"),
                choices=(("at_least", _("reached")), ("exceeds", _("exceeded"))),
                default="at_least",
            ),
            Input("flush_months", Kind.NUMBER, _("Smaller amounts are paid after so many months")),
            Input("currency", Kind.TEXT, _("Paid in another currency"), _("ISO 4217, such as EUR, GBP or CNY.")),
            Input("whole_units", Kind.FLAG, _("Only whole units of the currency")),
        )
    ),
    add=_("Add a payout rule"),
    row=_("Payout rule"),
)
DEBTS: Final = Inner(
    "debts",
    _("Debts"),
    Shape(
        (
            Input(
                "offset",
                Kind.CHOICE,
                _("What a partner owes is offset"),
                choices=(("other_agreements", _("against what it has under other agreements that say so too")),),
            ),
        )
    ),
    _("Leave it empty, and only later earnings under this agreement pay it."),
)
_WITHHOLDING: Final = Rows(
    "withholding",
    _("Tax withheld from payouts"),
    Shape(
        (
            _PARTY,
            Input("name", Kind.TEXT, _("Name of the tax")),
            Input("rate", Kind.SHARE, _("Rate")),
            Input("reduced_rate", Kind.SHARE, _("Rate while a certificate is valid")),
            Input("rounding", Kind.CHOICE, _("Rounded"), choices=_ROUNDING, default="half_up"),
        )
    ),
    add=_("Add a tax"),
    row=_("Tax"),
)
_VALUE_ADDED_TAX: Final = Rows(
    "value_added_tax",
    _("Value-added tax"),
    Shape(
        (
            _PARTY,
            Input(
                "treatment",
                Kind.CHOICE,
                _("Treatment"),
                choices=(
                    ("standard", _("tax is added")),
                    ("reverse_charge", _("the receiver owes it (reverse charge)")),
                    ("exempt", _("exempt")),
                    ("unregistered", _("not registered")),
                ),
            ),
            Input("rate", Kind.SHARE, _("Rate"), _("Only where tax is added.")),
            Input(
                "invoice",
                Kind.CHOICE,
                _("Invoices are written by"),
                choices=(
                    ("partner", _("the party itself")),
                    ("self_billing", _("whoever pays (self-billing)")),
                    ("none", _("nobody")),
                ),
                default="partner",
            ),
            Input(
                "payout",
                Kind.CHOICE,
                _("Payouts wait"),
                _("Leave it empty, and they wait for no invoice."),
                choices=(("with_invoice", _("for the invoice of each statement")),),
            ),
        )
    ),
    add=_("Add a treatment"),
    row=_("Treatment"),
)
TAXES: Final = (_WITHHOLDING, _VALUE_ADDED_TAX)
