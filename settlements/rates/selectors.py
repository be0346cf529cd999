"""Which rate counts, asked in the scope of the organization that keeps the rates."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q

from settlements.rates.domain.choosing import LONGEST_DAYS, ChosenRate, StoredRate, choose_rate
from settlements.rates.domain.quoting import Quote
from settlements.rates.models import ExchangeRate


def rate_for(*, base: str, quote: str, on: date, source: str = "") -> ChosenRate | None:
    """The rate by the rule of `domain.choosing`; `None` where none is stored. `source` leaves one source only."""
    rows = ExchangeRate.objects.filter(
        Q(base__in=[base, quote]) | Q(quote__in=[base, quote]),
        valid_on__gte=on - timedelta(days=LONGEST_DAYS),
        valid_on__lte=on,
    )
    if source:
        rows = rows.filter(source=source)
    return choose_rate((row.as_stored() for row in rows), base=base, quote=quote, on=on)


def rate_sources() -> list[str]:
    """The sources of which rates are stored."""
    return list(ExchangeRate.objects.order_by("source").values_list("source", flat=True).distinct())


def stored_rates(source: str, quotes: Iterable[Quote]) -> dict[tuple[str, str, date], StoredRate]:
    """The latest row of the source for each of these currencies and days, as far as there is one."""
    wanted = {quote.key for quote in quotes}
    if not wanted:
        return {}
    days = {day for _base, _quote, day in wanted}
    rows = ExchangeRate.objects.filter(source=source, valid_on__gte=min(days), valid_on__lte=max(days))
    latest = {}
    for row in rows.order_by("revision"):
        if (key := (row.base, row.quote, row.valid_on)) in wanted:
            latest[key] = row.as_stored()
    return latest
