"""What the clock and hints start for payouts."""

from datetime import datetime, timedelta

from alliance.celery import app
from alliance.kernel.scheduling import add_to_beat, scheduled
from settlements.payouts import carrying_out
from settlements.payouts.services.prepare_due_batches import prepare_due_batches as prepare_what_is_due


@app.task(name="settlements.payouts.carry_out")
def carry_out() -> None:
    """Send and look up every payout that is due."""
    carrying_out.carry_out()


@scheduled("settlements.payouts.prepare_due_batches", every=timedelta(hours=1), queue="money")
def prepare_due_batches(*, now: datetime) -> None:
    """Prepare the batches that schedules ask for."""
    prepare_what_is_due(now=now)


add_to_beat(carry_out.name, every=timedelta(seconds=10), queue="money")
