"""What the clock does in partners."""

from datetime import datetime, timedelta

from alliance.kernel.scheduling import scheduled
from partners.access.services.forget_sessions import forget_sessions as forget_ended


@scheduled("partners.forget_sessions", every=timedelta(days=1))
def forget_sessions(*, now: datetime) -> None:
    """Delete the sessions that are past their end."""
    forget_ended(now=now)
