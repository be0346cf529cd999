"""Statements and payouts, and the taxes on them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.domain.terms import Terms
from partners.domain.terms.settling import Acceptance, Payout, Periods, Schedule, ValueAddedTax, Withholding
from partners.sentences.wording import (
    Passage,
    Sentence,
    Wording,
    country,
    exact_number,
    exact_share,
    quoted,
    weekday,
)

_MIDNIGHT: Final = "00:00"
_PERIODS: Final[Mapping[Schedule, Promise]] = MappingProxyType(
    {
        Schedule.WEEKLY: gettext_lazy("A settlement period is a week that ends on %(weekday)s."),
        Schedule.HALF_MONTHLY: gettext_lazy(
            "A settlement period is half a month, up to the 15th day and up to the last one."
        ),
        Schedule.MONTHLY: gettext_lazy("A settlement period is a calendar month."),
        Schedule.QUARTERLY: gettext_lazy("A settlement period is a calendar quarter."),
    }
)
_PAYOUTS: Final[Mapping[Schedule, Promise]] = MappingProxyType(
    {
        Schedule.WEEKLY: gettext_lazy("Payouts are due every week, on %(weekday)s."),
        Schedule.HALF_MONTHLY: gettext_lazy("Payouts are due twice a month."),
        Schedule.MONTHLY: gettext_lazy("Payouts are due every month."),
        Schedule.QUARTERLY: gettext_lazy("Payouts are due every quarter."),
    }
)
_THRESHOLDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "at_least": gettext_lazy(
            "What is available is paid as soon as it is at least %(amount)s; until then it is kept."
        ),
        "exceeds": gettext_lazy(
            "What is available is paid as soon as it is more than %(amount)s; until then it is kept."
        ),
    }
)
_BUSINESS_DAYS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "as_is": gettext_lazy("The day stays the same where it is no business day."),
        "following": gettext_lazy("Where the day is no business day, the next business day counts."),
        "preceding": gettext_lazy("Where the day is no business day, the business day before it counts."),
    }
)
_OFFSETS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "other_agreements": gettext_lazy(
            "What a partner owes under this agreement is offset against what is available to it under other agreements of the alliance, and the other way round, in the same currency and where the terms of both agreements say so. What is still held, kept in reserve, not to be paid out or disputed is not offset."
        ),
    }
)
_TREATMENTS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "standard": gettext_lazy("To what %(party)s earns, value-added tax of %(rate)s is added."),
        "reverse_charge": gettext_lazy(
            "%(party)s bills without value-added tax; whoever receives the service owes it (reverse charge)."
        ),
        "exempt": gettext_lazy("What %(party)s earns is exempt from value-added tax."),
        "unregistered": gettext_lazy("%(party)s is not registered for value-added tax; none is added."),
    }
)
_INVOICES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "partner": gettext_lazy("%(party)s writes its invoices itself."),
        "self_billing": gettext_lazy("The invoices of %(party)s are written by whoever pays (self-billing)."),
        "none": gettext_lazy("For what %(party)s earns, no invoice is written."),
    }
)
_TAX_ROUNDING: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "half_up": gettext_lazy("The tax is rounded half up to the smallest unit."),
        "down": gettext_lazy("The tax is rounded down to the smallest unit."),
    }
)


def settling_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """When periods end, and when whom what is paid."""
    yield Passage("periods", "", tuple(_periods(terms.periods)))
    if terms.acceptance is not None:
        yield Passage("acceptance", "", (_acceptance(terms.acceptance),))
    for payout in terms.payouts:
        key = f"payouts.{payout.party or 'everybody'}"
        if payout.party is None:
            title = _("Payouts to everybody without rules of their own")
        else:
            title = _("Payouts to %(party)s") % {"party": wording.party(payout.party)}
        yield Passage(key, title, tuple(_payout(payout, key, wording)))
    if terms.debts is not None:
        yield Passage("debts", _("Debts"), (Sentence("debts.offset", str(_OFFSETS[terms.debts.offset])),))


def _periods(periods: Periods) -> Iterator[Sentence]:
    said = {"weekday": weekday(periods.weekday) if periods.weekday else ""}
    yield Sentence("periods.schedule", str(_PERIODS[periods.schedule]) % said)
    if periods.cut_off == _MIDNIGHT:
        text = _("It ends with the end of its last day.")
    else:
        text = _("It ends at %(time)s of the day after its last one: for periods, a day lasts until then.") % {
            "time": periods.cut_off
        }
    yield Sentence("periods.cut_off", text)


def _acceptance(acceptance: Acceptance) -> Sentence:
    if not acceptance.days:
        return Sentence("acceptance", _("Silence never counts as acceptance of a statement."))
    text = ngettext(
        "A statement can be answered for %(days)s day after the day on which it was closed; then silence counts as acceptance.",
        "A statement can be answered for %(days)s days after the day on which it was closed; then silence counts as acceptance.",
        acceptance.days,
    )
    return Sentence("acceptance", text % {"days": exact_number(acceptance.days)})


def payout_sentences(payout: Payout, wording: Wording) -> list[str]:
    """When and from which amount on one rule pays."""
    return [sentence.text for sentence in _payout(payout, "", wording)]


def _payout(payout: Payout, key: str, wording: Wording) -> Iterator[Sentence]:
    said = {"weekday": weekday(payout.weekday) if payout.weekday else ""}
    yield Sentence(f"{key}.schedule", str(_PAYOUTS[payout.schedule]) % said)
    if payout.day is not None:
        text = _("They are due on day %(day)s of the month, or on the last day of a shorter one.")
        yield Sentence(f"{key}.day", text % {"day": payout.day})
    if payout.lag_days:
        text = ngettext(
            "The earliest day is %(days)s day after the end of the period.",
            "The earliest day is %(days)s days after the end of the period.",
            payout.lag_days,
        )
        yield Sentence(f"{key}.lag_days", text % {"days": exact_number(payout.lag_days)})
    yield Sentence(f"{key}.business_day", str(_BUSINESS_DAYS[payout.business_day]))
    if payout.holidays is not None:
        text = _("Public holidays are those of %(country)s.") % {"country": country(payout.holidays)}
        yield Sentence(f"{key}.holidays", text)
    yield Sentence(f"{key}.threshold", _threshold(payout, wording))
    if payout.flush_months is not None:
        text = ngettext(
            "After %(months)s month a smaller amount is paid all the same.",
            "After %(months)s months a smaller amount is paid all the same.",
            payout.flush_months,
        )
        yield Sentence(f"{key}.flush_months", text % {"months": exact_number(payout.flush_months)})
    if payout.currency is not None:
        yield Sentence(f"{key}.currency", _("It is paid in %(currency)s.") % {"currency": payout.currency})
    if payout.whole_units:
        text = _("Only whole units of the currency are paid; the rest is kept for the next payout.")
        yield Sentence(f"{key}.whole_units", text)


def _threshold(payout: Payout, wording: Wording) -> str:
    if not payout.threshold and payout.compare == "at_least":
        return _("Whatever is available is paid.")
    return str(_THRESHOLDS[payout.compare]) % {"amount": wording.money(payout.threshold, payout.currency)}


def tax_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """Withholding and value-added tax."""
    for rule in terms.withholding:
        key = f"withholding.{rule.party}"
        title = _("Tax withheld from %(party)s") % {"party": wording.party(rule.party)}
        yield Passage(key, title, tuple(_withholding(rule, key, wording)))
    for treatment in terms.value_added_tax:
        key = f"value_added_tax.{treatment.party}"
        title = _("Value-added tax of %(party)s") % {"party": wording.party(treatment.party)}
        yield Passage(key, title, tuple(_value_added_tax(treatment, key, wording)))


def _withholding(rule: Withholding, key: str, wording: Wording) -> Iterator[Sentence]:
    said = {"party": wording.party(rule.party), "rate": exact_share(rule.rate)}
    if rule.name:
        text = _("From every payout to %(party)s, %(rate)s is kept back as %(name)s.")
        yield Sentence(key, text % {**said, "name": quoted(rule.name)})
    else:
        yield Sentence(key, _("From every payout to %(party)s, %(rate)s is kept back as tax.") % said)
    if rule.reduced_rate is not None:
        text = _("While %(party)s has a valid certificate it is %(rate)s, from the certificate's first day on.")
        yield Sentence(f"{key}.reduced_rate", text % {**said, "rate": exact_share(rule.reduced_rate)})
    yield Sentence(f"{key}.rounding", str(_TAX_ROUNDING[rule.rounding]))


def _value_added_tax(rule: ValueAddedTax, key: str, wording: Wording) -> Iterator[Sentence]:
    said = {"party": wording.party(rule.party), "rate": exact_share(rule.rate or 0)}
    yield Sentence(f"{key}.treatment", str(_TREATMENTS[rule.treatment]) % said)
    yield Sentence(f"{key}.invoice", str(_INVOICES[rule.invoice]) % said)
    if rule.payout is not None:
        text = _("What %(party)s has is paid out only when each of its statements with earnings has its invoice.")
        yield Sentence(f"{key}.payout", text % said)
