"""Two beats, five beats: one run for each slot. Without the slot: as many as there are beats."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Lock

import pytest
from django.db import connections

from alliance.kernel.clock import utc_now
from alliance.kernel.ids import new_id
from alliance.kernel.scheduling import forget_runs, run_slot, scheduled

EVERY = timedelta(days=3650)  # one slot for the whole test
BEATS = 10


class Bell:
    def __init__(self, *, failing=False) -> None:
        self.rung: list[datetime] = []
        self.failing = failing
        self._lock = Lock()

    def __call__(self, *, now) -> None:
        with self._lock:
            self.rung.append(now)
        if self.failing:
            message = "password=hunter2"
            raise RuntimeError(message)


def _all_beats(run):
    gate = Barrier(BEATS)

    def beat(_):
        try:
            gate.wait(10)
            return run()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(BEATS) as beats:
        return list(beats.map(beat, range(BEATS)))


def _run_row(job):
    with connections["operator"].cursor() as cursor:
        cursor.execute("SELECT finished_at, error FROM kernel_scheduledrun WHERE job = %s", [job])
        return cursor.fetchall()


def _let_lease_expire(job):
    with connections["operator"].cursor() as cursor:
        cursor.execute("UPDATE kernel_scheduledrun SET lease_until = now() - interval '1 second' WHERE job = %s", [job])


@pytest.fixture
def job():
    return f"tests.bell.{new_id()}"


def test_ten_beats_make_one_run(committed, job):
    bell = Bell()
    ran = _all_beats(lambda: run_slot(job, bell, every=EVERY))
    assert sorted(ran) == [False] * (BEATS - 1) + [True]
    assert len(bell.rung) == 1
    [(finished_at, error)] = _run_row(job)
    assert finished_at is not None
    assert not error


def test_the_control_without_slots_rings_ten_times(committed):
    bell = Bell()
    _all_beats(lambda: bell(now=utc_now()))
    assert len(bell.rung) == BEATS


def test_a_run_whose_worker_died_is_taken_over_after_its_lease(committed, job):
    bell = Bell()

    def dies(*, now):
        raise SystemExit

    with pytest.raises(SystemExit):
        run_slot(job, dies, every=EVERY)
    assert run_slot(job, bell, every=EVERY) is False
    _let_lease_expire(job)
    assert run_slot(job, bell, every=EVERY) is True
    assert len(bell.rung) == 1


def test_a_failed_run_is_noted_and_not_repeated_in_its_slot(committed, job):
    with pytest.raises(RuntimeError):
        run_slot(job, Bell(failing=True), every=EVERY)
    [(finished_at, error)] = _run_row(job)
    assert finished_at is not None
    assert error.startswith("RuntimeError")
    assert "hunter2" not in error
    _let_lease_expire(job)
    assert run_slot(job, Bell(), every=EVERY) is False


def test_the_next_slot_runs_again(committed, job):
    bell = Bell()
    assert run_slot(job, bell, every=timedelta(milliseconds=1))
    assert run_slot(job, bell, every=timedelta(milliseconds=1))


def test_old_runs_are_forgotten(committed, job):
    run_slot(job, Bell(), every=EVERY)
    with connections["operator"].cursor() as cursor:
        cursor.execute("UPDATE kernel_scheduledrun SET slot = '2001-01-01' WHERE job = %s", [job])
    assert forget_runs() >= 1
    assert not _run_row(job)


def test_an_unknown_queue_is_refused():
    with pytest.raises(ValueError, match="none of the queues"):
        scheduled("tests.nowhere", every=EVERY, queue="elsewhere")
