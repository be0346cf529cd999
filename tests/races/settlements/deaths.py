"""Dying by SIGKILL at a named place, as often as a folder remembers. For modules that workers import."""

import os
import random
import signal
from pathlib import Path


def die_once(place):
    """Be killed here, by the odds of `DEATH_ODDS`, unless `DEATHS_EACH` others have been; `DEATHS` is the folder that knows."""
    if random.random() >= float(os.environ.get("DEATH_ODDS", "1")):
        return
    folder = Path(os.environ["DEATHS"])
    for number in range(int(os.environ.get("DEATHS_EACH", "1"))):
        try:
            (folder / f"{place}.{number}").open("x").close()
        except FileExistsError:
            continue
        os.kill(os.getpid(), signal.SIGKILL)
