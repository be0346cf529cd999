"""Eligibility rules: the table of case H9, and what the three outcomes follow from."""

import pytest

from partners.onboarding.domain.eligibility import (
    Applicant,
    EligibilityRules,
    Outcome,
    Rule,
    RuleInvalidError,
    Subject,
    judge,
)

COUNTRY, INDUSTRY, EMAIL = Subject.COUNTRY, Subject.INDUSTRY, Subject.EMAIL_DOMAIN


def meets(rules: list[Rule], **applicant: str) -> bool:
    return not list(EligibilityRules(tuple(rules)).unmet(Applicant(**applicant)))


H9 = [
    # pattern, excludes, address, fits
    ("@acme.com", False, "jane@acme.com", True),
    ("@acme.com", False, "jane@sub.acme.com", False),  # exact is strict
    ("@acme.com", False, "jane@notacme.com", False),  # a suffix is not enough
    ("@*.edu", False, "jane@mit.edu", True),
    ("@*.edu", False, "jane@mit.edu.uk", False),
    ("@*.acme.com", False, "jane@mail.acme.com", True),
    ("@*.acme.com", False, "jane@a.b.acme.com", True),
    ("@*.acme.com", False, "jane@acme.com", False),  # sub-domains, not the root
    ("@*.acme.com", False, "jane@evilacme.com", False),
    ("@*.acme.com", False, "jane@.acme.com", False),
    ("@gmail.com", True, "jane@gmail.com", False),
    ("@gmail.com", True, "jane@acme.com", True),
    ("@acme.com", False, "JANE@ACME.COM", True),  # case does not matter
    ("@ACME.com", False, "jane@acme.com", True),
    ("*.Acme.COM", False, "jane@Mail.acme.com", True),
    ("@acme.com", False, "", False),  # no e-mail: invalid
    ("@acme.com", False, "notanemail", False),
    ("@acme.com", False, "@acme.com", False),
    ("@acme.com", True, "", False),  # no e-mail: invalid, whichever way the rule turns
    ("@acme.com", True, "notanemail", False),
]


@pytest.mark.parametrize(("pattern", "excludes", "email", "fits"), H9)
def test_email_domains(pattern, excludes, email, fits):
    assert meets([Rule(EMAIL, (pattern,), excludes)], email=email) is fits


@pytest.mark.parametrize(
    ("values", "excludes", "country", "fits"),
    [
        (("US", "CA"), False, "US", True),
        (("US", "CA"), False, "us", True),
        (("US", "CA"), False, "GB", False),
        (("US", "CA"), False, "", False),
        (("US",), True, "US", False),
        (("US",), True, "GB", True),
        (("US",), True, "", False),
    ],
)
def test_countries(values, excludes, country, fits):
    assert meets([Rule(COUNTRY, values, excludes)], country=country) is fits


def test_industries():
    rule = [Rule(INDUSTRY, ("fitness", "travel"))]
    assert meets(rule, industry="fitness")
    assert not meets(rule, industry="banking")
    assert not meets(rule)


def test_all_rules_must_be_met():
    rules = [Rule(COUNTRY, ("US",)), Rule(EMAIL, ("@acme.com",))]
    assert meets(rules, country="US", email="jane@acme.com")
    assert not meets(rules, country="GB", email="jane@acme.com")
    assert not meets(rules, country="US", email="jane@other.com")


def test_without_rules_everybody_fits():
    assert meets([], country="US", email="jane@acme.com")
    assert meets([])


@pytest.mark.parametrize(
    ("subject", "values"),
    [
        (COUNTRY, ()),
        (COUNTRY, ("USA",)),
        (COUNTRY, ("",)),
        (INDUSTRY, ("Not a code",)),
        (EMAIL, ("not a domain",)),
        (EMAIL, ("*",)),
        (EMAIL, ("*.*.com",)),
        (EMAIL, ("jane@acme.com",)),
        (EMAIL, ("acme..com",)),
    ],
)
def test_a_rule_names_something(subject, values):
    with pytest.raises(RuleInvalidError):
        Rule(subject, values)


def test_one_rule_about_one_thing():
    with pytest.raises(RuleInvalidError):
        EligibilityRules((Rule(COUNTRY, ("US",)), Rule(COUNTRY, ("CA",))))


FITS = Applicant("FR", "fitness", "a@acme.com")
OTHER = Applicant("US", "fitness", "a@acme.com")
RULE = (Rule(COUNTRY, ("FR",)),)


@pytest.mark.parametrize(
    ("rules", "applicant", "is_complete", "outcome"),
    [
        (EligibilityRules(RULE, approves=True), FITS, True, Outcome.APPROVE),
        (EligibilityRules(RULE, approves=True), FITS, False, Outcome.REVIEW),
        (EligibilityRules(RULE, approves=False), FITS, True, Outcome.REVIEW),
        (EligibilityRules(RULE, approves=True), OTHER, True, Outcome.REVIEW),
        (EligibilityRules(RULE, approves=True, refuses=True), OTHER, True, Outcome.REFUSE),
        (EligibilityRules((), approves=True, refuses=True), FITS, True, Outcome.REVIEW),
    ],
)
def test_outcomes(rules, applicant, is_complete, outcome):
    verdict = judge(rules, applicant, is_complete=is_complete)
    assert verdict.outcome is outcome
    assert verdict.unmet == ((COUNTRY,) if applicant is OTHER else ())


def test_rules_are_kept_as_json():
    rules = EligibilityRules((Rule(EMAIL, ("@*.Acme.com",), excludes=True),), approves=True)
    assert EligibilityRules.from_json(rules.to_json()) == rules
    assert EligibilityRules.from_json({}) == EligibilityRules()
