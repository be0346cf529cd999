"""`python -m alliance.demo.prepare LOGS`: the steps between the servers and the programs.

All of them share one process, because starting Django takes longer than most of them do.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

STEPS = (
    ("Applying migrations", ("migrate", "--verbosity", "0")),
    ("Compiling translations", ("compile_catalogues",)),
    ("Filling in the demo's data", ("seed_demo",)),
)
_SHOWN_LINES = 20


def printed_by(command: str, logs: Path) -> str:
    """What a step's command printed when it last ran."""
    return (logs / f"{command}.log").read_text(encoding="utf-8").strip()


def main(logs: Path) -> int:
    """Run the steps in order, each with its own log; the first failure is explained and ends it with 1."""
    import django
    from django.core.management import call_command

    django.setup()
    for sentence, arguments in STEPS:
        _say(sentence)
        log = logs / f"{arguments[0]}.log"
        with log.open("w", encoding="utf-8") as output:
            try:
                call_command(*arguments, stdout=output, stderr=output)
            except Exception as failure:  # noqa: BLE001 - whatever it was, it belongs in the log and before the person
                traceback.print_exc(file=output)
                _say(f"{sentence} failed: {failure}\nThe whole story is in {log}.")
                return 1
    return 0


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
