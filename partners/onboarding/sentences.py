"""What is wrong with an answer, in words."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import FieldRefusal, InvalidInputError
from partners.onboarding.domain.eligibility import Subject
from partners.onboarding.domain.problems import FieldProblem
from partners.onboarding.domain.steps import Step

PROBLEMS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "account_invalid": _("A company account has 8 to 32 digits."),
        "audience_size_missing": _("Choose how many people you reach."),
        "bank_name_missing": _("Name the bank."),
        "bic_invalid": _("This is not a BIC, such as DEUTDEFF."),
        "branch_missing": _("Name the branch that keeps the account."),
        "card_invalid": _("This is not a card number: it has 15 to 19 digits, and the last one checks the others."),
        "cnaps_invalid": _("A CNAPS code has 12 digits."),
        "company_name_missing": _("Give the company's name, in Chinese or English."),
        "contact_name_missing": _("Say whom to talk to."),
        "country_missing": _("Choose the country where the company is registered."),
        "credit_code_invalid": _(
            "This is not a unified social credit code: 18 signs, of which the last checks the others."
        ),
        "description_length": _("Describe your audience in 20 to 2,000 signs."),
        "email_invalid": _("This is not an e-mail address."),
        "holder_missing": _("Name the account holder as the bank knows it."),
        "iban_invalid": _("This is not an IBAN: its length or its check digits are wrong."),
        "industry_missing": _("Choose an industry."),
        "number_implausible": _("This does not look like a number of an authority: 4 to 30 letters and digits."),
        "phone_invalid": _("This is not a telephone number, such as +86 10 1234 5678."),
        "registration_number_missing": _("Give the registration number."),
        "tax_id_missing": _("Give the tax number."),
        "too_long": _("This is too long."),
        "vat_number_invalid": _(
            "This is not a VAT number of that country, such as DE136695976. Its country code belongs to it."
        ),
        "website_invalid": _("This is not a web address, such as https://example.com."),
    }
)
STEP_NAMES: Final[Mapping[Step, Promise]] = MappingProxyType(
    {
        Step.COMPANY: _("Company"),
        Step.AUDIENCE: _("Audience and industry"),
        Step.CONTACTS: _("Contacts"),
        Step.DOCUMENTS: _("Documents"),
        Step.BANK: _("Bank account"),
    }
)
UNMET: Final[Mapping[Subject, Promise]] = MappingProxyType(
    {
        Subject.COUNTRY: _("This alliance does not take companies of your country."),
        Subject.INDUSTRY: _("This alliance does not take companies of your industry."),
        Subject.EMAIL_DOMAIN: _("This alliance takes companies with certain e-mail domains only."),
    }
)


SIMILAR: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "tax_id": _("Another company on this installation has the same registration or tax number."),
        "bank_account": _("Another company on this installation has the same bank account."),
        "web_domain": _("Another company on this installation has the same web domain."),
    }
)


class AnswerInvalidError(InvalidInputError):
    """One answer of a step is wrong."""

    code = "answer_invalid"


def refuse_problems(problems: Iterable[FieldProblem]) -> None:
    """Raise `AnswerInvalidError` for the problems, each beside its field; without any, nothing happens."""
    refusals = [FieldRefusal(problem.field, AnswerInvalidError.code, PROBLEMS[problem.code]) for problem in problems]
    if refusals:
        raise AnswerInvalidError(refusals[0].sentence, field=refusals[0].field, refusals=refusals)
