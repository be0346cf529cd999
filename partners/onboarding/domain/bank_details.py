"""Bank accounts: IBAN and BIC, Chinese company accounts, Chinese bank cards. The number is checked, masked and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from stdnum import bic, iban, luhn
from stdnum.exceptions import ValidationError

from partners.onboarding.domain.answers import LONGEST_TEXT
from partners.onboarding.domain.problems import FieldProblem

_SPACES: Final = re.compile(r"[\s\-]+")
_COMPANY_ACCOUNT: Final = re.compile(r"\d{8,32}")
_CARD: Final = re.compile(r"\d{15,19}")
_CNAPS: Final = re.compile(r"\d{12}")
_SHOWN: Final = 4


class BankAccountKind(StrEnum):
    """How money is sent there."""

    IBAN = "iban"
    CN_COMPANY = "cn_company"
    CN_CARD = "cn_card"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """One account as it is typed. Never printed: `repr` leaves the number out."""

    kind: BankAccountKind
    holder_name: str
    number: str
    bic: str = ""
    bank_name: str = ""
    branch: str = ""
    cnaps: str = ""

    def __repr__(self) -> str:
        return f"BankDetails({self.kind}, {self.masked})"

    def normalized(self) -> Self:
        """As it is kept: numbers without spaces, codes in capitals; what the kind has no use for is empty."""
        is_iban = self.kind is BankAccountKind.IBAN
        return type(self)(
            kind=self.kind,
            holder_name=self.holder_name.strip(),
            number=_SPACES.sub("", self.number).upper(),
            bic=_SPACES.sub("", self.bic).upper() if is_iban else "",
            bank_name="" if is_iban else self.bank_name.strip(),
            branch="" if is_iban else self.branch.strip(),
            cnaps="" if is_iban else _SPACES.sub("", self.cnaps),
        )

    @property
    def country(self) -> str:
        """Where the account is, ISO 3166 alpha-2."""
        return self.number[:2] if self.kind is BankAccountKind.IBAN else "CN"

    @property
    def masked(self) -> str:
        """What is shown of the number: for an IBAN the country, and the last four signs."""
        head = self.number[:2] if self.kind is BankAccountKind.IBAN else ""
        return f"{head}•••• {self.number[-_SHOWN:]}"

    def problems(self) -> Iterator[FieldProblem]:
        """What is wrong, field by field; asked of the normalized details."""
        for field in ("holder_name", "bank_name", "branch"):
            if len(getattr(self, field)) > LONGEST_TEXT:
                yield FieldProblem(field, "too_long")
        if not self.holder_name:
            yield FieldProblem("holder_name", "holder_missing")
        if self.kind is BankAccountKind.IBAN:
            yield from self._iban_problems()
        else:
            yield from self._chinese_problems()

    def _iban_problems(self) -> Iterator[FieldProblem]:
        if not _is_valid(iban.validate, self.number):
            yield FieldProblem("number", "iban_invalid")
        if self.bic and not _is_valid(bic.validate, self.bic):
            yield FieldProblem("bic", "bic_invalid")

    def _chinese_problems(self) -> Iterator[FieldProblem]:
        is_card = self.kind is BankAccountKind.CN_CARD
        if is_card and not (_CARD.fullmatch(self.number) and _is_valid(luhn.validate, self.number)):
            yield FieldProblem("number", "card_invalid")
        if not is_card and not _COMPANY_ACCOUNT.fullmatch(self.number):
            yield FieldProblem("number", "account_invalid")
        if not self.bank_name:
            yield FieldProblem("bank_name", "bank_name_missing")
        if not is_card and not self.branch:
            yield FieldProblem("branch", "branch_missing")
        if self.cnaps and not _CNAPS.fullmatch(self.cnaps):
            yield FieldProblem("cnaps", "cnaps_invalid")


def _is_valid(validate: object, number: str) -> bool:
    try:
        validate(number)  # type: ignore[operator]  # stdnum has no types
    except ValidationError:
        return False
    return True
