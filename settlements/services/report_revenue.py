"""Say how much revenue one's own organization had in a period whose terms pool it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.models import Period, ReportedRevenue
from settlements.pooled_revenue import contributors_of


class RevenueNotPooledError(DomainError):
    """Nothing asks for this party's revenue."""

    code = "revenue_not_pooled"
    sentence = _("The terms of this period don't pool your revenue.")


class PeriodIsClosedError(DomainError):
    """The statements stand."""

    code = "period_is_closed"
    sentence = _("This period is closed. What its revenue was stands on the statements.")


class NegativeRevenueError(InvalidInputError):
    """Revenue is what came in."""

    code = "negative_revenue"
    sentence = _("Revenue is 0 or more.")


def report_revenue(*, actor: Actor, period_id: UUID, amount_minor: int, note: str = "", now: datetime) -> None:
    """Report the actor's own revenue of the period, or correct it until the period closes; every party reads it.

    Raises `RevenueNotPooledError`, `PeriodIsClosedError`, `NegativeRevenueError`, `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.REVENUE_REPORT)
    if amount_minor < 0:
        raise NegativeRevenueError(field="amount")
    with atomic():
        period = Period.objects.filter(pk=period_id).first()
        if period is None:
            raise NotFoundError
        if not period.is_open:
            raise PeriodIsClosedError
        if actor.organization_id not in contributors_of(period):
            raise RevenueNotPooledError
        own = ReportedRevenue.objects.filter(period=period, organization_id=actor.organization_id)
        before = own.values_list("amount_minor", flat=True).first()
        values = {
            "amount_minor": amount_minor,
            "note": note.strip()[:200],
            "reported_by": actor.label[:160],
            "reported_at": now,
        }
        ReportedRevenue.objects.update_or_create(
            period=period,
            organization_id=actor.organization_id,
            defaults=values,
            create_defaults={**values, "agreement_id": period.agreement_id, "currency": period.currency},
        )
        told = {} if before is None else {"amount_minor": before}
        record(actor, "revenue.reported", period, now=now, before=told, after={"amount_minor": amount_minor})
