"""Loaded by a worker: leases of seconds, and a sender that is killed after its request and before it has noted anything.

Each name in `DEATHS` (a folder) is one death that has been died: as many as `DEATHS_WANTED`, whoever comes first with what
was sent to `DEADLY_URL`; what other tests have left in the database kills nobody.
"""

import os
import signal
from pathlib import Path

from partners.webhooks import sending
from partners.webhooks.services import claim_due, take_turn

claim_due.LEASE_SECONDS = 2
take_turn._LEASE_SECONDS = 2

_record = sending._record


def _is_my_turn_to_die() -> bool:
    folder = Path(os.environ["DEATHS"])
    for number in range(int(os.environ["DEATHS_WANTED"])):
        try:
            (folder / str(number)).open("x").close()
        except FileExistsError:
            continue
        return True
    return False


def record_or_die(claim, made):
    if claim.url == os.environ["DEADLY_URL"] and _is_my_turn_to_die():
        os.kill(os.getpid(), signal.SIGKILL)
    _record(claim, made)


sending._record = record_or_die
