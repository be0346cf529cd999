"""What bounds the earnings, when they are free, and who bears a refund."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from partners.domain.terms import Terms
from partners.domain.terms.limits import Advance, Cap, Guarantee, Refunds
from partners.sentences.wording import Passage, Sentence, Wording, all_quoted, exact_number, exact_share, quoted

_CAPS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "conversion": gettext_lazy("%(party)s gets at most %(amount)s for each conversion."),
        "day": gettext_lazy("%(party)s gets at most %(amount)s for each day."),
        "week": gettext_lazy("%(party)s gets at most %(amount)s for each week."),
        "month": gettext_lazy("%(party)s gets at most %(amount)s for each month."),
        "year": gettext_lazy("%(party)s gets at most %(amount)s for each year."),
        "all": gettext_lazy("%(party)s gets at most %(amount)s over the whole term."),
    }
)
_EXCESS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "stays_with_payer": gettext_lazy("What would be more stays with whoever pays."),
        "waits_for_approval": gettext_lazy("What would be more waits until whoever pays approves it."),
    }
)


def limit_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """Caps, minimum guarantees and advances; none of them where none is agreed."""
    for cap in terms.caps:
        key = f"caps.{cap.id}"
        yield Passage(key, _("Cap %(id)s") % {"id": cap.id}, tuple(_cap(cap, key, wording)))
    if len(terms.caps) > 1:
        order = all_quoted(cap.id for cap in terms.caps)
        text = _("The caps apply one after the other, in this order: %(caps)s.") % {"caps": order}
        yield Passage("caps", _("For all caps"), (Sentence("caps.order", text),))
    if terms.guarantees:
        guarantees = tuple(_guarantee(guarantee, wording) for guarantee in terms.guarantees)
        yield Passage("guarantees", _("Minimum guarantees"), guarantees)
    for advance in terms.advances:
        key = f"advances.{advance.id}"
        yield Passage(key, _("Advance %(id)s") % {"id": advance.id}, tuple(_advance(advance, key, wording)))


def _cap(cap: Cap, key: str, wording: Wording) -> Iterator[Sentence]:
    said = {"party": wording.party(cap.party), "amount": wording.money(cap.amount)}
    yield Sentence(key, str(_CAPS[cap.window]) % said)
    if cap.per == "person":
        yield Sentence(f"{key}.per", _("This counts for each person by itself."))
    if cap.clauses:
        text = _("It bounds only what these clauses earn: %(clauses)s.") % {"clauses": all_quoted(cap.clauses)}
    else:
        text = _("It bounds what all clauses earn together.")
    yield Sentence(f"{key}.clauses", text)
    yield Sentence(f"{key}.excess", str(_EXCESS[cap.excess]))


def _guarantee(guarantee: Guarantee, wording: Wording) -> Sentence:
    text = _("%(party)s gets at least %(amount)s for each settlement period; %(payer)s bears what is missing.") % {
        "party": wording.party(guarantee.party),
        "amount": wording.money(guarantee.amount),
        "payer": wording.party(guarantee.borne_by),
    }
    return Sentence(f"guarantees.{guarantee.party}", text)


def _advance(advance: Advance, key: str, wording: Wording) -> Iterator[Sentence]:
    text = _("%(payer)s pays %(party)s %(amount)s ahead.") % {
        "payer": wording.party(advance.paid_by),
        "party": wording.party(advance.party),
        "amount": wording.money(advance.amount),
    }
    yield Sentence(key, text)
    recouped = _("%(share)s of what %(party)s earns recoups the advance until nothing of it is open.") % {
        "share": exact_share(advance.recoups),
        "party": wording.party(advance.party),
    }
    yield Sentence(f"{key}.recoups", recouped)
    if advance.pool is not None:
        pool = _("It is recouped together with every other advance of the pool %(pool)s.")
        yield Sentence(f"{key}.pool", pool % {"pool": quoted(advance.pool)})


def hold_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """When earnings become available, what is kept in reserve, who bears refunds."""
    yield Passage("hold", "", (_hold(terms), *_reserve(terms), *_refunds(terms.refunds, wording)))


def _hold(terms: Terms) -> Sentence:
    if not terms.hold.days:
        return Sentence("hold", _("What is earned is available at once."))
    text = ngettext(
        "What is earned stays pending for %(days)s whole day after the conversion, then it is available.",
        "What is earned stays pending for %(days)s whole days after the conversion, then it is available.",
        terms.hold.days,
    )
    return Sentence("hold", text % {"days": exact_number(terms.hold.days)})


def _reserve(terms: Terms) -> Iterator[Sentence]:
    if terms.reserve is None:
        return
    text = ngettext(
        "%(share)s of the earnings is kept back as a reserve for %(days)s day after it became available.",
        "%(share)s of the earnings is kept back as a reserve for %(days)s days after it became available.",
        terms.reserve.days,
    )
    said = {"share": exact_share(terms.reserve.share), "days": exact_number(terms.reserve.days)}
    yield Sentence("reserve", text % said)


def _refunds(refunds: Refunds, wording: Wording) -> Iterator[Sentence]:
    if refunds.party is None:
        text = _("A refund takes back from each party exactly what the refunded part gave it.")
    else:
        text = _("%(party)s bears every refund alone.") % {"party": wording.party(refunds.party)}
    yield Sentence("refunds.bearer", text)
    if refunds.for_days is not None:
        text = ngettext(
            "More than %(days)s day after the conversion, whoever pays bears a refund alone.",
            "More than %(days)s days after the conversion, whoever pays bears a refund alone.",
            refunds.for_days,
        )
        yield Sentence("refunds.for_days", text % {"days": exact_number(refunds.for_days)})
    if refunds.chargeback_fee is not None:
        text = _("%(party)s pays what the payment provider charges for a chargeback.")
        yield Sentence("refunds.chargeback_fee", text % {"party": wording.party(refunds.chargeback_fee)})
