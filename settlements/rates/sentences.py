"""What is wrong with a rate, in words."""

from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _

from settlements.rates.domain.choosing import Way
from settlements.rates.domain.quoting import RateProblem
from settlements.rates.domain.reading import Fault

PROBLEMS: Final = MappingProxyType(
    {
        RateProblem.NOT_READABLE: _("The file can't be read: it is neither CSV in UTF-8 nor well-formed XML."),
        RateProblem.NOT_A_RATE_FILE: _("This XML holds no exchange rates in the format of the European Central Bank."),
        RateProblem.COLUMNS_MISSING: _("The first line must name the columns date, base, quote and rate."),
        RateProblem.TOO_MANY: _("The file holds too many rates. Take the rates of the last 90 days."),
        RateProblem.EMPTY: _("The file holds no rate."),
        RateProblem.NOT_A_DAY: _("The day is not written like 2026-01-31."),
        RateProblem.UNKNOWN_CURRENCY: _("The currency is not one of ISO 4217, such as EUR, GBP or CNY."),
        RateProblem.SAME_CURRENCY: _("Base and quote are the same currency."),
        RateProblem.NOT_A_RATE: _("The rate is not a number above 0, written like 0.9213."),
        RateProblem.TOO_FINE: _("The rate has more than 12 decimals."),
        RateProblem.TWICE: _("The same day and currencies stand there twice with different rates."),
    }
)
WAYS: Final = MappingProxyType(
    {
        Way.DIRECT: _("as quoted"),
        Way.INVERSE: _("the inverse of what is quoted"),
        Way.CROSS: _("over a third currency"),
    }
)


def fault_text(fault: Fault) -> str:
    """The fault with its line."""
    said = str(PROBLEMS[fault.problem])
    return str(_("Line %(line)s: %(problem)s") % {"line": fault.line, "problem": said}) if fault.line else said
