"""What a company says in its application, a frozen record for each step; and what is wrong with it, field by field."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar, Final, Self

from partners.onboarding.domain import tax_numbers
from partners.onboarding.domain.problems import FieldProblem
from partners.onboarding.domain.web_domains import host_of, registrable_domain, web_address

LONGEST_TEXT: Final = 160
MIN_DESCRIPTION: Final = 20
MAX_DESCRIPTION: Final = 2000
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()/.\-]{4,30}")


class AudienceSize(StrEnum):
    """How many people the company reaches in a month."""

    UNDER_10K = "under_10k"
    UNDER_100K = "under_100k"
    UNDER_1M = "under_1m"
    OVER_1M = "over_1m"


@dataclass(frozen=True, slots=True)
class Answers:
    """Texts by name. Kept as JSON; a text that is not known any more is dropped, a new one is empty."""

    longest: ClassVar[Mapping[str, int]] = MappingProxyType({})

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, str(getattr(self, field.name)).strip())

    @classmethod
    def from_json(cls, values: Mapping[str, object]) -> Self:
        """The answers as they were kept."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: str(value) for name, value in values.items() if name in known})

    def to_json(self) -> dict[str, str]:
        """The answers as they are kept."""
        return asdict(self)

    def too_long(self) -> Iterator[FieldProblem]:
        """Texts longer than `longest` allows; 160 signs where it says nothing."""
        for field in fields(self):
            if len(getattr(self, field.name)) > self.longest.get(field.name, LONGEST_TEXT):
                yield FieldProblem(field.name, "too_long")


@dataclass(frozen=True, slots=True)
class Company(Answers):
    """The legal entity. `country` is ISO 3166 alpha-2."""

    longest: ClassVar[Mapping[str, int]] = MappingProxyType(
        {"country": 2, "registration_number": 40, "tax_id": 40, "address": 300, "website": 300}
    )
    name_zh: str = ""
    name_en: str = ""
    country: str = ""
    registration_number: str = ""
    tax_id: str = ""
    address: str = ""
    website: str = ""

    @property
    def name(self) -> str:
        """What it is called where one name must do."""
        return self.name_zh or self.name_en

    @property
    def tax_keys(self) -> tuple[str, ...]:
        """Its numbers in the one spelling in which they are compared with other companies'."""
        numbers = {tax_numbers.compact(number) for number in (self.registration_number, self.tax_id)} - {""}
        return tuple(sorted(f"{self.country}:{number}" for number in numbers))

    @property
    def web_domain(self) -> str:
        """The domain it registered; empty without a website."""
        host = host_of(self.website)
        return registrable_domain(host) if host else ""

    def normalized(self) -> Self:
        """As it is kept: numbers without separators, the website with its scheme."""
        return type(self)(
            name_zh=self.name_zh,
            name_en=self.name_en,
            country=self.country.upper(),
            registration_number=tax_numbers.compact(self.registration_number),
            tax_id=tax_numbers.compact(self.tax_id),
            address=self.address,
            website=web_address(self.website),
        )

    def problems(self) -> Iterator[FieldProblem]:
        """What is wrong, field by field."""
        yield from self.too_long()
        if not self.name:
            yield FieldProblem("name_zh", "company_name_missing")
        if not self.country:
            yield FieldProblem("country", "country_missing")
        yield from self._number_problems()
        if self.website and not host_of(self.website):
            yield FieldProblem("website", "website_invalid")

    def _number_problems(self) -> Iterator[FieldProblem]:
        if not self.registration_number:
            yield FieldProblem("registration_number", "registration_number_missing")
        if self.country == tax_numbers.CHINA:
            yield from self._chinese_problems()
            return
        if self.registration_number and not tax_numbers.is_plausible(self.registration_number):
            yield FieldProblem("registration_number", "number_implausible")
        if code := self._tax_id_problem():
            yield FieldProblem("tax_id", code)

    def _chinese_problems(self) -> Iterator[FieldProblem]:
        """In China one number is both; a second one is given at most as a repetition."""
        for field in ("registration_number", "tax_id"):
            number = getattr(self, field)
            if number and not tax_numbers.is_credit_code(number):
                yield FieldProblem(field, "credit_code_invalid")

    def _tax_id_problem(self) -> str:
        if not self.tax_id:
            return "tax_id_missing"
        if self.country in tax_numbers.EU_COUNTRIES:
            return "" if tax_numbers.is_vat_number(self.tax_id, self.country) else "vat_number_invalid"
        return "" if tax_numbers.is_plausible(self.tax_id) else "number_implausible"


@dataclass(frozen=True, slots=True)
class Audience(Answers):
    """Whom the company reaches. `industry` is a code of the fixed list."""

    longest: ClassVar[Mapping[str, int]] = MappingProxyType({"description": 10 * MAX_DESCRIPTION})
    industry: str = ""
    description: str = ""
    size: str = ""

    def problems(self) -> Iterator[FieldProblem]:
        """What is wrong, field by field."""
        yield from self.too_long()
        if not self.industry:
            yield FieldProblem("industry", "industry_missing")
        if not MIN_DESCRIPTION <= len(self.description) <= MAX_DESCRIPTION:
            yield FieldProblem("description", "description_length")
        if self.size not in set(AudienceSize):
            yield FieldProblem("size", "audience_size_missing")


@dataclass(frozen=True, slots=True)
class Contacts(Answers):
    """Who answers for the company, and who for its money."""

    name: str = ""
    position: str = ""
    email: str = ""
    phone: str = ""
    finance_name: str = ""
    finance_email: str = ""

    def problems(self) -> Iterator[FieldProblem]:
        """What is wrong, field by field."""
        yield from self.too_long()
        if not self.name:
            yield FieldProblem("name", "contact_name_missing")
        if not _EMAIL.fullmatch(self.email):
            yield FieldProblem("email", "email_invalid")
        if not _PHONE.fullmatch(self.phone):
            yield FieldProblem("phone", "phone_invalid")
        if self.finance_email and not _EMAIL.fullmatch(self.finance_email):
            yield FieldProblem("finance_email", "email_invalid")
