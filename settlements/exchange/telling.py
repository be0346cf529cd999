"""What an order was in its own currency, and at which rate it accrued, for its receipt and its lines."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from alliance.portal.templatetags.portal import day_name
from settlements.models import Accrual


@dataclass(frozen=True, slots=True)
class ExchangeTold:
    """The order's own amount, the rate with its source, day and when it was stored, and the ids of the stored rates."""

    currency: str
    amount_minor: int
    said: str
    rate_ids: str
    rate_text: str
    source: str
    valid_on: str
    recorded_at: str


def exchange_told(accrual: Accrual, original: Accrual | None = None) -> ExchangeTold | None:
    """`None` for what was in the agreement's currency. A refund went at the rate of its order, `original`."""
    told = accrual.explanation.get("facts", {}).get("exchanged")
    if told is None:
        return None
    order = (original.explanation if original else accrual.explanation)["facts"]["exchanged"]
    rate = order["rate"]
    recorded = max(row["recorded_at"] for row in rate["rates"])
    said = _("1 %(base)s = %(rate)s %(quote)s, %(source)s of %(day)s, stored %(stored)s")
    if accrual.original_id is not None:
        said = _("1 %(base)s = %(rate)s %(quote)s, as its order went: %(source)s of %(day)s, stored %(stored)s")
    words = said % {
        "base": rate["base"],
        "rate": rate["rate_text"],
        "quote": rate["quote"],
        "source": rate["source"],
        "day": day_name(date.fromisoformat(rate["valid_on"])),
        "stored": day_name(datetime.fromisoformat(recorded)),
    }
    return ExchangeTold(
        told["currency"],
        told["amount_minor"],
        words,
        ", ".join(row["id"] for row in rate["rates"]),
        rate["rate_text"],
        rate["source"],
        rate["valid_on"],
        recorded,
    )
