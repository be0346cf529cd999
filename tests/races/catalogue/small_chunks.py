"""Imported by the worker processes of the kill test: chunks of few rows, so that there is much to be killed between."""

import time

from partners.catalogue.readers import items_in_file
from partners.catalogue.services import import_items

items_in_file.ROWS_PER_CHUNK = 20
_take_chunk = import_items._take_chunk


def _slowly(*arguments):
    done = _take_chunk(*arguments)
    time.sleep(0.02)  # inside the transaction: most kills hit it half done
    return done


import_items._take_chunk = _slowly
