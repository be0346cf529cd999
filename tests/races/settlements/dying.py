"""Imported in the workers of the kill test: they die by SIGKILL, at random, in the middle of the work."""

import os
import random
import signal

from campaigns.services import import_orders
from settlements.services import close_period, record_accruals

_RATE = float(os.environ.get("DEATH_RATE", "0"))


def _perhaps_die():
    if random.random() < _RATE:
        os.kill(os.getpid(), signal.SIGKILL)


def _mortal(function):
    def call(*args, **kwargs):
        _perhaps_die()
        result = function(*args, **kwargs)
        _perhaps_die()
        return result

    return call


import_orders.record_orders = _mortal(import_orders.record_orders)
record_accruals.post_journals = _mortal(record_accruals.post_journals)
close_period._close = _mortal(close_period._close)
