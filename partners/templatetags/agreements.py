"""Days of agreements as templates show them."""

from datetime import date, datetime

from django import template

from partners.domain.local_days import last_day
from partners.models import Agreement

register = template.Library()


@register.filter
def last_day_of(agreement: Agreement) -> date | None:
    """The last day of an agreement that ends, in its own time zone."""
    return last_day(agreement.ends_at, agreement.time_zone) if agreement.ends_at else None


@register.filter
def day_before(end: datetime, time_zone: str) -> date:
    """The last day before a half-open end: the one at whose 23:59:59 it is over."""
    return last_day(end, time_zone)
