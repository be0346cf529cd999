"""What earns: the clauses, which of them counts, and how amounts are rounded."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from alliance.kernel.money import RemainderPolicy
from partners.domain.terms import Clause, EarnsOn, Terms
from partners.domain.terms.clauses import Deduction, DeductionKind, ForMonths
from partners.domain.terms.settling import Rounding
from partners.sentences.conditions import applies_to
from partners.sentences.payments import payment_sentences
from partners.sentences.wording import Passage, Sentence, Wording, all_of, all_quoted, exact_number, exact_share

DEDUCTION_NAMES: Final[Mapping[DeductionKind, Promise]] = MappingProxyType(
    {
        DeductionKind.TAX: pgettext_lazy("deducted", "tax"),
        DeductionKind.PAYMENT_FEE: pgettext_lazy("deducted", "payment fee"),
        DeductionKind.SHIPPING: pgettext_lazy("deducted", "shipping"),
        DeductionKind.DISCOUNT: pgettext_lazy("deducted", "discount"),
        DeductionKind.PLATFORM_FEE: pgettext_lazy("deducted", "platform fee"),
        DeductionKind.COST_OF_GOODS: pgettext_lazy("deducted", "cost of goods"),
        DeductionKind.OTHER: pgettext_lazy("deducted", "other costs"),
    }
)
_PRECEDENCE: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "most_specific": gettext_lazy(
            "Where several clauses apply to one conversion, the most specific one counts: one that names the partner goes "
            "before one that names the item, that before one that names a kind, category or tag of items, and then the "
            "one with more conditions."
        ),
        "highest_earning": gettext_lazy(
            "Where several clauses apply to one conversion, the one that earns its partner the most money counts."
        ),
        "first_match": gettext_lazy(
            "Where several clauses apply to one conversion, the one that stands first above counts."
        ),
    }
)
_REMAINDERS: Final[Mapping[RemainderPolicy, Promise]] = MappingProxyType(
    {
        RemainderPolicy.LARGEST_REMAINDER: gettext_lazy(
            "What rounding leaves over goes, one smallest unit each, to the parties with the largest remainders; "
            "between equal remainders to the party named earlier."
        ),
        RemainderPolicy.FIRST_IN_ORDER: gettext_lazy(
            "What rounding leaves over goes, one smallest unit each, to the parties in the order above."
        ),
        RemainderPolicy.PLATFORM_KEEPS: gettext_lazy("What rounding leaves over stays with the host."),
        RemainderPolicy.PARTNER_FAVOURED: gettext_lazy(
            "What rounding leaves over goes to the partners before the host."
        ),
        RemainderPolicy.SUSPENSE: gettext_lazy("What rounding leaves over is set aside until the parties decide."),
        RemainderPolicy.QUOTA_METHOD: gettext_lazy(
            "What rounding leaves over goes to the parties with the largest remainders, in such a way that no party's "
            "part ever shrinks while the amount grows."
        ),
    }
)
_EARNERS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "half_up": gettext_lazy("What one party earns by itself is rounded half up to the smallest unit."),
        "down": gettext_lazy("What one party earns by itself is rounded down to the smallest unit."),
    }
)
_ACCUMULATIONS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "per_conversion": gettext_lazy("Each conversion is rounded by itself."),
        "running_total": gettext_lazy(
            "The running total of a settlement period is rounded, so that no fraction of a unit is lost."
        ),
    }
)


def general_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """Who the parties are, and in what and where one counts."""
    parties = _("The parties are, in the order of their rank: %(parties)s.") % {
        "parties": all_of(map(wording.party, terms.parties))
    }
    currency = _("Amounts are in %(currency)s.") % {"currency": terms.currency}
    zone = _("Days, months and times are those of the time zone %(zone)s.") % {"zone": terms.time_zone}
    yield Passage(
        "general", "", (Sentence("parties", parties), Sentence("currency", currency), Sentence("time_zone", zone))
    )


def clause_passages(terms: Terms, wording: Wording) -> Iterator[Passage]:
    """Each clause, then what counts for all of them."""
    for clause in terms.clauses:
        yield clause_passage(clause, wording)
    sentences = (*_precedence(terms), *_rounding(terms.rounding))
    yield Passage("clauses", _("For all clauses"), sentences)


def clause_passage(clause: Clause, wording: Wording) -> Passage:
    """Everything that one clause says."""
    key = f"clauses.{clause.id}"
    title = _("Clause %(id)s") % {"id": clause.id}
    if clause.name:
        title = _("Clause %(id)s: %(name)s") % {"id": clause.id, "name": clause.name}
    return Passage(key, title, tuple(_sentences(clause, key, wording)))


def _sentences(clause: Clause, key: str, wording: Wording) -> Iterator[Sentence]:
    yield Sentence(f"{key}.when", applies_to(clause, wording))
    if clause.is_bonus:
        yield Sentence(f"{key}.is_bonus", _("It is a bonus, paid on top of the clause that counts."))
    if clause.earns_on is EarnsOn.SALE:
        yield Sentence(f"{key}.recurring", _recurring(clause))
        yield from _base(clause, key, wording)
    if clause.pool:
        yield Sentence(f"{key}.pool", _pool(clause, wording))
    yield from payment_sentences(clause.pays, f"{key}.pays", wording)


def _recurring(clause: Clause) -> str:
    if isinstance(clause.recurring, ForMonths):
        return _for_months(clause.recurring)
    if clause.recurring.kind == "first_only":
        return _("Only the first sale to a person earns.")
    if clause.is_for_its_own:
        return _("Every sale to a person earns whose first sale fell while this clause was in force.")
    return _("Every sale to a person earns, for as long as the terms are in force.")


def _for_months(recurring: ForMonths) -> str:
    months = recurring.months
    if recurring.persons == "any":
        text = ngettext(
            "The sales to a person earn for %(months)s month after the first one, under whatever terms that fell.",
            "The sales to a person earn for %(months)s months after the first one, under whatever terms that fell.",
            months,
        )
    else:
        text = ngettext(
            "The sales to a person earn for %(months)s month after the first one, if this clause was in force then.",
            "The sales to a person earn for %(months)s months after the first one, if this clause was in force then.",
            months,
        )
    return text % {"months": exact_number(months)}


def _base(clause: Clause, key: str, wording: Wording) -> Iterator[Sentence]:
    if not clause.deductions:
        yield Sentence(f"{key}.base", _("The base is the gross amount."))
        return
    yield Sentence(f"{key}.base", _("The base is the gross amount less these deductions, in their order:"))
    for place, deduction in enumerate(clause.deductions):
        text = _("Deduction %(number)s: %(what)s; it is kept by %(keeper)s.") % {
            "number": place + 1,
            "what": _deducted(deduction, wording),
            "keeper": wording.party(deduction.kept_by) if deduction.kept_by else pgettext("keeps", "the host"),
        }
        yield Sentence(f"{key}.deductions.{place}", text)


def _deducted(deduction: Deduction, wording: Wording) -> str:
    what = str(DEDUCTION_NAMES[deduction.kind])
    if deduction.amount is not None:
        text = pgettext("deducted", "%(what)s, %(amount)s for each conversion")
        return text % {"what": what, "amount": wording.money(deduction.amount)}
    if deduction.rate is None:
        return pgettext("deducted", "%(what)s, as the order reports it") % {"what": what}
    if deduction.of == "gross":
        text = pgettext("deducted", "%(what)s, %(rate)s of the gross amount")
    else:
        text = pgettext("deducted", "%(what)s, %(rate)s of what the earlier deductions leave")
    return text % {"what": what, "rate": exact_share(deduction.rate)}


def _pool(clause: Clause, wording: Wording) -> str:
    parts = [
        pgettext("pooled", "%(weight)s of the own revenue of %(party)s")
        % {"weight": exact_share(contribution.weight), "party": wording.party(contribution.party)}
        for contribution in clause.pool
    ]
    return _("The base is a pool of %(parts)s.") % {"parts": all_of(parts)}


def _precedence(terms: Terms) -> Iterator[Sentence]:
    yield Sentence("precedence", str(_PRECEDENCE[terms.precedence]))
    if terms.precedence == "first_match":
        order = all_quoted(clause.id for clause in terms.clauses)
        yield Sentence("clauses.order", _("The clauses stand in this order: %(clauses)s.") % {"clauses": order})


def _rounding(rounding: Rounding) -> Iterator[Sentence]:
    yield Sentence("rounding.remainder", str(_REMAINDERS[rounding.remainder]))
    yield Sentence("rounding.earner", str(_EARNERS[rounding.earner]))
    yield Sentence("rounding.accumulation", str(_ACCUMULATIONS[rounding.accumulation]))
