"""S37, S39: withholding and value-added tax to the cent; VAT numbers."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest

from alliance.kernel.ids import new_id
from partners.domain.terms.settling import Withholding
from settlements.taxes.domain.numbers import checked_vat_number
from settlements.taxes.domain.value_added import value_added_tax
from settlements.taxes.domain.withholding import ValidCertificate, reversal, withheld

PARTY = UUID(int=7)
JUNE = date(2026, 6, 15)


def rule(rate="30%", reduced="15%", rounding="half_up"):
    given = {"party": str(PARTY), "rate": rate, "rounding": rounding, "name": "Withholding tax"}
    return Withholding.model_validate(given | ({"reduced_rate": reduced} if reduced else {}))


def certificate(first=JUNE, last=None):
    return ValidCertificate(new_id(), "T-1", first, last)


def test_thirty_percent_is_withheld():
    tax = withheld(rule(), gross_minor=10000, on=JUNE)
    assert (tax.amount_minor, tax.base_minor, tax.rate, tax.certificate) == (3000, 10000, Fraction(3, 10), None)


@pytest.mark.parametrize(
    ("day", "amount"), [(date(2026, 6, 14), 3000), (JUNE, 1500), (date(2026, 12, 31), 1500), (date(2027, 1, 1), 3000)]
)
def test_the_reduced_rate_counts_on_the_certificates_days_and_no_others(day, amount):
    known = [certificate(last=date(2026, 12, 31))]
    assert withheld(rule(), gross_minor=10000, on=day, certificates=known).amount_minor == amount


def test_a_certificate_lowers_nothing_where_the_terms_know_no_reduced_rate():
    tax = withheld(rule(reduced=None), gross_minor=10000, on=JUNE, certificates=[certificate()])
    assert (tax.amount_minor, tax.certificate) == (3000, None)


def test_the_tax_rounds_as_the_terms_say():
    assert withheld(rule(), gross_minor=5, on=JUNE).amount_minor == 2
    assert withheld(rule(rounding="down"), gross_minor=5, on=JUNE).amount_minor == 1


def test_value_added_tax_in_a_payment_is_not_taxed():
    tax = withheld(rule(), gross_minor=12000, vat_rate=Fraction(1, 5), on=JUNE)
    assert (tax.base_minor, tax.amount_minor) == (10000, 3000)


def test_what_is_taken_back_gives_back_tax_in_proportion():
    assert reversal(owed_minor=4000, paid_minor=10000, withheld_minor=3000) == 1200
    assert reversal(owed_minor=20000, paid_minor=10000, withheld_minor=3000) == 3000
    assert reversal(owed_minor=4000, paid_minor=0, withheld_minor=0) == 0


def test_value_added_tax_rounds_each_line_by_itself():
    """S39: 0.43 and 4.84 at 15% are 0.06 and 0.73, 0.79 in all."""
    assert value_added_tax([43, 484], Fraction(15, 100)) == 79
    assert value_added_tax([-43, -484], Fraction(15, 100)) == -79
    assert value_added_tax([1, 1, 1], Fraction(1, 2)) == 3
    assert Decimal(43 + 484 + 79).scaleb(-2) == Decimal("6.06")


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("DE 136 695 976", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("DE136695977", "DE", None),
        ("FR136695976", "DE", None),
        ("094259216", "GR", "EL094259216"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("GB980780685", "GB", None),
        ("91110000600037341L", "CN", "91110000600037341L"),
        ("91110000600037341A", "CN", None),
        ("AB-1234", "QA", "AB1234"),
        ("?", "QA", None),
    ],
)
def test_vat_numbers_are_checked_by_country(number, country, expected):
    assert checked_vat_number(number, country) == expected
