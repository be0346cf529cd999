"""What the clock and hints start for payouts."""

from datetime import timedelta

from alliance.celery import app
from alliance.kernel.scheduling import add_to_beat
from settlements.payouts import carrying_out


@app.task(name="settlements.payouts.carry_out")
def carry_out() -> None:
    """Send and look up every payout that is due."""
    carrying_out.carry_out()


add_to_beat(carry_out.name, every=timedelta(seconds=10), queue="money")
