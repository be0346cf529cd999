"""Whose a conversion is."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.domain.terms import Terms
from partners.domain.terms.attribution import Attribution
from partners.sentences.wording import Passage, Sentence, Wording, exact_number, exact_share

_MODELS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "last_click": gettext_lazy("A conversion belongs to the last click before it."),
        "first_click": gettext_lazy("A conversion belongs to the first click before it."),
        "linear": gettext_lazy("A conversion belongs to all touches before it, in equal parts."),
        "position": gettext_lazy(
            "A conversion belongs to all touches before it: the first has %(first)s of it, the last has %(last)s, and "
            "those between share the rest evenly."
        ),
        "time_decay": gettext_lazy(
            "A conversion belongs to all touches before it; the weight of a touch halves with every %(days)s days."
        ),
        "last_paid_click": gettext_lazy("A conversion belongs to the last paid click before it."),
    }
)
_PRECEDENCE: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "coupon": gettext_lazy("Where a coupon and a link name different partners, the coupon counts."),
        "link": gettext_lazy("Where a coupon and a link name different partners, the link counts."),
    }
)
_UNRELATED: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "ignored": gettext_lazy("A coupon that belongs to no partner changes nothing for the link."),
        "voids_link": gettext_lazy("With a coupon that belongs to no partner, the link does not count."),
    }
)


def attribution_passages(terms: Terms, _wording: Wording) -> Iterator[Passage]:
    """Model, windows, and what goes before what."""
    attribution = terms.attribution
    yield Passage(
        "attribution",
        "",
        (
            Sentence("attribution.model", _model(attribution)),
            Sentence("attribution.click_window_days", _clicks(attribution)),
            Sentence("attribution.view_window_days", _views(attribution)),
            Sentence("attribution.precedence", str(_PRECEDENCE[attribution.precedence])),
            Sentence("attribution.unrelated_coupon", str(_UNRELATED[attribution.unrelated_coupon])),
        ),
    )


def _model(attribution: Attribution) -> str:
    return str(_MODELS[attribution.model]) % {
        "first": exact_share(attribution.first_share or 0),
        "last": exact_share(attribution.last_share or 0),
        "days": exact_number(attribution.half_life_days or 0),
    }


def _clicks(attribution: Attribution) -> str:
    days = attribution.click_window_days
    text = ngettext(
        "A click counts for %(days)s day; a conversion exactly at its end still counts.",
        "A click counts for %(days)s days; a conversion exactly at their end still counts.",
        days,
    )
    return text % {"days": exact_number(days)}


def _views(attribution: Attribution) -> str:
    if not attribution.view_window_days:
        return _("Merely seeing an ad counts for nothing.")
    days = attribution.view_window_days
    text = ngettext(
        "Merely seeing an ad counts for %(days)s day.", "Merely seeing an ad counts for %(days)s days.", days
    )
    return text % {"days": exact_number(days)}
