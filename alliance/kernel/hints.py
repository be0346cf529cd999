"""Telling a worker that there is a row to work on. A hint may be lost, doubled or late: rows decide."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.db import connections

from alliance.kernel.tenancy import database_alias, on_commit

logger = logging.getLogger(__name__)

_PAUSE_AFTER_FAILURE_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Broker:
    """When this process may try the broker again."""

    closed_until: float = 0.0


_broker = _Broker()


@dataclass(frozen=True, slots=True)
class Hint:
    """One Celery message: a task's name and ids. Calling it sends it, or gives up quietly."""

    task: str
    queue: str
    arguments: tuple[str | int, ...] = ()

    def __call__(self) -> bool:
        """Send the message; `False` when the broker does not answer.

        After a failure the broker is left alone for some seconds, so that an outage costs one short wait and not
        one for each request.
        """
        if time.monotonic() < _broker.closed_until:
            return False
        from kombu.exceptions import KombuError

        from alliance.celery import app

        try:
            app.send_task(self.task, args=list(self.arguments), queue=self.queue, retry=False, ignore_result=True)
        except (KombuError, OSError) as error:
            _broker.closed_until = time.monotonic() + _PAUSE_AFTER_FAILURE_SECONDS
            logger.warning("broker does not answer; the sweeper will hint again", extra={"error": str(error)})
            return False
        return True


def after_commit_once(action: Callable[[], object]) -> None:
    """Call `action` when the present transaction commits; equal actions once, however often they are asked for."""
    waiting = connections[database_alias()].run_on_commit
    if not any(entry[1] == action for entry in waiting):
        on_commit(action)
