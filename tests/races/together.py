"""Acts that begin at the same moment, each in a thread with connections of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections


def together(*acts: Callable[[], object]) -> list[object]:
    """Run every act at once; results or the exceptions they raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            barrier.wait(timeout=10)
            return act()
        except Exception as error:  # noqa: BLE001  the exception is the result
            return error
        finally:
            for alias in connections:
                connections[alias].close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=30) for future in [pool.submit(run, act) for act in acts]]
