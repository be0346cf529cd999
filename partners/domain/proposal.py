"""What somebody proposes, as written, and the terms and instants it means."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from partners.domain.shares import parse_shares
from partners.domain.terms import RemainderPolicy, Terms, TermsError, is_time_zone


@dataclass(frozen=True, slots=True)
class AgreementFrame:
    """What stays the same for the whole life of an agreement: its name, ISO 4217 currency and IANA time zone."""

    name: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One version as proposed.

    `shares`: organization and its share as written (`62.5`, `1/3`, `0.625`), in the order that settles ties.
    In force from the beginning of the local day `effective_on` to the beginning of `until_on`, or without end.
    """

    shares: tuple[tuple[UUID, str], ...]
    effective_on: date
    until_on: date | None = None
    remainder: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER

    def terms(self, frame: AgreementFrame) -> Terms:
        """The exact terms; raises `TermsError` naming the field."""
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
            raise _as_written(error) from error

    def instants(self, time_zone: str) -> tuple[datetime, datetime | None]:
        """The half-open `[from, to)` in UTC; raises `TermsError` when it is empty or the zone unknown."""
        if not is_time_zone(time_zone):
            raise TermsError("unknown_time_zone", "time_zone")
        if self.until_on is not None and self.until_on <= self.effective_on:
            raise TermsError("empty_period", "until_on")
        until = local_midnight(self.until_on, time_zone) if self.until_on else None
        return local_midnight(self.effective_on, time_zone), until


def _as_written(error: TermsError) -> TermsError:
    """The error under the name that the proposal gives the field: parties and clauses are its shares."""
    is_shares = error.field.partition(".")[0] in {"parties", "clauses"}
    code = "too_few_parties" if error.code == "too_few" else error.code
    return TermsError(code, "shares" if is_shares else error.field)


def local_midnight(day: date, time_zone: str) -> datetime:
    """The instant, in UTC, at which `day` begins in `time_zone`."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
