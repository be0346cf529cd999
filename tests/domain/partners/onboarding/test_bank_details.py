"""Bank accounts: what is checked, what is shown, and that the number is printed nowhere."""

import pytest

from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails

IBAN, COMPANY, CARD = BankAccountKind.IBAN, BankAccountKind.CN_COMPANY, BankAccountKind.CN_CARD
GERMAN = {"kind": IBAN, "holder_name": "Fit GmbH", "number": "DE89 3704 0044 0532 0130 00", "bic": "deutdeff"}
CHINESE = {
    "kind": COMPANY,
    "holder_name": "示范健身有限公司",
    "number": "1100 1234 5678 9012 345",
    "bank_name": "示范银行",
    "branch": "北京分行",
    "cnaps": "102100099996",
}
CARD_NUMBER = "6222021234567890128"


def problems(**details) -> dict[str, str]:
    return {problem.field: problem.code for problem in BankDetails(**details).normalized().problems()}


def test_complete_accounts_have_none():
    assert problems(**GERMAN) == {}
    assert problems(**GERMAN | {"bic": ""}) == {}
    assert problems(**CHINESE) == {}
    assert problems(**CHINESE | {"kind": CARD, "number": CARD_NUMBER, "branch": "", "cnaps": ""}) == {}


@pytest.mark.parametrize(
    ("details", "found"),
    [
        (GERMAN | {"number": "DE89370400440532013001"}, {"number": "iban_invalid"}),
        (GERMAN | {"number": ""}, {"number": "iban_invalid"}),
        (GERMAN | {"number": "XX89370400440532013000"}, {"number": "iban_invalid"}),
        (GERMAN | {"bic": "DEUT"}, {"bic": "bic_invalid"}),
        (GERMAN | {"holder_name": " "}, {"holder_name": "holder_missing"}),
        (CHINESE | {"number": "12AB5678"}, {"number": "account_invalid"}),
        (CHINESE | {"number": "1234567"}, {"number": "account_invalid"}),
        (CHINESE | {"bank_name": ""}, {"bank_name": "bank_name_missing"}),
        (CHINESE | {"branch": ""}, {"branch": "branch_missing"}),
        (CHINESE | {"cnaps": "12345"}, {"cnaps": "cnaps_invalid"}),
        (CHINESE | {"kind": CARD, "number": CARD_NUMBER[:-1] + "7"}, {"number": "card_invalid"}),
        (CHINESE | {"kind": CARD, "number": "6222"}, {"number": "card_invalid"}),
    ],
)
def test_each_problem_is_named(details, found):
    assert problems(**details) == found


def test_what_the_kind_has_no_use_for_is_not_kept():
    kept = BankDetails(**CHINESE | {"bic": "DEUTDEFF"}).normalized()
    assert (kept.bic, kept.number) == ("", "1100123456789012345")
    assert BankDetails(**GERMAN | {"bank_name": "x", "branch": "y", "cnaps": "z"}).normalized().bank_name == ""


def test_what_is_shown():
    german, chinese = BankDetails(**GERMAN).normalized(), BankDetails(**CHINESE).normalized()
    assert (german.masked, german.country) == ("DE•••• 3000", "DE")
    assert (chinese.masked, chinese.country) == ("•••• 2345", "CN")


def test_the_number_is_not_printed():
    assert "0532" not in repr(BankDetails(**GERMAN))
    assert "0532" not in f"{BankDetails(**GERMAN).normalized()}"
