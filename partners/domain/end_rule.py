"""How a version ends: what the parties fix for that when they sign, and the instants it means."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from zoneinfo import ZoneInfo

from partners.domain.local_days import add_months, local_midnight

LONGEST_NOTICE: Final = 730  # days
LONGEST_RENEWAL: Final = 120  # months
_MOST_TERMS: Final = 2_400


class EndRuleError(ValueError):
    """The rule is impossible. `field` names the input, `code` the reason."""

    def __init__(self, code: str, field: str) -> None:
        self.code = code
        self.field = field
        super().__init__(f"{field}: {code}")


class AtEnd(StrEnum):
    """What happens when the end that was signed is reached."""

    EXPIRE = "expire"
    RENEW = "renew"
    FALL_BACK = "fall_back"


@dataclass(frozen=True, slots=True)
class EndRule:
    """One version's rule.

    `notice_days`: how many whole local days lie between the day of a notice and the end; `None`: no notice ends it.
    `renewal_months`: with `RENEW`, by how much each term is longer than the one before. `fallback_number`: with
    `FALL_BACK`, the earlier version of the same agreement whose terms apply again.
    """

    notice_days: int | None = None
    at_end: AtEnd = AtEnd.EXPIRE
    renewal_months: int | None = None
    fallback_number: int | None = None

    def check(self, *, has_end: bool, number: int) -> None:
        """Raise `EndRuleError` unless the rule fits version `number`, which `has_end` or is open."""
        if self.notice_days is not None and not 0 <= self.notice_days <= LONGEST_NOTICE:
            raise EndRuleError("notice_out_of_range", "notice_days")
        if self.at_end is not AtEnd.EXPIRE and not has_end:
            raise EndRuleError("no_end_to_act_at", "until_on")
        if (self.at_end is AtEnd.RENEW) != (self.renewal_months is not None):
            raise EndRuleError("renewal_unclear", "renewal_months")
        if self.renewal_months is not None and not 1 <= self.renewal_months <= LONGEST_RENEWAL:
            raise EndRuleError("renewal_out_of_range", "renewal_months")
        if (self.at_end is AtEnd.FALL_BACK) != (self.fallback_number is not None):
            raise EndRuleError("fallback_unclear", "fallback_number")
        if self.fallback_number is not None and not 1 <= self.fallback_number < number:
            raise EndRuleError("fallback_not_earlier", "fallback_number")

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {
            "notice_days": self.notice_days,
            "at_end": self.at_end.value,
            "renewal_months": self.renewal_months,
            "fallback_number": self.fallback_number,
        }

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """The rule of a stored form."""
        return cls(
            notice_days=_whole(stored["notice_days"]),
            at_end=AtEnd(str(stored["at_end"])),
            renewal_months=_whole(stored["renewal_months"]),
            fallback_number=_whole(stored["fallback_number"]),
        )


def _whole(stored: object) -> int | None:
    return None if stored is None else int(str(stored))


def term_ends(signed_until: datetime, months: int, time_zone: str) -> Iterator[datetime]:
    """The ends of the first term and of each renewal; every one counted from the first, so that days don't creep."""
    first = signed_until.astimezone(ZoneInfo(time_zone)).date()
    for renewal in range(_MOST_TERMS):
        yield local_midnight(add_months(first, renewal * months), time_zone)


def notice_end(
    rule: EndRule, *, given_at: datetime, time_zone: str, signed_until: datetime | None = None
) -> datetime | None:
    """When a notice given at `given_at` ends the version, `None` when the rule knows no notice.

    The days of notice are whole local days after the day of the notice; it is over with the last of them, or, when the
    version renews itself, with the term that is the first to end then or later.
    """
    if rule.notice_days is None:
        return None
    given_on = given_at.astimezone(ZoneInfo(time_zone)).date()
    earliest = local_midnight(given_on + timedelta(days=rule.notice_days + 1), time_zone)
    if rule.renewal_months is None or signed_until is None:
        return earliest
    return next(end for end in term_ends(signed_until, rule.renewal_months, time_zone) if end >= earliest)
