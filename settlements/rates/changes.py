"""What rates of a source would add to those recorded, and correct."""

from collections.abc import Sequence
from dataclasses import dataclass

from settlements.rates.domain.quoting import Quote
from settlements.rates.selectors import stored_rates


@dataclass(frozen=True, slots=True)
class RateChanges:
    """What recording would do, or did."""

    added: tuple[Quote, ...]
    corrected: tuple[Quote, ...]
    same_count: int


def changes_of(source: str, quotes: Sequence[Quote]) -> RateChanges:
    """What these rates of the source add and correct, as against what is recorded now."""
    known = stored_rates(source, quotes)
    added = tuple(quote for quote in quotes if quote.key not in known)
    corrected = tuple(quote for quote in quotes if quote.key in known and known[quote.key].rate != quote.rate)
    return RateChanges(added, corrected, len(quotes) - len(added) - len(corrected))
