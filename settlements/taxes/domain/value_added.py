"""Value-added tax on what a party earns. Pure; minor units."""

from collections.abc import Iterable
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from uuid import UUID

from alliance.kernel.money import half_up
from partners.domain.terms import Terms
from partners.domain.terms.settling import ValueAddedTax
from partners.domain.timeline import TermsTimeline


def treatment_of(terms: Terms, party_id: UUID) -> ValueAddedTax | None:
    """How the terms treat a party's earnings; `None` where they say nothing of it."""
    return next((rule for rule in terms.value_added_tax if rule.party == party_id), None)


def vat_rate_of(terms: Terms, party_id: UUID) -> Fraction:
    """The rate that is added to the party's earnings; 0 for every treatment but the standard one."""
    rule = treatment_of(terms, party_id)
    return Fraction(rule.rate) if rule is not None and rule.rate is not None else Fraction(0)


def taxed_parties(timeline: TermsTimeline, agreement_id: UUID) -> set[UUID]:
    """Those to which any version of the agreement's terms adds tax, whatever they say now."""
    rules = (rule for known in timeline.of_agreement(agreement_id) for rule in known.terms.value_added_tax)
    return {rule.party for rule in rules if rule.rate is not None}


def rate_text(rate: Fraction) -> str:
    """`19%`, or `40/3%` where decimals never end."""
    percent = rate * 100
    if percent.denominator == 1:
        return f"{percent.numerator}%"
    with localcontext(prec=12) as context:
        exact = Decimal(percent.numerator) / Decimal(percent.denominator)
        is_exact = not context.flags[Inexact]
    return f"{exact.normalize():f}%" if is_exact else f"{percent}%"


def value_added_tax(lines_minor: Iterable[int], rate: Fraction) -> int:
    """The tax on lines, each rounded by itself, halves away from zero: 0.43 and 4.84 at 15% are 0.06 and 0.73."""
    return sum(half_up(line * rate) for line in lines_minor)
