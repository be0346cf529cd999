"""A worker or a beat for `tests.races.processes`: `python -m tests.races.program worker|beat SCHEDULE [MODULE ...]`."""

import importlib
import os
import sys
from datetime import timedelta

import django

_FAST = timedelta(seconds=2)


def main() -> None:
    kind, schedule, *modules = sys.argv[1:]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")
    django.setup()
    for module in modules:
        importlib.import_module(module)
    from alliance.celery import app

    _hurry()
    common = ["--loglevel", "WARNING"]
    if kind == "worker":
        queues = ",".join(queue.name for queue in app.conf.task_queues)
        app.worker_main(["worker", "--concurrency", "2", "-Q", queues, "--without-mingle", "--without-gossip", *common])
    else:
        app.loader.import_default_modules()
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
