"""Words of banking in templates."""

from datetime import date
from types import MappingProxyType
from typing import Final

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settlements.banking.domain.bank_proof import ApartLine, WhyApart
from settlements.banking.domain.matching import WhyOpen
from settlements.banking.readers.problems import BankFileError

register = template.Library()

_ROW_ISSUES: Final = MappingProxyType(
    {
        "not_a_day": _("The day is not written in the chosen format"),
        "amount_missing": _("There is no amount, or it is 0"),
        "amount_twice": _("Money out and money in stand in the same row"),
        "direction_unknown": _("The direction is neither debit nor credit"),
        "not_a_number": _("This is not a number"),
        "too_precise": _("The amount has more decimals than its currency knows"),
        "too_large": _("The amount is too large"),
    }
)


_EXCEPTIONS: Final = MappingProxyType(
    {
        WhyOpen.NONE: _("Explained by itself; look for matches anew"),
        WhyOpen.DIFFERENCE_TOO_LARGE: _("It names a payout, but the amounts differ by more than a fee"),
        WhyOpen.PAID_ALREADY: _("It names a payout that another entry has paid already: paid twice?"),
        WhyOpen.OTHER_CURRENCY: _("It names a payout in another currency"),
        WhyOpen.SEVERAL_FIT: _("Several payouts fit, or several entries fit one payout"),
        WhyOpen.NOT_RETURNABLE: _("It names a payout that has come back already"),
        WhyOpen.NOTHING_FITS: _("Nothing fits"),
    }
)


_APART: Final = MappingProxyType(
    {
        WhyApart.OPENING: _("Was there when the first statement began"),
        WhyApart.MISSING: _("Statements don't meet: entries that no file has brought"),
        WhyApart.OPEN: _("Booked by the bank, not yet approved as anything"),
        WhyApart.OUTSIDE: _("In the books, but no statement with balances holds its day"),
        WhyApart.ON_ITS_WAY: _("Paid by the books; no entry of the bank is taken for it"),
        WhyApart.BACK: _("Come back by the books; no entry of the bank is taken for it"),
    }
)
_PAGES: Final = MappingProxyType(
    {
        WhyApart.OPENING: "portal:bank_statement",
        WhyApart.MISSING: "portal:bank_statement",
        WhyApart.OPEN: "portal:bank_entry",
        WhyApart.OUTSIDE: "portal:bank_entry",
        WhyApart.ON_ITS_WAY: "portal:payout",
        WhyApart.BACK: "portal:payout",
    }
)


@register.filter
def why_apart(code: str) -> str | Promise:
    """Why bank and books differ by a line."""
    return _APART[WhyApart(code)]


@register.simple_tag
def apart_url(line: ApartLine) -> str:
    """Where a line's statement, entry or payout is shown."""
    return reverse(_PAGES[line.why], args=[line.pk])


@register.filter
def bank_exception(code: str) -> str | Promise:
    """Why an entry was left to people."""
    return _EXCEPTIONS[WhyOpen(code)]


@register.filter
def bank_row_issue(code: str) -> str | Promise:
    """Why a row of a table can't be read."""
    return _ROW_ISSUES.get(code, code)


@register.simple_tag
def bank_file_problem(code: str, where: str = "") -> str:
    """What is wrong with a whole file, in the language of the page."""
    return BankFileError.said(code, where)


@register.filter
def day(text: str) -> date:
    """An ISO day that a job's row keeps."""
    return date.fromisoformat(text)
