"""The machine-readable terms of one agreement version: who gets which share, rounded how.

Terms are content-addressed: `Terms.sha256` is over the canonical JSON, and every acceptance binds to
it. Shares are exact rationals (`3/5`, never 0.6).
"""

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Self, cast
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alliance.kernel.money.allocation import RemainderPolicy
from alliance.kernel.money.currencies import UnknownCurrencyError, exponent

__all__ = ["SCHEMA", "PartyShare", "RemainderPolicy", "Terms", "TermsError", "is_time_zone"]

SCHEMA = 1


class TermsError(ValueError):
    """The terms are impossible. `field` names the input, `code` the reason."""

    def __init__(self, code: str, field: str) -> None:
        self.code = code
        self.field = field
        super().__init__(f"{field}: {code}")


def is_time_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _require_currency(code: str) -> None:
    try:
        exponent(code)
    except UnknownCurrencyError as error:
        raise TermsError("unknown_currency", "currency") from error


@dataclass(frozen=True, slots=True)
class PartyShare:
    """One party's exact share of the base."""

    organization_id: UUID
    share: Fraction


def _share_from_json(stored: dict[str, str]) -> PartyShare:
    return PartyShare(UUID(stored["organization_id"]), Fraction(stored["share"]))


@dataclass(frozen=True, slots=True)
class Terms:
    """A percent split between N parties, in the order that settles ties."""

    currency: str
    time_zone: str
    remainder: RemainderPolicy
    shares: tuple[PartyShare, ...]

    def __post_init__(self) -> None:
        if not is_time_zone(self.time_zone):
            raise TermsError("unknown_time_zone", "time_zone")
        _require_currency(self.currency)
        if len(self.shares) < 2:  # noqa: PLR2004  an agreement has two sides
            raise TermsError("too_few_parties", "shares")
        if len({party.organization_id for party in self.shares}) != len(self.shares):
            raise TermsError("party_twice", "shares")
        if any(party.share < 0 for party in self.shares):
            raise TermsError("negative_share", "shares")
        if sum(party.share for party in self.shares) != 1:
            raise TermsError("shares_do_not_sum_to_one", "shares")

    def to_json(self) -> dict[str, object]:
        """The stored form; the same terms always give the same object."""
        return {
            "schema": SCHEMA,
            "currency": self.currency,
            "time_zone": self.time_zone,
            "remainder": self.remainder.value,
            "shares": [{"organization_id": str(p.organization_id), "share": str(p.share)} for p in self.shares],
        }

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """The terms of a stored form; raises `TermsError` when it is not one."""
        if stored.get("schema", SCHEMA) != SCHEMA:
            raise TermsError("unknown_schema", "schema")
        try:
            return cls(
                currency=str(stored["currency"]),
                time_zone=str(stored["time_zone"]),
                remainder=RemainderPolicy(str(stored["remainder"])),
                shares=tuple(_share_from_json(share) for share in cast("list[dict[str, str]]", stored["shares"])),
            )
        except TermsError:
            raise
        except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
            raise TermsError("malformed", "terms") from error

    @property
    def sha256(self) -> str:
        """The content hash (hex) of the canonical JSON: sorted keys, no spaces, UTF-8."""
        canonical = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def share_of(self, organization_id: UUID) -> Fraction:
        """The share of one party; 0 for a stranger."""
        return next((p.share for p in self.shares if p.organization_id == organization_id), Fraction(0))
