"""What is wrong with a company's answers, field by field."""

import pytest
from stdnum.cn import uscc

from partners.onboarding.domain.answers import Audience, Company, Contacts
from partners.onboarding.domain.tax_numbers import EU_COUNTRIES

CREDIT_CODE = "91110000600037341L"
CHINESE = {"name_zh": "示范健身", "country": "CN", "registration_number": CREDIT_CODE}
GERMAN = {"name_en": "Fit", "country": "DE", "registration_number": "HRB 86891", "tax_id": "DE136695976"}


def problems(answers) -> dict[str, str]:
    return {problem.field: problem.code for problem in answers.problems()}


def test_a_complete_company_has_none():
    assert problems(Company(**CHINESE)) == {}
    assert problems(Company(**GERMAN, website="fit.example", address="1 Street")) == {}
    assert problems(Company(name_en="Fit", country="US", registration_number="C123456", tax_id="12-3456789")) == {}


def test_an_empty_one_names_everything_that_is_missing():
    assert problems(Company()) == {
        "name_zh": "company_name_missing",
        "country": "country_missing",
        "registration_number": "registration_number_missing",
        "tax_id": "tax_id_missing",
    }


@pytest.mark.parametrize("last", [c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if c != "L"])
def test_every_wrong_check_character_of_a_credit_code_is_found(last):
    wrong = Company(**CHINESE | {"registration_number": CREDIT_CODE[:-1] + last})
    assert problems(wrong) == {"registration_number": "credit_code_invalid"}


@pytest.mark.parametrize("number", ["", "123", "91110000600037341", "9111000060003734IL", "X" * 18])
def test_a_chinese_company_has_a_credit_code(number):
    assert "registration_number" in problems(Company(**CHINESE | {"registration_number": number}))


def test_a_credit_code_may_be_written_with_spaces_and_small_letters():
    company = Company(**CHINESE | {"registration_number": " 9111 0000-6000 37341l "}).normalized()
    assert company.registration_number == CREDIT_CODE
    assert problems(company) == {}
    assert uscc.is_valid(company.registration_number)


@pytest.mark.parametrize(
    ("country", "tax_id", "code"),
    [
        ("DE", "DE136695976", None),
        ("DE", "de 136 695 976", None),
        ("DE", "136695976", "vat_number_invalid"),  # with its prefix
        ("DE", "DE136695978", "vat_number_invalid"),
        ("DE", "FR40303265045", "vat_number_invalid"),  # another country's
        ("FR", "FR40303265045", None),
        ("GR", "EL094259216", None),
        ("GR", "GR094259216", "vat_number_invalid"),
        ("DE", "", "tax_id_missing"),
        ("US", "x", "number_implausible"),
        ("US", "12-3456789", None),
    ],
)
def test_tax_ids(country, tax_id, code):
    company = Company(name_en="Fit", country=country, registration_number="R-1234", tax_id=tax_id)
    assert problems(company).get("tax_id") == code


def test_every_member_state_is_one_that_the_library_knows():
    from stdnum.eu import vat

    assert {country.lower() for country in EU_COUNTRIES} | {"xi"} == vat.MEMBER_STATES


def test_two_spellings_of_a_number_are_one_key():
    first, second = Company(**GERMAN), Company(**GERMAN | {"tax_id": "DE 136.695.976"})
    assert first.tax_keys == second.tax_keys == ("DE:DE136695976", "DE:HRB86891")
    assert Company(**CHINESE, tax_id=CREDIT_CODE).tax_keys == (f"CN:{CREDIT_CODE}",)


@pytest.mark.parametrize(
    ("website", "kept", "domain"),
    [
        ("", "", ""),
        ("Shop.Fit.example", "https://Shop.Fit.example", "fit.example"),
        ("http://www.fit.example/path?x=1", "http://www.fit.example/path?x=1", "fit.example"),
        ("https://示范.中国", "https://示范.中国", "xn--fiq9x80c.xn--fiqs8s"),
    ],
)
def test_websites(website, kept, domain):
    company = Company(**CHINESE, website=website).normalized()
    assert (company.website, problems(company)) == (kept, {})
    assert bool(company.web_domain) == bool(domain)
    if website.isascii():
        assert company.web_domain == domain


@pytest.mark.parametrize(
    "website",
    ["nonsense", "javascript:alert(1)", "ftp://fit.example", "https://a@fit.example", "http://127.0.0.1", "a..b"],
)
def test_what_is_no_website_is_refused(website):
    assert problems(Company(**CHINESE, website=website)) == {"website": "website_invalid"}


def test_audience():
    good = Audience(industry="fitness", description="People who train at home", size="under_10k")
    assert problems(good) == {}
    assert problems(Audience()) == {
        "industry": "industry_missing",
        "description": "description_length",
        "size": "audience_size_missing",
    }
    assert problems(Audience(industry="fitness", description="x" * 2001, size="huge")) == {
        "description": "description_length",
        "size": "audience_size_missing",
    }


def test_contacts():
    good = {"name": "A. Person", "email": "a@fit.example", "phone": "+86 10 1234-5678"}
    assert problems(Contacts(**good)) == {}
    assert problems(Contacts(**good | {"email": "nobody", "phone": "call me", "finance_email": "x"})) == {
        "email": "email_invalid",
        "phone": "phone_invalid",
        "finance_email": "email_invalid",
    }
    assert set(problems(Contacts())) == {"name", "email", "phone"}


def test_answers_are_kept_as_json_that_older_and_newer_code_reads():
    company = Company(**GERMAN)
    assert Company.from_json(company.to_json()) == company
    assert Company.from_json({"name_en": " Fit ", "gone": "x"}) == Company(name_en="Fit")
