"""What somebody proposes, as written, and the terms and instants it means."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from uuid import UUID

from partners.domain.local_days import local_midnight
from partners.domain.shares import parse_shares
from partners.domain.terms import RemainderPolicy, Terms, TermsError, TermsProblem, is_time_zone


@dataclass(frozen=True, slots=True)
class AgreementFrame:
    """What stays the same for the whole life of an agreement: its name, ISO 4217 currency and IANA time zone."""

    name: str
    currency: str
    time_zone: str

    @classmethod
    def of_terms(cls, name: str, terms: Mapping[str, object]) -> Self:
        """The frame that whole terms, as JSON, give themselves; what they don't say is theirs to be refused for."""
        return cls(name, str(terms.get("currency", "")), str(terms.get("time_zone", "")))


@dataclass(frozen=True, slots=True)
class Proposal:
    """One version as proposed: shares of every sale, or whole terms.

    `shares`: organization and its share as written (`62.5`, `1/3`, `0.625`), in the order that settles ties.
    `whole`: the JSON of all terms, which then say the shares and the policy themselves.
    In force from the beginning of the local day `effective_on` to the beginning of `until_on`, or without end.
    """

    shares: tuple[tuple[UUID, str], ...]
    effective_on: date
    until_on: date | None = None
    remainder: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER
    whole: Mapping[str, object] | None = None

    @classmethod
    def of_whole(cls, terms: Mapping[str, object], effective_on: date, until_on: date | None = None) -> Self:
        """A proposal of whole terms, as JSON."""
        return cls((), effective_on, until_on, whole=terms)

    @property
    def parties_field(self) -> str:
        """The input that names the parties."""
        return "shares" if self.whole is None else "terms.parties"

    def terms(self, frame: AgreementFrame) -> Terms:
        """The exact terms; raises `TermsError` with every problem under the name of its input."""
        return self._of_shares(frame) if self.whole is None else self._of_whole(self.whole, frame)

    def _of_shares(self, frame: AgreementFrame) -> Terms:
        shares = parse_shares([written for _, written in self.shares])
        parties = (organization_id for organization_id, _ in self.shares)
        try:
            return Terms.of_shares(
                currency=frame.currency,
                time_zone=frame.time_zone,
                remainder=self.remainder,
                shares=list(zip(parties, shares, strict=True)),
            )
        except TermsError as error:
            raise _impossible([_as_share(problem) for problem in error.problems]) from error

    @staticmethod
    def _of_whole(whole: Mapping[str, object], frame: AgreementFrame) -> Terms:
        terms = read_whole(whole)
        if strange := [_as_part(problem) for problem in _outside_frame(terms, frame)]:
            raise _impossible(strange)
        return terms

    def period_problems(self) -> list[TermsProblem]:
        """What is wrong with the days."""
        is_empty = self.until_on is not None and self.until_on <= self.effective_on
        return [TermsProblem("empty_period", "until_on")] if is_empty else []

    def instants(self, time_zone: str) -> tuple[datetime, datetime | None]:
        """The half-open `[from, to)` in UTC; raises `TermsError` when it is empty or the zone unknown."""
        if not is_time_zone(time_zone):
            raise TermsError("unknown_time_zone", "time_zone")
        if found := self.period_problems():
            raise _impossible(found)
        until = local_midnight(self.until_on, time_zone) if self.until_on else None
        return local_midnight(self.effective_on, time_zone), until


def read_whole(whole: object) -> Terms:
    """The terms that JSON says; raises `TermsError` with every problem below `terms`, as a proposal names them."""
    try:
        return Terms.from_json(whole)
    except TermsError as error:
        raise _impossible([_as_part(problem) for problem in error.problems]) from error


def problems_of(
    whole: object, *, frame: AgreementFrame | None = None, seats: Collection[UUID] = ()
) -> tuple[TermsProblem, ...]:
    """What is wrong with terms that are being written, with paths below the terms themselves.

    `frame` and `seats` are those of the agreement that they are the next version of.
    """
    try:
        terms = Terms.from_json(whole)
    except TermsError as error:
        return tuple(error.problems)
    found = [*_outside_frame(terms, frame)] if frame else []
    if seats and set(terms.parties) != set(seats):
        found.append(TermsProblem("other_parties", "parties"))
    return tuple(found)


def _impossible(problems: Sequence[TermsProblem]) -> TermsError:
    return TermsError(problems[0].code, problems[0].field, problems=problems)


def _as_share(problem: TermsProblem) -> TermsProblem:
    """The problem under the name that a proposal of shares gives the field: parties and clauses are its shares."""
    is_shares = problem.field.partition(".")[0] in {"parties", "clauses"}
    code = "too_few_parties" if problem.code == "too_few" else problem.code
    return TermsProblem(code, "shares" if is_shares else problem.field, problem.values)


def _as_part(problem: TermsProblem) -> TermsProblem:
    field = problem.field if problem.field == "terms" else f"terms.{problem.field}"
    return TermsProblem(problem.code, field, problem.values)


def _outside_frame(terms: Terms, frame: AgreementFrame) -> Iterator[TermsProblem]:
    if terms.currency != frame.currency:
        yield TermsProblem("other_currency", "currency")
    if terms.time_zone != frame.time_zone:
        yield TermsProblem("other_time_zone", "time_zone")
