"""One job, many workers: one works, a late one keeps nothing, a dead one is followed by another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from alliance.health import silent_queues
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.hints import Hint
from alliance.kernel.ids import new_id
from alliance.kernel.jobs import JobState, enqueue_job, registry
from alliance.kernel.jobs.registry import NotAJobError, RegisteredJob, register_job
from alliance.kernel.jobs.running import MAX_ATTEMPTS, run_job
from alliance.kernel.jobs.sweeping import sweep_jobs
from alliance.kernel.tenancy import ScopeMissingError, organization_scope
from tests.jobs import run_all_jobs

WORKERS = 8


@pytest.fixture
def lamps(committed):
    from tests.races.kernel import lamps

    lamps.create_tables()
    yield lamps
    lamps.drop_tables()


@pytest.fixture
def registered(lamps) -> Iterator[RegisteredJob]:
    register_job(lamps.Round, lamps.walk, queue="reports")
    yield registry.registered_job("kernel.round")
    del registry._jobs["kernel.round"]


def _queued(lamps, organization_id):
    with organization_scope(organization_id):
        return lamps.Round.objects.create(organization_id=organization_id, lamp_id="round").pk


def _row(lamps, organization_id, job_id):
    with organization_scope(organization_id):
        return lamps.Round.objects.get(pk=job_id)


def _set(job_id, sql):
    with connections["operator"].cursor() as cursor:
        cursor.execute(f"UPDATE tests_round SET {sql} WHERE id = %s", [job_id])


def _job(lamps, run):
    return RegisteredJob(lamps.Round, run, "reports")


def test_a_job_runs_to_its_end(lamps, registered):
    organization_id = new_id()
    job_id = _queued(lamps, organization_id)
    assert run_all_jobs(organization_id) == 1
    row = _row(lamps, organization_id, job_id)
    assert (row.state, row.done, row.total, row.percent) == (JobState.SUCCEEDED, lamps.ROOMS, lamps.ROOMS, 100)
    assert row.started_at <= row.finished_at
    assert row.is_finished
    assert lamps.counted(organization_id, "job") == {"round": lamps.ROOMS}


def test_of_many_workers_one_works(lamps, registered):
    organization_id, gate = new_id(), Barrier(WORKERS)
    job_id = _queued(lamps, organization_id)

    def worker(_):
        try:
            gate.wait(10)
            return run_job(registered, job_id, organization_id=organization_id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as workers:
        ended = list(workers.map(worker, range(WORKERS)))
    assert sorted(ended) == [False] * (WORKERS - 1) + [True]
    assert lamps.counted(organization_id, "job") == {"round": lamps.ROOMS}


def test_the_control_without_the_claim_counts_too_often(lamps, registered):
    """The same steps by workers that do not ask who has the job."""
    organization_id, gate = new_id(), Barrier(WORKERS)

    def worker(_):
        try:
            gate.wait(10)
            with organization_scope(organization_id):
                lamps.Count.objects.create(organization_id=organization_id, lamp_id="round", counted_by="control")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(worker, range(WORKERS)))
    assert lamps.counted(organization_id, "control") == {"round": WORKERS}


def test_a_late_worker_keeps_nothing_of_its_step(lamps):
    """It slept past its lease between two steps; another has begun; its next step is refused and rolled back."""
    organization_id = new_id()
    job_id = _queued(lamps, organization_id)

    def sleeps(job_id, context):
        _set(job_id, "lease_until = now() - interval '1 second'")
        assert run_job(_job(lamps, lamps.walk), job_id, organization_id=organization_id)
        with context.transaction():
            pytest.fail("The lease was lost; this step must not begin.")

    assert run_job(_job(lamps, sleeps), job_id, organization_id=organization_id) is False
    assert _row(lamps, organization_id, job_id).state == JobState.SUCCEEDED
    assert lamps.counted(organization_id, "job") == {"round": lamps.ROOMS}


def test_nobody_takes_a_job_in_the_middle_of_a_step_however_long_it_takes(lamps):
    organization_id = new_id()
    job_id = _queued(lamps, organization_id)
    seen = []

    def long_step(job_id, context):
        with context.transaction():
            context.own_row().update(lease_until="2001-01-01T00:00Z")
            with ThreadPoolExecutor(1) as other:
                seen.append(other.submit(_tries, lamps, job_id, organization_id).result(10))

    run_job(_job(lamps, long_step), job_id, organization_id=organization_id)
    assert seen == [False]


def _tries(lamps, job_id, organization_id):
    try:
        return run_job(_job(lamps, lamps.walk), job_id, organization_id=organization_id)
    finally:
        connections.close_all()


def test_a_refusal_ends_the_job_with_its_code_and_sentence(lamps):
    organization_id = new_id()
    job_id = _queued(lamps, organization_id)

    def refuses(job_id, context):
        raise InvalidInputError

    assert run_job(_job(lamps, refuses), job_id, organization_id=organization_id)
    row = _row(lamps, organization_id, job_id)
    assert (row.state, row.error_code) == (JobState.FAILED, "invalid_input")
    assert row.error_detail == "This value is not valid."


def _breaks(job_id, context):
    message = "disk full, password=hunter2"
    raise OSError(message)


def test_a_failure_puts_the_job_back_and_the_fifth_gives_up(lamps):
    organization_id = new_id()
    job_id = _queued(lamps, organization_id)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(OSError, match="disk full"):
            run_job(_job(lamps, _breaks), job_id, organization_id=organization_id)
        row = _row(lamps, organization_id, job_id)
        assert row.attempts == attempt
        assert "hunter2" not in row.error_detail
        assert run_job(_job(lamps, lamps.walk), job_id, organization_id=organization_id) is False
        _set(job_id, "lease_until = now() - interval '1 second'")
    assert (row.state, row.error_code) == (JobState.FAILED, "gave_up")


def test_a_job_that_kills_each_worker_without_progress_gives_up(lamps):
    organization_id = new_id()
    job_id = _queued(lamps, organization_id)
    _set(job_id, f"state = 'running', attempts = {MAX_ATTEMPTS}, lease_until = now() - interval '1 second'")
    assert run_job(_job(lamps, lamps.walk), job_id, organization_id=organization_id) is False
    row = _row(lamps, organization_id, job_id)
    assert (row.state, row.error_code) == (JobState.FAILED, "gave_up")
    assert row.finished_at is not None


def test_progress_forgives_earlier_deaths(lamps):
    organization_id = new_id()
    job_id = _queued(lamps, organization_id)
    _set(job_id, f"state = 'running', attempts = {MAX_ATTEMPTS - 1}, lease_until = now() - interval '1 second'")
    seen = []

    def one_step(job_id, context):
        with context.transaction():
            context.report(1, 2)
            seen.append(context.own_row().get().attempts)

    assert run_job(_job(lamps, one_step), job_id, organization_id=organization_id)
    assert seen == [1]


def test_the_sweeper_hints_what_waits_and_nothing_else(lamps, registered, monkeypatch):
    hinted = []
    monkeypatch.setattr(Hint, "__call__", lambda hint: bool(hinted.append(hint.arguments)) or True)
    organization_id = new_id()
    queued, running, dead, done = (_queued(lamps, organization_id) for _ in range(4))
    _set(running, "state = 'running', lease_until = now() + interval '20 seconds'")
    _set(dead, "state = 'running', lease_until = now() - interval '1 second'")
    _set(done, "state = 'succeeded'")
    sweep_jobs()
    ours = [arguments[1] for arguments in hinted if arguments[2] == str(organization_id)]
    assert sorted(ours) == sorted([str(queued), str(dead)])


def test_enqueueing_hints_after_the_commit_and_wants_a_scope_and_a_registration(lamps, registered, monkeypatch):
    hinted = []

    def note(hint):
        hinted.append(hint)

    monkeypatch.setattr(Hint, "__call__", note)
    organization_id = new_id()
    with organization_scope(organization_id):
        job = lamps.Round.objects.create(organization_id=organization_id, lamp_id="round")
        enqueue_job(job)
        enqueue_job(job)
        assert not hinted
    assert [(hint.queue, hint.arguments) for hint in hinted] == [
        ("reports", ("kernel.round", str(job.pk), str(organization_id)))
    ]
    with pytest.raises(ScopeMissingError):
        enqueue_job(job)
    with pytest.raises(NotAJobError):
        registry.registered_job("kernel.unknown")


def test_another_organizations_worker_finds_no_job(lamps, registered):
    job_id = _queued(lamps, new_id())
    assert run_job(registered, job_id, organization_id=new_id()) is False


def test_a_worker_that_is_busy_with_a_job_does_not_count_as_silent(lamps, registered):
    with connections["operator"].cursor() as cursor:
        cursor.execute("UPDATE kernel_workerheartbeat SET beaten_at = now() - interval '1 hour'")
    assert silent_queues()
    job_id = _queued(lamps, new_id())
    _set(job_id, "state = 'running', lease_until = now() + interval '20 seconds'")
    assert silent_queues() == []
