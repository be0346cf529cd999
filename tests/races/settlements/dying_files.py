"""Imported in the workers that write files: `DIES` names the place at which the first worker that comes is killed.

`before_commit`: the file is written, its row not. `after_commit`: the row says where the file is, the job is not ended.
`DEATHS` is a folder that remembers who has died. Never imported by a test itself: it changes the modules for good.
"""

import os

from alliance.kernel.jobs import running
from settlements.services import run_export
from tests.races.settlements.deaths import die_once

_PLACES = {"before_commit": (run_export, "store"), "after_commit": (running, "_finish")}


def _dies(place, module, name):
    works = getattr(module, name)

    def call(*args, **kwargs):
        if place == "before_commit":
            result = works(*args, **kwargs)
            die_once(place)
            return result
        die_once(place)
        return works(*args, **kwargs)

    setattr(module, name, call)


for _place in os.environ["DIES"].split(","):
    _dies(_place, *_PLACES[_place])
