"""Why an adjustment comes to what it comes to, in a sentence of the active language."""

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.portal.templatetags.money import money
from alliance.portal.templatetags.portal import day_name
from partners.sentences.wording import all_of, exact_share, quoted
from settlements.models import Adjustment, AdjustmentKind
from settlements.templatetags.settlements import period_name

_Details = Mapping[str, Any]


def sentence_of(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    """The sentence; for what people decided, the reason they gave."""
    say = _SENTENCES.get(AdjustmentKind(adjustment.kind))
    return say(adjustment, names) if say else adjustment.reason


def _guarantee(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    details: _Details = adjustment.details
    text = _("%(party)s is guaranteed %(guaranteed)s for %(period)s, and earned %(earned)s.")
    said = text % {
        "party": names.get(adjustment.organization_id, ""),
        "guaranteed": money(details["guaranteed_minor"], adjustment.currency),
        "period": period_name(adjustment.about_period),
        "earned": money(details["earned_minor"], adjustment.currency),
    }
    if details["made_up_minor"]:
        before = _("%(amount)s was made up before.")
        said = f"{said} {before % {'amount': money(details['made_up_minor'], adjustment.currency)}}"
    return said


def _flat_fee(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    text = _("The terms give %(party)s this amount for each period, whatever was sold.")
    return text % {"party": names.get(adjustment.organization_id, "")}


def _advance(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    text = _("Paid ahead to %(party)s; %(share)s of its earnings go into it until it is recouped.")
    share = exact_share(Fraction(adjustment.details["recoups"]))
    return text % {"party": names.get(adjustment.organization_id, ""), "share": share}


def _recouped(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:  # noqa: ARG001  all sentences are asked alike
    text = _("Taken from the earnings of the period, for the advance of %(amount)s.")
    return text % {"amount": money(adjustment.details["advance_minor"], adjustment.currency)}


def _chargeback_fee(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    if adjustment.amount_minor > 0:
        return _("The payment provider gave its fee back when the chargeback was won.")
    text = _("What the payment provider charged for the chargeback; by the terms %(party)s bears it.")
    return text % {"party": names.get(adjustment.organization_id, "")}


def _pooled(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    text = _("The pool comes to %(pool)s: %(parts)s.")
    parts = [
        _("%(weight)s of %(revenue)s of %(party)s")
        % {
            "weight": exact_share(Fraction(part["weight"])),
            "revenue": money(part["revenue_minor"], adjustment.currency),
            "party": names.get(UUID(part["party"]), ""),
        }
        for part in adjustment.details["put_in"]
    ]
    return text % {"pool": money(adjustment.details["pool_minor"], adjustment.currency), "parts": all_of(parts)}


def _cap_approved(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:  # noqa: ARG001  all sentences are asked alike
    text = _("Earned above the cap %(cap)s of the terms, and approved.")
    return text % {"cap": quoted(str(adjustment.details["cap"]))}


def _rerated(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:  # noqa: ARG001  all sentences are asked alike
    text = _("Version %(number)s of the terms was signed later and rules this conversion too: this is the difference.")
    return text % {"number": adjustment.details["number"]}


def _exchanged(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:  # noqa: ARG001  all sentences are asked alike
    details: _Details = adjustment.details
    into, rate = details["into"], details["rate"]
    if details["present_rate"]:
        text = _("%(amount)s comes to %(result)s at the rate of the exchange that is taken back: %(rate)s.")
    else:
        text = _("%(amount)s comes to %(result)s: %(rate)s.")
    told = _("1 %(base)s = %(rate)s %(quote)s, %(source)s, %(day)s")
    return text % {
        "amount": money(-adjustment.amount_minor, adjustment.currency),
        "result": money(into["amount_minor"], into["currency"]),
        "rate": told
        % {
            "base": rate["base"],
            "rate": rate["rate_text"],
            "quote": rate["quote"],
            "source": rate["source"],
            "day": day_name(date.fromisoformat(rate["valid_on"])),
        },
    }


def _value_added_tax(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:  # noqa: ARG001  all sentences are asked alike
    if adjustment.about_period_id != adjustment.period_id:
        text = _("%(rate)s on %(net)s that goes back to %(period)s: taxed as that statement was.")
        return text % {
            "rate": exact_share(Fraction(adjustment.details["rate"])),
            "net": money(adjustment.details["net_minor"], adjustment.currency),
            "period": period_name(adjustment.about_period),
        }
    text = ngettext(
        "%(rate)s on %(net)s, reckoned on %(lines)s line by itself.",
        "%(rate)s on %(net)s, reckoned on each of %(lines)s lines by itself.",
        adjustment.details["lines"],
    )
    return text % {
        "rate": exact_share(Fraction(adjustment.details["rate"])),
        "net": money(adjustment.details["net_minor"], adjustment.currency),
        "lines": adjustment.details["lines"],
    }


def _repaid(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    text = _("%(party)s paid this back of what it owed; the bank booked it on %(day)s.")
    return text % {
        "party": names.get(adjustment.organization_id, ""),
        "day": day_name(date.fromisoformat(adjustment.details["booked_on"])),
    }


def _tax_reversed(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    details: _Details = adjustment.details
    into, currency = details.get("into"), details.get("currency", adjustment.currency)
    given = into["amount_minor"] if into else adjustment.amount_minor
    if given < 0:
        return _("Later earnings have paid back what was owed, so the tax withheld of it counts again.")
    text = _(
        "In %(year)s %(party)s was paid %(paid)s, of which %(withheld)s of tax was withheld. %(owed)s was taken back since: the tax on it goes back too."
    )
    said = text % {
        "year": details["year"],
        "party": names.get(adjustment.organization_id, ""),
        "paid": money(details["paid_minor"], currency),
        "withheld": money(details["withheld_minor"], currency),
        "owed": money(details["owed_minor"], currency),
    }
    if into is None:
        return said
    more = _("It comes to %(amount)s, at the rate at which it was paid.") % {"amount": money(given, currency)}
    return f"{said} {more}"


def _tax_unrecovered(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    text = _(
        "%(tax)s of tax was withheld, in years before %(year)s, of what was taken back from %(party)s since. Tax of another year is not given back here; the tax office may refund it."
    )
    return text % {
        "tax": money(adjustment.details["tax_minor"], adjustment.details["currency"]),
        "year": adjustment.details["year"],
        "party": names.get(adjustment.organization_id, ""),
    }


def _offset(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    if adjustment.amount_minor > 0:
        text = _("What %(party)s owed here was paid out of what it had under the agreement %(agreement)s.")
    else:
        text = _("Out of what %(party)s had here, its debt under the agreement %(agreement)s was paid.")
    return text % {
        "party": names.get(adjustment.organization_id, ""),
        "agreement": quoted(adjustment.details["agreement_name"]),
    }


def _escheat(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    details: _Details = adjustment.details
    text = _(
        "This balance of %(party)s stayed below the threshold of payouts since %(since)s. %(party)s was told on %(told)s; it is kept apart as unclaimed property and can be reclaimed from the host."
    )
    return text % {
        "party": names.get(adjustment.organization_id, ""),
        "since": day_name(date.fromisoformat(details["waiting_since"])),
        "told": day_name(date.fromisoformat(details["noticed_on"])),
    }


def _reclaimed(adjustment: Adjustment, names: Mapping[UUID, str]) -> str:
    text = _("Given back to %(party)s out of %(amount)s that had been set aside as unclaimed property: %(reason)s")
    return text % {
        "party": names.get(adjustment.organization_id, ""),
        "amount": money(adjustment.details["set_aside_minor"], adjustment.currency),
        "reason": adjustment.reason,
    }


_SENTENCES: Final[Mapping[AdjustmentKind, Callable[[Adjustment, Mapping[UUID, str]], str]]] = {
    AdjustmentKind.GUARANTEE: _guarantee,
    AdjustmentKind.FLAT_FEE: _flat_fee,
    AdjustmentKind.ADVANCE: _advance,
    AdjustmentKind.ADVANCE_RECOUPED: _recouped,
    AdjustmentKind.CHARGEBACK_FEE: _chargeback_fee,
    AdjustmentKind.POOLED_REVENUE: _pooled,
    AdjustmentKind.CAP_APPROVED: _cap_approved,
    AdjustmentKind.RERATED: _rerated,
    AdjustmentKind.EXCHANGED: _exchanged,
    AdjustmentKind.OFFSET: _offset,
    AdjustmentKind.ESCHEAT: _escheat,
    AdjustmentKind.RECLAIMED: _reclaimed,
    AdjustmentKind.VALUE_ADDED_TAX: _value_added_tax,
    AdjustmentKind.TAX_REVERSED: _tax_reversed,
    AdjustmentKind.REPAYMENT: _repaid,
    AdjustmentKind.TAX_UNRECOVERED: _tax_unrecovered,
}
