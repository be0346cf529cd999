"""The demo's exchange rates: the last days of months and the present day, and a file that somebody has yet to look at."""

import io
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.files import File

from alliance.demo.world import HOST, actor_of
from alliance.kernel.tenancy import organization_scope
from settlements.models import ExchangeRate, RateImport
from settlements.rates.domain.quoting import Quote
from settlements.rates.services.read_rate_file import read_rate_file
from settlements.rates.services.send_rates import send_rates

SOURCE: Final = "Demo Bank 示范银行"
_PAIRS: Final = (("GBP", "CNY", 91840), ("EUR", "CNY", 78100), ("USD", "CNY", 71900))  # in ten-thousandths
_MONTHS: Final = 8


def ensure_rates(*, today: date, now: datetime) -> UUID:
    """Rates of the last months, and the import that waits; its id. Repeating it adds nothing."""
    with organization_scope(HOST.id):
        if not ExchangeRate.objects.exists():
            send_rates(actor=actor_of(HOST), source=SOURCE, quotes=_quotes(today), now=now)
        waiting = RateImport.objects.filter(state="read").values_list("pk", flat=True).first()
        return waiting or _upload(today, now)


def _quotes(today: date) -> list[Quote]:
    days = [today]
    while len(days) <= _MONTHS:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return [_quote(*pair, place, day) for place, day in enumerate(days) for pair in _PAIRS]


def _quote(base: str, quote: str, units: int, place: int, day: date) -> Quote:
    moved = units + place % 5 * 37 - 70
    return Quote.parse(base=base, quote=quote, rate=f"{moved // 10_000}.{moved % 10_000:04}", valid_on=day.isoformat())


def _upload(today: date, now: datetime) -> UUID:
    body = f"date,base,quote,rate\n{today},GBP,CNY,9.1799\n{today},USD,CNY,7.1830\n{today},JPY,CNY,0.0462\n"
    return read_rate_file(
        actor=actor_of(HOST),
        source=SOURCE,
        name="rates.csv",
        content=File(io.BytesIO(body.encode()), name="rates.csv"),
        now=now,
    )
