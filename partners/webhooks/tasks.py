"""What the clock and hints start for webhooks."""

from datetime import datetime, timedelta

from alliance.celery import app
from alliance.kernel.scheduling import add_to_beat, scheduled
from partners.webhooks import sending
from partners.webhooks.services.forget_old import forget_old


@app.task(name="partners.webhooks.send_due")
def send_due() -> None:
    """Send every webhook that is due."""
    sending.send_due()


@scheduled("partners.webhooks.forget_old", every=timedelta(days=1))
def forget_old_webhooks(*, now: datetime) -> None:
    """Delete what has served its time."""
    forget_old(now=now)


add_to_beat(send_due.name, every=timedelta(seconds=10), queue="webhooks")
