"""Words of settlements in templates."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Final, NamedTuple, Protocol
from uuid import UUID

from babel.numbers import format_decimal
from django import template
from django.utils.translation import gettext_lazy as _

from alliance.portal.templatetags.money import babel_locale
from alliance.portal.templatetags.portal import day_name, month_name
from campaigns.selectors import INVALID_REASON_WORDS
from partners.sentences.explanation import purpose_text
from settlements.domain.spans import next_month
from settlements.forms import KINDS
from settlements.ledger.models import ACCOUNT_KINDS
from settlements.models import AdjustmentKind
from settlements.rates.domain.quoting import rate_text

register = template.Library()


class PeriodDays(Protocol):
    """What has a first day and a first day after."""

    @property
    def starts_on(self) -> date: ...

    @property
    def ends_on(self) -> date: ...


class _Days(NamedTuple):
    starts_on: date
    ends_on: date


_AFTER_SALE = {
    "refunded_in_part": _("Refunded in part"),
    "refunded": _("Refunded"),
    "charged_back": _("Charged back"),
}
_KINDS = {**dict(KINDS), **dict(AdjustmentKind.choices)}
_ACCOUNTS = dict(ACCOUNT_KINDS)
_SHOWN: Final = 10**6  # exact units are shown as a decimal when it ends within six places


@register.filter
def conversion_kind(kind: str) -> str:
    """The word for what a line is: a sale, a refund, or why money was adjusted."""
    return str(_KINDS.get(kind, kind))


_REASONS: Final = dict(INVALID_REASON_WORDS)


@register.filter
def invalid_reason(reason: str) -> str:
    """The word for why a shop calls an order invalid."""
    return str(_REASONS.get(reason, reason))


@register.filter
def account_kind(kind: str) -> str:
    """The word for a kind of account."""
    return str(_ACCOUNTS.get(kind, kind))


_POLICIES = {
    "largest_remainder": _("to the largest fractions, ties to the earlier party"),
    "first_in_order": _("one unit each, in the order of the parties"),
    "platform_keeps": _("to the host platform"),
    "partner_favoured": _("to the partners first"),
    "quota_method": _("by the quota method: no share shrinks while the amount grows"),
    "suspense": _("to nobody: it is kept apart"),
}


@register.filter
def remainder_policy(policy: str) -> str:
    """The rule for what exact shares leave over, in words."""
    return str(_POLICIES.get(policy, policy))


_JOURNALS = {
    "accrual": _("Shares of a conversion"),
    "accrual_refund": _("Shares of a refund"),
    "release": _("Close of a period"),
    "reserve": _("Kept back, or released"),
    "receivable": _("Owed, or paid back"),
    "tax_held": _("Value-added tax on hold"),
    "tax_released": _("Value-added tax no longer on hold"),
    "adjustment": _("Adjustment"),
    "dispute": _("Set aside: disputed"),
    "dispute_release": _("No longer disputed"),
    "suspense": _("Held in suspense"),
    "suspense_release": _("Out of suspense"),
    "payout_reserved": _("Payout set aside"),
    "payout_confirmed": _("Paid out"),
    "payout_returned": _("Payout returned"),
    "bank_fee": _("Bank fee"),
    "bank_customers": _("Money of customers"),
    "bank_suspense": _("Bank entry in suspense"),
    "bank_difference": _("Bank fee beside a payout"),
    "reversal": _("Reversal"),
}


@register.filter
def part_purpose(purpose: str) -> str:
    """What a part of a conversion is for, in words."""
    return purpose_text(purpose)


@register.filter
def journal_kind(kind: str) -> str:
    """What a journal is about, in words."""
    return str(_JOURNALS.get(kind, kind.replace("_", " ")))


@register.filter
def exact_rate(rate: Decimal) -> str:
    """An exchange rate with every decimal it has, in the language's own way."""
    shown = Decimal(rate_text(rate))
    return str(format_decimal(shown, locale=babel_locale(), decimal_quantization=False))


@register.filter
def exact_units(value: Fraction) -> str:
    """An exact number of minor units: "44,265.6" where the decimals end soon, else with a fraction, "12,296 2/3"."""
    if (value * _SHOWN).denominator == 1:
        decimal = Decimal((value * _SHOWN).numerator) / _SHOWN
        return str(format_decimal(decimal, locale=babel_locale(), decimal_quantization=False))
    whole, rest = divmod(abs(value), 1)
    shown = f"{format_decimal(whole, locale=babel_locale())} {rest}" if whole else str(rest)
    return f"-{shown}" if value < 0 else shown


@register.filter
def period_name(period: PeriodDays) -> str:
    """The days of a period or statement as people say them: "December 2011", else "5 Dec 2011 – 11 Dec 2011"."""
    if period.starts_on.day == 1 and period.ends_on == next_month(period.starts_on):
        return month_name(period.starts_on)
    return f"{day_name(period.starts_on)} – {day_name(period.ends_on - timedelta(days=1))}"


@register.simple_tag
def period_of(starts_on: date | str, ends_on: date | str) -> str:
    """The same of a first day and a first day after, also as ISO text."""
    first, end = (date.fromisoformat(day) if isinstance(day, str) else day for day in (starts_on, ends_on))
    return period_name(_Days(first, end))


@register.filter
def after_sale(code: str) -> str:
    """What became of an order after it was sold, in words."""
    return str(_AFTER_SALE.get(code, code))


@register.filter
def negated(amount_minor: int) -> int:
    """The amount with the other sign."""
    return -amount_minor


@register.filter
def named(names: Mapping[UUID, str], key: UUID) -> str:
    """The name that belongs to an id."""
    return names.get(key, "")
