"""Imported by the worker processes of the kill test: chunks of few lines, so that there is much to be killed between."""

import time

from campaigns.readers import orders_in_file
from campaigns.services import import_orders

orders_in_file.LINES_PER_CHUNK = 25
_take_chunk = import_orders._take_chunk


def _slowly(*arguments):
    done = _take_chunk(*arguments)
    time.sleep(0.02)  # inside the transaction: most kills hit it half done
    return done


import_orders._take_chunk = _slowly
