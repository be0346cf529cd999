"""Why an amount is what it is, as sentences: the tree of steps of an evaluation, in the language that is active."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from alliance.kernel.money import exponent
from partners.sentences.wording import Wording, exact_number, exact_share, quoted

_CLOSE: Final = 6  # decimals of a minor unit that are shown before a fraction is written
_DEDUCTIONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "tax": pgettext_lazy("comes off", "Tax"),
        "payment_fee": pgettext_lazy("comes off", "Payment fee"),
        "shipping": pgettext_lazy("comes off", "Shipping"),
        "discount": pgettext_lazy("comes off", "Discount"),
        "platform_fee": pgettext_lazy("comes off", "Platform fee"),
        "cost_of_goods": pgettext_lazy("comes off", "Cost of goods"),
        "other": pgettext_lazy("comes off", "Other costs"),
    }
)
_PURPOSES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "share": gettext_lazy("Share"),
        "over_cap": gettext_lazy("Back from above a cap"),
        "unclaimed": gettext_lazy("Nobody earns it"),
        "refund_borne": gettext_lazy("Bears the refund of all"),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """One step as a sentence, the amount it comes to (minor units, where it has one), and what it consists of."""

    text: str
    amount_minor: int | None
    because: tuple["Told", ...]


Values = Mapping[str, Any]


def told(step: Values, wording: Wording) -> Told:
    """The step and everything below it. A step of a later version of the code is shown by its name."""
    say = SENTENCES.get(str(step["step"]))
    text = say(step, wording) if say else str(step["step"])
    amount = step.get("amount_minor", step.get("earned_minor"))
    return Told(text, amount, tuple(told(inner, wording) for inner in step.get("because", ())))


def purpose_text(purpose: str) -> str:
    """What a part is for, in words; a purpose that the terms name stands as it is."""
    if purpose in _PURPOSES:
        return str(_PURPOSES[purpose])
    return str(_DEDUCTIONS[purpose]) if purpose in _DEDUCTIONS else quoted(purpose)


def minor_text(value: Fraction | int, wording: Wording) -> str:
    """An exact number of minor units as an amount: `14.985 EUR`, or `12 296 2/3` hundredths where it has no end."""
    places = exponent(wording.currency)
    exact = Fraction(value) / 10**places
    scaled = exact * 10 ** (places + _CLOSE)
    if scaled.denominator == 1:
        amount = exact_number(Decimal(scaled.numerator).scaleb(-places - _CLOSE), at_least=places)
        return f"{amount}\u00a0{wording.currency}"
    near = Decimal(scaled.numerator // scaled.denominator).scaleb(-places - _CLOSE)
    return pgettext("an amount without an end", "%(amount)s… %(currency)s") % {
        "amount": exact_number(near, at_least=places),
        "currency": wording.currency,
    }


def _who(step: Values, wording: Wording) -> str:
    return wording.party(UUID(str(step["party"])))


def _exact(step: Values, wording: Wording) -> str:
    return minor_text(Fraction(str(step["exact"])), wording)


def _conversion(step: Values, wording: Wording) -> str:
    return _("A conversion of %(amount)s.") % {"amount": minor_text(step["amount_minor"], wording)}


def _items(step: Values, wording: Wording) -> str:
    items = len(step["because"])
    sentence = ngettext(
        "An order of %(amount)s; its one item is evaluated by itself.",
        "An order of %(amount)s; each of its %(items)s items is evaluated by itself.",
        items,
    )
    return sentence % {"amount": minor_text(step["amount_minor"], wording), "items": items}


def _clause(step: Values, wording: Wording) -> str:
    values = {"clause": quoted(str(step["clause"])), "base": minor_text(step["base_minor"], wording)}
    return _("Clause %(clause)s counts; its base is %(base)s.") % values


def _bonus(step: Values, wording: Wording) -> str:  # noqa: ARG001  every sentence takes the same
    return _("Bonus clause %(clause)s pays on top.") % {"clause": quoted(str(step["clause"]))}


def _deduction(step: Values, wording: Wording) -> str:
    values = {
        "what": str(_DEDUCTIONS.get(str(step["kind"]), step["kind"])),
        "amount": minor_text(step["amount_minor"], wording),
        "left": minor_text(step["left_minor"], wording),
    }
    if "rate" not in step:
        return _("%(what)s of %(amount)s comes off; %(left)s is left.") % values
    values["rate"] = exact_share(Fraction(str(step["rate"])))
    if step.get("of") == "rest":
        return _("%(what)s, %(rate)s of what was left, %(amount)s, comes off; %(left)s is left.") % values
    return _("%(what)s, %(rate)s of the gross amount, %(amount)s, comes off; %(left)s is left.") % values


def _split(step: Values, wording: Wording) -> str:
    return _("%(base)s is shared by ratios.") % {"base": minor_text(step["base_minor"], wording)}


def _waterfall(step: Values, wording: Wording) -> str:
    return _("%(base)s runs through the steps of a waterfall.") % {"base": minor_text(step["base_minor"], wording)}


def _share(step: Values, wording: Wording) -> str:
    values = {"party": _who(step, wording), "exact": _exact(step, wording)}
    values["amount"] = minor_text(step["amount_minor"], wording)
    if "share" not in step:
        return _("%(party)s: exactly %(exact)s, in whole units %(amount)s.") % values
    values["share"] = exact_share(Fraction(str(step["share"])))
    if step.get("extra_minor"):
        return _("%(party)s gets %(share)s, exactly %(exact)s; with a unit of the remainder %(amount)s.") % values
    return _("%(party)s gets %(share)s, exactly %(exact)s, in whole units %(amount)s.") % values


def _remainder(step: Values, wording: Wording) -> str:
    units = int(step["units_minor"])
    if not units:
        return _("The exact shares leave nothing over.")
    return _("The exact shares leave %(units)s over.") % {"units": minor_text(units, wording)}


def _commission(step: Values, wording: Wording) -> str:
    values = {
        "party": _who(step, wording),
        "rate": exact_share(Fraction(str(step["rate"]))),
        "base": minor_text(step["base_minor"], wording),
        "amount": minor_text(step["amount_minor"], wording),
    }
    if bound := step.get("minimum") or step.get("maximum"):
        values["bound"] = wording.money(Decimal(str(bound)))
    if "minimum" in step:
        return _("%(party)s earns %(rate)s of %(base)s, but at least %(bound)s: %(amount)s.") % values
    if "maximum" in step:
        return _("%(party)s earns %(rate)s of %(base)s, but at most %(bound)s: %(amount)s.") % values
    return _("%(party)s earns %(rate)s of %(base)s: %(amount)s.") % values


def _flat(step: Values, wording: Wording) -> str:
    values = {
        "party": _who(step, wording),
        "price": wording.money(Decimal(str(step["amount"]))),
        "units": exact_number(int(step["units"])),
        "amount": minor_text(step["amount_minor"], wording),
    }
    return _("%(party)s earns %(units)s × %(price)s: %(amount)s.") % values


def _tiered(step: Values, wording: Wording) -> str:
    values = {"party": _who(step, wording), "amount": minor_text(step["amount_minor"], wording)}
    return _("%(party)s earns by tiers: %(amount)s.") % values


def _tier(step: Values, wording: Wording) -> str:
    counted, earned = Fraction(str(step["counted"])), minor_text(Fraction(str(step["earned"])), wording)
    if step.get("amount") is not None:
        values = {
            "units": exact_number(int(counted)),
            "price": wording.money(Decimal(str(step["amount"]))),
            "earned": earned,
        }
        return _("In this tier %(units)s units at %(price)s: %(earned)s.") % values
    values = {
        "counted": minor_text(counted, wording),
        "rate": exact_share(Fraction(str(step["rate"]))),
        "earned": earned,
    }
    return _("In this tier %(counted)s at %(rate)s: %(earned)s.") % values


def _step(step: Values, wording: Wording) -> str:
    values = {"exact": _exact(step, wording)}
    if "party" in step:
        values |= {"party": _who(step, wording), "purpose": purpose_text(str(step["purpose"]))}
    if "limited" in step:
        values["limit"] = wording.money(Decimal(str(step["limited"])))
        if "party" in step:
            return _("Held to %(limit)s: %(exact)s for %(party)s (%(purpose)s).") % values
        return _("Held to %(limit)s: %(exact)s goes on.") % values
    if "share" not in step:
        if "party" in step:
            return _("%(exact)s for %(party)s (%(purpose)s).") % values
        return _("%(exact)s goes on.") % values
    values["share"] = exact_share(Fraction(str(step["share"])))
    if "party" in step:
        return _("%(share)s, exactly %(exact)s, for %(party)s (%(purpose)s).") % values
    return _("%(share)s, exactly %(exact)s, goes on.") % values


def _nothing(step: Values, wording: Wording) -> str:
    return _("Nobody earns on this; it stays with %(payer)s.") % {"payer": wording.party(UUID(str(step["payer"])))}


def _cap(step: Values, wording: Wording) -> str:
    values = {
        "cap": quoted(str(step["cap"])),
        "party": _who(step, wording),
        "earned": minor_text(step["earned_minor"], wording),
        "before": minor_text(step["before_minor"], wording),
        "allowed": minor_text(step["allowed_minor"], wording),
    }
    if step.get("excess") == "waits_for_approval":
        return (
            _("Cap %(cap)s: of %(earned)s for %(party)s, after %(before)s, %(allowed)s counts; the rest waits.")
            % values
        )
    return _("Cap %(cap)s: of %(earned)s for %(party)s, after %(before)s, %(allowed)s counts.") % values


def _passed_over(step: Values, wording: Wording) -> str:
    values = {"clause": quoted(str(step["clause"])), "earned": minor_text(step["earned_minor"], wording)}
    return _("Clause %(clause)s applies too and would have earned %(earned)s; another one goes before it.") % values


def _acquired_elsewhere(step: Values, wording: Wording) -> str:
    del wording
    values = {"clause": quoted(str(step["clause"]))}
    return (
        _("Clause %(clause)s pays for its own persons only; it was not in force at this person's first sale.") % values
    )


def _taken_back(step: Values, wording: Wording) -> str:
    if "original_minor" not in step:
        return _("What was given is taken back.")
    values = {
        "amount": minor_text(step["amount_minor"], wording),
        "original": minor_text(step["original_minor"], wording),
        "before": minor_text(step["before_minor"], wording),
    }
    if step["before_minor"]:
        return _("%(amount)s of an order of %(original)s, after %(before)s before, under that order's terms.") % values
    return _("%(amount)s of an order of %(original)s, under that order's terms.") % values


def _refund_borne(step: Values, wording: Wording) -> str:
    values = {"party": _who(step, wording), "amount": minor_text(step["amount_minor"], wording)}
    return _("By the agreement's rule %(party)s bears %(amount)s of the refund.") % values


def _plain(sentence: Promise) -> Callable[[Values, Wording], str]:
    return lambda _step, _wording: str(sentence)


SENTENCES: Final[Mapping[str, Callable[[Values, Wording], str]]] = MappingProxyType(
    {
        "conversion": _conversion,
        "items": _items,
        "clause": _clause,
        "bonus": _bonus,
        "deduction": _deduction,
        "split": _split,
        "waterfall": _waterfall,
        "share": _share,
        "remainder": _remainder,
        "commission": _commission,
        "flat": _flat,
        "tiered": _tiered,
        "tier": _tier,
        "step": _step,
        "nothing": _nothing,
        "cap": _cap,
        "passed_over": _passed_over,
        "acquired_elsewhere": _acquired_elsewhere,
        "taken_back": _taken_back,
        "refund_borne": _refund_borne,
        "on_top": _plain(gettext_lazy("What this conversion adds to the total of its window.")),
        "before": _plain(gettext_lazy("Without it, the total would have earned:")),
        "no_clause": _plain(gettext_lazy("No clause of the terms applies.")),
        "outside_territory": _plain(gettext_lazy("It lies outside the territory of the agreement.")),
    }
)
