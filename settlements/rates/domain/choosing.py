"""Which stored rate counts for a day, and what an amount comes to at it.

The rule, stated once:

1. Only rates whose day is the wanted one or at most `LONGEST_DAYS` before it: banks quote none on week-ends and holidays.
2. The latest such day.
3. On that day a rate quoted as wanted, else the inverse of one quoted the other way round, else the cross of two
   rates of one source over a third currency, its base (EUR for the European Central Bank).
4. Among equals the source that comes first in the alphabet, then the base of the cross. An organization may name the
   one source that counts.

Of several rows for the same source, currencies and day the latest correction counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import product
from typing import Final, Literal
from uuid import UUID

from alliance.kernel.money.amounts import half_up
from alliance.kernel.money.currencies import exponent
from settlements.rates.domain.quoting import rate_text

LONGEST_DAYS: Final = 7
_SHOWN_DECIMALS: Final = 8


class Way(StrEnum):
    """How a rate follows from what is stored."""

    DIRECT = "direct"
    INVERSE = "inverse"
    CROSS = "cross"


@dataclass(frozen=True, slots=True)
class StoredRate:
    """One row. `revision` counts the corrections."""

    id: UUID
    source: str
    base: str
    quote: str
    rate: Decimal
    valid_on: date
    revision: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class ChosenRate:
    """1 `base` = `rate` `quote`, exactly, and where it comes from. `rows` are the stored ones: one, or two of a cross."""

    base: str
    quote: str
    rate: Fraction
    way: Way
    rows: tuple[StoredRate, ...]

    @property
    def source(self) -> str:
        """Who quotes it."""
        return self.rows[0].source

    @property
    def valid_on(self) -> date:
        """Its day."""
        return self.rows[0].valid_on

    @property
    def text(self) -> str:
        """A decimal where it ends soon, else the exact fraction."""
        if (scaled := self.rate * 10**12).denominator == 1:
            return rate_text(Decimal(scaled.numerator).scaleb(-12))
        return f"{self.rate.numerator}/{self.rate.denominator}"

    @property
    def rounded_text(self) -> str:
        """At most eight decimals, for people; money is reckoned with the exact rate."""
        return rate_text(Decimal(half_up(self.rate * 10**_SHOWN_DECIMALS)).scaleb(-_SHOWN_DECIMALS))

    def to_json(self) -> dict[str, object]:
        """What stands on the line of a statement."""
        return {
            "base": self.base,
            "quote": self.quote,
            "rate": f"{self.rate.numerator}/{self.rate.denominator}",
            "rate_text": self.rounded_text,
            "way": self.way.value,
            "source": self.source,
            "valid_on": self.valid_on.isoformat(),
            "rates": [
                {
                    "id": str(row.id),
                    "base": row.base,
                    "quote": row.quote,
                    "rate": rate_text(row.rate),
                    "recorded_at": row.recorded_at.isoformat(),
                }
                for row in self.rows
            ],
        }


def choose_rate(rows: Iterable[StoredRate], *, base: str, quote: str, on: date) -> ChosenRate | None:
    """The rate that counts, `None` where there is none."""
    earliest = on - timedelta(days=LONGEST_DAYS)
    known = _latest_revisions(row for row in rows if earliest <= row.valid_on <= on)
    for day in sorted({row.valid_on for row in known}, reverse=True):
        found = list(_candidates([row for row in known if row.valid_on == day], base, quote))
        if found:
            return min(found, key=_precedence)
    return None


def exchanged(amount_minor: int, rate: ChosenRate, *, rounding: Literal["half_up", "down"] = "half_up") -> int:
    """The amount in the quote's minor units; "down" is towards zero."""
    exact = rate_in_minor_units(rate.rate, rate.base, rate.quote) * amount_minor
    return half_up(exact) if rounding == "half_up" else int(exact)


def rate_in_minor_units(rate: Fraction, base: str, quote: str) -> Fraction:
    """How many minor units of the quote one minor unit of the base is."""
    to, of = int(exponent(quote)), int(exponent(base))
    return rate * Fraction(10) ** (to - of)


def _latest_revisions(rows: Iterable[StoredRate]) -> list[StoredRate]:
    latest: dict[tuple[str, str, str, date], StoredRate] = {}
    for row in rows:
        key = (row.source, row.base, row.quote, row.valid_on)
        if key not in latest or latest[key].revision < row.revision:
            latest[key] = row
    return list(latest.values())


def _candidates(rows: Sequence[StoredRate], base: str, quote: str) -> Iterator[ChosenRate]:
    for row in rows:
        if (row.base, row.quote) == (base, quote):
            yield ChosenRate(base, quote, Fraction(row.rate), Way.DIRECT, (row,))
        elif (row.base, row.quote) == (quote, base):
            yield ChosenRate(base, quote, 1 / Fraction(row.rate), Way.INVERSE, (row,))
    to_base = [row for row in rows if row.quote == base and row.base != quote]
    to_quote = [row for row in rows if row.quote == quote and row.base != base]
    for one, other in product(to_base, to_quote):
        if (one.source, one.base) == (other.source, other.base):
            yield ChosenRate(base, quote, Fraction(other.rate) / Fraction(one.rate), Way.CROSS, (one, other))


def _precedence(chosen: ChosenRate) -> tuple[int, str, str]:
    return list(Way).index(chosen.way), chosen.source, chosen.rows[0].base
