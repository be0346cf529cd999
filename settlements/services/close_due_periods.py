"""Have every period closed that has ended long enough ago."""

from datetime import datetime, timedelta
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.tenancy import across_organizations, organization_scope
from settlements.models import Period, PeriodStatus
from settlements.services.request_period_close import request_period_close


def close_due_periods(*, now: datetime, grace: timedelta) -> list[UUID]:
    """Ask for each agreement's open periods that ended `grace` ago or earlier to be closed; the host of each agreement.

    Runs outside any scope. Repeating it is harmless.
    """
    with across_organizations(reason="the clock closes every organization's periods"):
        due = list(
            Period.objects.filter(status=PeriodStatus.OPEN, ends_at__lte=now - grace)
            .order_by("agreement_id", "-starts_on")
            .distinct("agreement_id")
            .values_list("host_id", "id")
        )
    for host_id, period_id in due:
        with organization_scope(host_id):
            request_period_close(
                actor=system_actor(host_id, label="the clock"), period_id=period_id, now=now, with_earlier=True
            )
    return [host_id for host_id, _ in due]
