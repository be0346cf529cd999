"""Who gets what of a base, as sentences."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from partners.domain.terms.payments import (
    Commission,
    Flat,
    Nothing,
    Payment,
    Receiver,
    Split,
    Step,
    Take,
    Tier,
    Tiered,
    TierMode,
    Waterfall,
)
from partners.sentences.wording import Sentence, Wording, exact_number, exact_share, quoted

OWN_PURPOSE: Final = Receiver.model_fields["purpose"].default
_FLAT: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "conversion": gettext_lazy("%(earner)s earns %(amount)s for each conversion; %(payer)s pays it."),
        "unit": gettext_lazy("%(earner)s earns %(amount)s for each unit; %(payer)s pays it."),
        "period": gettext_lazy("%(earner)s earns %(amount)s for each settlement period; %(payer)s pays it."),
    }
)
_MODES: Final[Mapping[TierMode, Promise]] = MappingProxyType(
    {
        TierMode.GRADUATED: gettext_lazy("Each tier's rate counts only for the part that falls into the tier."),
        TierMode.VOLUME: gettext_lazy("The rate of the tier that is reached counts for everything in the window."),
    }
)
_MEASURES: Final[Mapping[tuple[str, str], Promise]] = MappingProxyType(
    {
        ("amount", "month"): gettext_lazy("The tiers count the base of all conversions of a calendar month."),
        ("amount", "quarter"): gettext_lazy("The tiers count the base of all conversions of a calendar quarter."),
        ("amount", "year"): gettext_lazy("The tiers count the base of all conversions of a calendar year."),
        ("amount", "agreement"): gettext_lazy("The tiers count the base of all conversions since the agreement began."),
        ("quantity", "month"): gettext_lazy("The tiers count the units of all conversions of a calendar month."),
        ("quantity", "quarter"): gettext_lazy("The tiers count the units of all conversions of a calendar quarter."),
        ("quantity", "year"): gettext_lazy("The tiers count the units of all conversions of a calendar year."),
        ("quantity", "agreement"): gettext_lazy(
            "The tiers count the units of all conversions since the agreement began."
        ),
    }
)
_TAKES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "base": pgettext_lazy("a step takes", "%(share)s of the base"),
        "base of step": pgettext_lazy("a step takes", "%(share)s of what step %(step)s takes"),
        "rest": pgettext_lazy("a step takes", "%(share)s of what is left"),
    }
)


def payment_sentences(pays: Payment, key: str, wording: Wording) -> Iterator[Sentence]:
    """Everything that a payment says; `key` is the place of the payment."""
    match pays:
        case Split():
            yield from _split(pays, key, wording)
        case Commission():
            yield from _commission(pays, key, wording)
        case Flat():
            text = str(_FLAT[pays.per]) % {**_two(pays, wording), "amount": wording.money(pays.amount)}
            yield Sentence(f"{key}.kind", text)
        case Tiered():
            yield from _tiers(pays, key, wording)
        case Waterfall():
            yield from _waterfall(pays, key, wording)
        case Nothing():
            text = _("Nobody earns anything; the base stays with %(payer)s.") % {"payer": wording.party(pays.payer)}
            yield Sentence(f"{key}.kind", text)


def _split(pays: Split, key: str, wording: Wording) -> Iterator[Sentence]:
    yield Sentence(f"{key}.kind", _("The base is shared completely:"))
    for share in pays.shares:
        text = _("%(party)s gets %(share)s.") % {
            "party": _receiver(share, wording),
            "share": exact_share(share.share),
        }
        yield Sentence(f"{key}.shares.{share.party}.{share.purpose}", text)


def _commission(pays: Commission, key: str, wording: Wording) -> Iterator[Sentence]:
    text = _("%(earner)s earns %(rate)s of the base; %(payer)s pays it and keeps the rest.")
    yield Sentence(f"{key}.kind", text % {**_two(pays, wording), "rate": exact_share(pays.rate)})
    if pays.minimum is not None:
        least = _("For each conversion it is at least %(amount)s.") % {"amount": wording.money(pays.minimum)}
        yield Sentence(f"{key}.minimum", least)
    if pays.maximum is not None:
        most = _("For each conversion it is at most %(amount)s.") % {"amount": wording.money(pays.maximum)}
        yield Sentence(f"{key}.maximum", most)


def _tiers(pays: Tiered, key: str, wording: Wording) -> Iterator[Sentence]:
    text = _("%(earner)s earns by tiers; %(payer)s pays it.") % _two(pays, wording)
    yield Sentence(f"{key}.kind", text)
    yield Sentence(f"{key}.measure", str(_MEASURES[pays.measure, pays.window]))
    below: Decimal | None = None
    for place, tier in enumerate(pays.tiers):
        yield Sentence(f"{key}.tiers.{place}", _tier(tier, below, pays.measure, wording))
        below = tier.up_to
    yield Sentence(f"{key}.mode", str(_MODES[pays.mode]))


def _tier(tier: Tier, below: Decimal | None, measure: str, wording: Wording) -> str:
    def bound(value: Decimal) -> str:
        return wording.money(value) if measure == "amount" else exact_number(value)

    earned = exact_share(tier.rate) if tier.rate is not None else ""
    if tier.amount is not None:
        earned = pgettext("earned in a tier", "%(amount)s for each unit") % {"amount": wording.money(tier.amount)}
    if tier.up_to is not None and below is not None:
        text = _("More than %(low)s, up to and including %(high)s: %(earned)s.")
        return text % {"low": bound(below), "high": bound(tier.up_to), "earned": earned}
    if tier.up_to is not None:
        return _("Up to and including %(high)s: %(earned)s.") % {"high": bound(tier.up_to), "earned": earned}
    if below is not None:
        return _("More than %(low)s: %(earned)s.") % {"low": bound(below), "earned": earned}
    return _("However much it is: %(earned)s.") % {"earned": earned}


def _waterfall(pays: Waterfall, key: str, wording: Wording) -> Iterator[Sentence]:
    text = _("The base runs through these steps in their order; each takes from what the earlier ones leave.")
    yield Sentence(f"{key}.kind", text)
    yield from _steps(pays.steps, f"{key}.steps", "", wording)


def _steps(steps: tuple[Step, ...], key: str, above: str, wording: Wording) -> Iterator[Sentence]:
    for place, step in enumerate(steps):
        number = f"{above}.{place + 1}" if above else str(place + 1)
        said = {"step": number, "take": _take(step.take, above, wording)}
        if step.to is not None:
            text = _("Step %(step)s: %(take)s goes to %(receiver)s.")
            text %= {**said, "receiver": _receiver(step.to, wording)}
        else:
            first, last = f"{number}.1", f"{number}.{len(step.steps)}"
            text = _("Step %(step)s: %(take)s runs through the steps %(first)s to %(last)s.")
            text %= {**said, "first": first, "last": last}
        yield Sentence(f"{key}.{place}", text)
        yield from _steps(step.steps, f"{key}.{place}.steps", number, wording)


def _take(take: Take, above: str, wording: Wording) -> str:
    if take.is_everything:
        return pgettext("a step takes", "all that is left")
    if take.amount is not None:
        taken = wording.money(take.amount)
    else:
        base = "base of step" if take.of == "base" and above else take.of
        taken = str(_TAKES[base]) % {"share": exact_share(take.share or 0), "step": above}
    if take.at_most is None:
        return taken
    return pgettext("a step takes", "%(part)s, at most %(limit)s,") % {
        "part": taken,
        "limit": wording.money(take.at_most),
    }


def _two(pays: Commission | Flat | Tiered, wording: Wording) -> dict[str, str]:
    earner = Receiver(party=pays.party, purpose=pays.purpose)
    return {"earner": _receiver(earner, wording), "payer": wording.party(pays.payer)}


def _receiver(receiver: Receiver, wording: Wording) -> str:
    name = wording.party(receiver.party)
    if receiver.purpose == OWN_PURPOSE:
        return name
    return _("%(party)s (for %(purpose)s)") % {"party": name, "purpose": quoted(receiver.purpose)}
