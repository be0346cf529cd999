"""Which bank entry is which payout, and what the others may be. Pure: nothing here moves money or decides for anybody.

Certainty falls from step to step: the payout's own reference, then its amount with the account, then its amount with
the name. What two steps could explain is left to people.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from alliance.kernel.money import exponent
from settlements.banking.domain.bank_text import bank_text

_FEE_LIMIT_MAJOR: Final = 50
_WORD: Final = re.compile(r"[^0-9A-Z]+")
_WORDS: Final = re.compile(r"[\s,;:，；：]+")


class MatchKind(StrEnum):
    """What an entry is taken for."""

    PAYOUT = "payout"  # the bank has paid a payout
    RETURN = "return"  # a payout came back
    FEE = "fee"  # the bank took it for itself
    CUSTOMERS = "customers"  # money that customers paid, from wherever it was collected
    REPAYMENT = "repayment"  # a partner paid back what it owed
    SUSPENSE = "suspense"  # nobody knows yet


class Basis(StrEnum):
    """Why somebody may believe it, the strongest first."""

    REFERENCE = "reference"
    ACCOUNT = "account"
    NAME = "name"
    CHARGE = "charge"
    UNKNOWN = "unknown"
    PERSON = "person"


class WhyOpen(StrEnum):
    """Why an entry was left to people."""

    NONE = ""
    DIFFERENCE_TOO_LARGE = "difference_too_large"
    PAID_ALREADY = "paid_already"
    OTHER_CURRENCY = "other_currency"
    SEVERAL_FIT = "several_fit"
    NOT_RETURNABLE = "not_returnable"
    NOTHING_FITS = "nothing_fits"


@dataclass(frozen=True, slots=True)
class BankLine:
    """One entry as matching sees it: money that came in is positive. `accounts` are fingerprints of the other side's number."""

    id: str
    booked_on: date
    currency: str
    amount_minor: int
    end_to_end_id: str = ""
    name: str = ""
    accounts: frozenset[str] = field(default_factory=frozenset)
    text: str = ""
    is_return: bool = False
    is_charge: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedPayout:
    """A payout that has been sent. `is_open`: no entry was found yet that pays it; `is_returnable`: none that brings it back."""

    id: str
    end_to_end_id: str
    currency: str
    amount_minor: int
    name: str
    accounts: frozenset[str] = field(default_factory=frozenset)
    sent_on: date = date.min
    is_open: bool = True
    is_returnable: bool = True


@dataclass(frozen=True, slots=True)
class ExpectedRepayment:
    """A debt that a partner carries under an agreement: what a repayment in full would bring in."""

    id: str
    currency: str
    amount_minor: int
    name: str
    accounts: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a line may be. `difference_minor` is how much more left the account than the payout was; never posted by itself.

    Without a `kind` the line is an exception, and `exception` says why; `candidates` are payouts worth a look.
    """

    line_id: str
    kind: MatchKind | None
    basis: Basis
    payout_id: str = ""
    difference_minor: int = 0
    debt_id: str = ""
    exception: WhyOpen = WhyOpen.NONE
    candidates: tuple[str, ...] = ()

    @property
    def is_exact(self) -> bool:
        """Whether reference, currency and amount agree to the cent."""
        return (
            self.kind in {MatchKind.PAYOUT, MatchKind.RETURN}
            and self.basis is Basis.REFERENCE
            and not self.difference_minor
        )


def match_lines(
    lines: Sequence[BankLine], payouts: Sequence[ExpectedPayout], debts: Sequence[ExpectedRepayment] = ()
) -> list[Suggestion]:
    """One suggestion for each line, in the order of the lines.

    No payout is suggested as paid twice, nor as returned twice, no debt as repaid twice. The order of the input changes
    nothing.
    """
    matcher = _Matcher(payouts, debts)
    ordered = sorted(lines, key=lambda line: (line.booked_on, line.id))
    found: dict[str, Suggestion] = {}
    for step in (matcher.by_reference, matcher.by_account, matcher.by_name):
        waiting = [line for line in ordered if line.id not in found]
        found |= {suggestion.line_id: suggestion for suggestion in step(waiting)}
    return [found.get(line.id) or matcher.unexplained(line) for line in lines]


class _Matcher:
    def __init__(self, payouts: Sequence[ExpectedPayout], debts: Sequence[ExpectedRepayment]) -> None:
        self._debts = sorted(debts, key=lambda debt: debt.id)
        self._repaid: set[str] = set()
        self._payouts = sorted(payouts, key=lambda payout: (payout.sent_on, payout.id))
        self._by_reference = {_plain(payout.end_to_end_id): payout for payout in self._payouts}
        self._paid = {payout.id for payout in self._payouts if not payout.is_open}
        self._returned = {payout.id for payout in self._payouts if not payout.is_returnable}
        self._candidates: dict[str, tuple[str, ...]] = {}

    def by_reference(self, lines: Iterable[BankLine]) -> Iterable[Suggestion]:
        """Payments before returns, so that what was paid and came back on one statement is both."""
        for is_return in (False, True):
            for line in lines:
                if (line.amount_minor > 0) is is_return and (payout := self._referenced(line)) is not None:
                    yield self._return(line, payout) if is_return else self._payment(line, payout)

    def by_account(self, lines: Iterable[BankLine]) -> Iterable[Suggestion]:
        """The amount to the cent and the other side's account number, when exactly one line and one payout fit."""
        waiting = list(lines)
        yield from self._by_likeness(waiting, Basis.ACCOUNT)
        yield from self._repayments(waiting, Basis.ACCOUNT)

    def by_name(self, lines: Iterable[BankLine]) -> Iterable[Suggestion]:
        """The amount to the cent and the other side's name, when exactly one line and one payout fit."""
        waiting = list(lines)
        yield from self._by_likeness(waiting, Basis.NAME)
        yield from self._repayments(waiting, Basis.NAME)

    def unexplained(self, line: BankLine) -> Suggestion:
        """A charge when the bank says so, money of unknown origin when it came in, else nothing."""
        candidates = self._candidates.get(line.id, ())
        if candidates:
            return Suggestion(line.id, None, Basis.UNKNOWN, exception=WhyOpen.SEVERAL_FIT, candidates=candidates)
        if line.is_charge and line.amount_minor < 0:
            return Suggestion(line.id, MatchKind.FEE, Basis.CHARGE)
        if line.amount_minor > 0:
            return Suggestion(line.id, MatchKind.SUSPENSE, Basis.UNKNOWN)
        return Suggestion(line.id, None, Basis.UNKNOWN, exception=WhyOpen.NOTHING_FITS)

    def _referenced(self, line: BankLine) -> ExpectedPayout | None:
        """The payout whose reference stands in its field, or as a word of the text."""
        if (payout := self._by_reference.get(_plain(line.end_to_end_id))) is not None and line.end_to_end_id:
            return payout
        words = {_plain(word) for word in _WORDS.split(line.text)}
        found = [payout for reference, payout in self._by_reference.items() if reference and reference in words]
        return found[0] if len(found) == 1 else None

    def _payment(self, line: BankLine, payout: ExpectedPayout) -> Suggestion:
        difference = -line.amount_minor - payout.amount_minor
        exception = WhyOpen.NONE
        if line.currency != payout.currency:
            exception = WhyOpen.OTHER_CURRENCY
        elif payout.id in self._paid:
            exception = WhyOpen.PAID_ALREADY
        elif abs(difference) > _fee_limit(payout):
            exception = WhyOpen.DIFFERENCE_TOO_LARGE
        if exception:
            return Suggestion(line.id, None, Basis.REFERENCE, exception=exception, candidates=(payout.id,))
        self._paid.add(payout.id)
        return Suggestion(line.id, MatchKind.PAYOUT, Basis.REFERENCE, payout.id, difference)

    def _return(self, line: BankLine, payout: ExpectedPayout) -> Suggestion:
        difference = payout.amount_minor - line.amount_minor
        exception = WhyOpen.NONE
        if line.currency != payout.currency:
            exception = WhyOpen.OTHER_CURRENCY
        elif payout.id in self._returned:
            exception = WhyOpen.NOT_RETURNABLE
        elif not 0 <= difference <= _fee_limit(payout):
            exception = WhyOpen.DIFFERENCE_TOO_LARGE
        if exception:
            return Suggestion(line.id, None, Basis.REFERENCE, exception=exception, candidates=(payout.id,))
        self._returned.add(payout.id)
        return Suggestion(line.id, MatchKind.RETURN, Basis.REFERENCE, payout.id, difference)

    def _by_likeness(self, lines: Iterable[BankLine], basis: Basis) -> Iterable[Suggestion]:
        fitting = self._fitting(lines, basis)
        rivals = Counter(id_ for fits in fitting.values() for id_ in fits)
        for line_id, fits in fitting.items():
            only = min(fits)
            if len(fits) == 1 and rivals[only] == 1:
                self._paid.add(only)
                yield Suggestion(line_id, MatchKind.PAYOUT, basis, only)
            else:
                self._candidates[line_id] = tuple(sorted(fits | set(self._candidates.get(line_id, ()))))

    def _repayments(self, lines: Iterable[BankLine], basis: Basis) -> Iterable[Suggestion]:
        """Money that comes from who owes exactly so much, when one line and one debt fit."""
        incoming = [line for line in lines if line.amount_minor > 0 and not line.is_return]
        fitting = {line.id: self._owed(line, basis) for line in incoming}
        rivals = Counter(id_ for fits in fitting.values() for id_ in fits)
        for line_id, fits in fitting.items():
            if len(fits) == 1 and rivals[only := min(fits)] == 1:
                self._repaid.add(only)
                yield Suggestion(line_id, MatchKind.REPAYMENT, basis, debt_id=only)

    def _owed(self, line: BankLine, basis: Basis) -> set[str]:
        marks = set(_marks(line.accounts, line.name, basis))
        return {
            debt.id
            for debt in self._debts
            if (debt.currency, debt.amount_minor) == (line.currency, line.amount_minor)
            and debt.id not in self._repaid
            and marks & set(_marks(debt.accounts, debt.name, basis))
        }

    def _fitting(self, lines: Iterable[BankLine], basis: Basis) -> dict[str, set[str]]:
        """For each payment that resembles any, the unpaid payouts of its currency and amount that it resembles."""
        wanted: defaultdict[tuple[str, int, str], set[str]] = defaultdict(set)
        for payout in self._payouts:
            if payout.id not in self._paid:
                for mark in _marks(payout.accounts, payout.name, basis):
                    wanted[payout.currency, payout.amount_minor, mark].add(payout.id)
        payments = [line for line in lines if line.amount_minor < 0 and not line.is_return]
        found = {
            line.id: {
                payout_id
                for mark in _marks(line.accounts, line.name, basis)
                for payout_id in wanted.get((line.currency, -line.amount_minor, mark), ())
            }
            for line in payments
        }
        return {line_id: fits for line_id, fits in found.items() if fits}


def _marks(accounts: frozenset[str], name: str, basis: Basis) -> Iterable[str]:
    if basis is Basis.ACCOUNT:
        return accounts
    plain = plain_name(name)
    return (plain,) if plain else ()


def plain_name(name: str) -> str:
    """A name as banks write it, without what they change: capitals, accents, spaces and signs."""
    return _WORD.sub("", bank_text(unicodedata.normalize("NFKC", name)).upper())


def references_in(line: BankLine) -> set[str]:
    """What may be a payout's reference, as it stands there."""
    return {word for word in (line.end_to_end_id, *_WORDS.split(line.text)) if word}


def fee_limit(amount_minor: int, currency: str) -> int:
    """Up to which difference from a payout's amount a bank's fee is likely; never as much as the payout."""
    most: int = _FEE_LIMIT_MAJOR * 10 ** exponent(currency)
    return min(most, amount_minor - 1)


def _plain(reference: str) -> str:
    return _WORD.sub("", reference.upper())


def _fee_limit(payout: ExpectedPayout) -> int:
    return fee_limit(payout.amount_minor, payout.currency)
