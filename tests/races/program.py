"""Workers and beats for `tests.races.processes`: `python -m tests.races.program SCHEDULE [MODULE ...]`.

It loads everything once, then forks a process for each line on its input, `worker LOG` or `beat LOG`, and answers with
the process's number. Loading takes seconds, and the tests kill and start many.
"""

import gc
import importlib
import os
import random
import signal
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import django
from billiard.util import set_pdeathsig

_FAST = timedelta(seconds=2)
_LOADED_BY_CELERY = ("celery.bin.worker", "celery.bin.beat", "celery.apps.worker", "celery.apps.beat")
_LOADED_BY_CELERY += ("celery.concurrency.prefork", "celery.worker.consumer", "kombu.transport.redis")
_LOADED_BY_CELERY += ("celery.bin.celery", "billiard.pool")


def main() -> None:
    schedule, *modules = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    from alliance.celery import app

    app.loader.import_default_modules()
    for module in (*_LOADED_BY_CELERY, *modules):
        importlib.import_module(module)
    _hurry()
    set_pdeathsig(0)  # changes nothing, but reads a header once that each child would read
    gc.collect()
    gc.freeze()  # what was loaded is never looked through again, so that a child needs no copy of it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is killed leaves nothing behind
    for line in sys.stdin:
        kind, log = line.split()
        process_id = os.fork()
        if process_id == 0:
            _become(app, kind, log, schedule)
        sys.stdout.write(f"{process_id}\n")
        sys.stdout.flush()


def _become(app, kind: str, log: str, schedule: str) -> None:
    """Be a worker or a beat until the end, in a process group of its own."""
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        random.seed()
        for source, flags, targets in (
            (os.devnull, os.O_RDONLY, [0]),
            (log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, [1, 2]),
        ):
            opened = os.open(source, flags, 0o600)
            for target in targets:
                os.dup2(opened, target)
        _run(app, kind, log, schedule)
    except Exception:  # noqa: BLE001  whatever it was, the log says it
        traceback.print_exc()
    finally:
        os._exit(1)


def _run(app, kind: str, log: str, schedule: str) -> None:
    common = ["--loglevel", "WARNING"]
    if kind == "worker":
        queues = os.environ.get("WORKER_QUEUES") or ",".join(queue.name for queue in app.conf.task_queues)
        name = ["--hostname", f"{Path(log).stem}@%h"]
        app.worker_main(
            ["worker", "--concurrency", "2", "-Q", queues, "--without-mingle", "--without-gossip", *name, *common]
        )
        return
    app.conf.beat_schedule = {
        name: {**entry, "schedule": min(entry["schedule"], _FAST)}
        for name, entry in app.conf.beat_schedule.items()
        if isinstance(entry["schedule"], timedelta)
    }
    app.conf.beat_max_loop_interval = 1
    app.start(["beat", "--schedule", schedule, "--pidfile", "", *common])


def _hurry() -> None:
    """Leases of seconds, and each message sent as often as MESSAGE_COPIES says: the same code under worse luck."""
    from alliance.kernel import hints
    from alliance.kernel.jobs import running
    from alliance.kernel.outbox import relay

    running.LEASE = timedelta(seconds=3)
    relay.FIRST_LEASE_SECONDS = 2
    send, copies = hints.Hint.__call__, int(os.environ.get("MESSAGE_COPIES", "1"))

    def send_copies(hint: hints.Hint) -> bool:
        return all(send(hint) for _ in range(copies))

    hints.Hint.__call__ = send_copies


if __name__ == "__main__":
    main()
