"""Tax withheld from what is paid out. Pure; minor units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from alliance.kernel.money import half_up
from partners.domain.terms.settling import Withholding


@dataclass(frozen=True, slots=True)
class ValidCertificate:
    """An accepted certificate: reduced rates count on its days, both ends included. `valid_until` None: until further notice."""

    id: UUID
    number: str
    valid_from: date
    valid_until: date | None

    def is_valid_on(self, day: date) -> bool:
        """Whether `day` is one of its days."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@dataclass(frozen=True, slots=True)
class Withheld:
    """How much is withheld of a payment, and why so much. `base_minor` is the payment without value-added tax."""

    amount_minor: int
    base_minor: int
    rate: Fraction
    name: str
    certificate: ValidCertificate | None

    def to_json(self) -> dict[str, object]:
        """What stands with the payment."""
        return {
            "rate": f"{self.rate.numerator}/{self.rate.denominator}",
            "base_minor": self.base_minor,
            "name": self.name,
            "certificate_id": str(self.certificate.id) if self.certificate else None,
            "certificate_number": self.certificate.number if self.certificate else "",
        }


def withheld(
    rule: Withholding,
    *,
    gross_minor: int,
    vat_rate: Fraction = Fraction(0),
    on: date,
    certificates: Iterable[ValidCertificate] = (),
) -> Withheld:
    """The tax on a payment of `gross_minor`, paid on `on`, in which value-added tax of `vat_rate` is contained.

    The reduced rate counts on the days of a certificate, from its first day on and never for earlier payments.
    """
    valid = [certificate for certificate in certificates if certificate.is_valid_on(on)]
    certificate = max(valid, key=lambda c: (c.valid_from, c.id)) if valid and rule.reduced_rate is not None else None
    rate = Fraction(rule.rate if certificate is None or rule.reduced_rate is None else rule.reduced_rate)
    base = half_up(Fraction(gross_minor) / (1 + vat_rate))
    exact = rate * base
    amount = half_up(exact) if rule.rounding == "half_up" else int(exact)
    return Withheld(amount, base, rate, rule.name or "", certificate)


def reversal(*, owed_minor: int, paid_minor: int, withheld_minor: int) -> int:
    """How much of the tax withheld in a tax year goes back with `owed_minor` that was paid in it and taken back since.

    In proportion: `paid_minor` was paid before tax, `withheld_minor` of it withheld.
    """
    if paid_minor <= 0:
        return 0
    return half_up(Fraction(min(max(owed_minor, 0), paid_minor) * withheld_minor, paid_minor))


def unrecovered(
    owed_minor: int, before_minor: int, *, paid_minor: int, earlier_paid_minor: int, withheld_minor: int
) -> int:
    """How much tax of earlier years was withheld of what a period took back: of what is owed now and was not before.

    What is owed counts against the tax year's payouts (`paid_minor`) first, the rest against those of the years before, of
    which `withheld_minor` was withheld. Nothing where the debt has not grown.
    """
    now, before = (
        reversal(owed_minor=max(0, owed - paid_minor), paid_minor=earlier_paid_minor, withheld_minor=withheld_minor)
        for owed in (owed_minor, before_minor)
    )
    return max(0, now - before)
