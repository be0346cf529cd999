"""The Celery application of workers and beat. Messages are only hints: every fact is a row in PostgreSQL."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import (
    beat_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
    worker_ready,
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance.settings")

app = Celery("alliance")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    """Django's LOGGING is the only configuration; that this is connected keeps Celery from adding its own."""


@worker_init.connect
@beat_init.connect
def _refuse_unsafe_roles(**_: object) -> None:
    from alliance.kernel.roles import UnsafeRoleError, check_roles_at_start

    try:
        check_roles_at_start()
    except UnsafeRoleError as refusal:
        raise SystemExit(str(refusal)) from None  # Celery would only log any other exception of a signal's receiver


@worker_init.connect
def _set_aside_what_is_loaded(**_: object) -> None:
    """Half a million objects that stay: the collector need not look through them again, nor copy them into each child."""
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def _report(**_: object) -> None:
    from alliance.reporting import start_reporting

    start_reporting()


@worker_ready.connect
def _take_up_what_lies_about(sender: Any, **_: object) -> None:
    """Show a sign of life for each queue, and look for work at once: a restart must not wait for beat."""
    from alliance.kernel.tasks import show_life_and_sweep

    show_life_and_sweep([queue.name for queue in sender.task_consumer.queues])


@task_prerun.connect
def _bind_task(**details: object) -> None:
    from structlog.contextvars import bind_contextvars, clear_contextvars

    clear_contextvars()
    bind_contextvars(task=getattr(details["sender"], "name", ""), task_id=details["task_id"])


@task_postrun.connect
def _unbind_task(**_: object) -> None:
    from structlog.contextvars import clear_contextvars

    clear_contextvars()
