"""kill -9 at every step, each message doubled, Redis wiped: every effect exactly once; the naive control is caught."""

from datetime import UTC, datetime

import pytest

from alliance.kernel.events import publish
from alliance.kernel.ids import new_id
from alliance.kernel.jobs import JobState
from alliance.kernel.models import DeliveryState, OutboxDelivery
from alliance.kernel.tenancy import organization_scope
from tests.races.processes import Processes, wait_until

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LAMPS = 40


@pytest.fixture
def lamps(committed):
    from tests.races.kernel import lamps

    lamps.create_tables()
    lamps.listen()
    yield lamps
    lamps.stop_listening()
    lamps.drop_tables()


def _publish(lamps, organization_id):
    for number in range(LAMPS):
        with organization_scope(organization_id):
            publish(lamps.LampSeen(lamp_id=f"lamp-{number}"), now=NOW)


def _unfinished(organization_id):
    with organization_scope(organization_id):
        return OutboxDelivery.objects.exclude(state=DeliveryState.DONE).count()


def _start_round(lamps, organization_id):
    """A job whose hint was lost before anybody read it."""
    with organization_scope(organization_id):
        return lamps.Round.objects.create(organization_id=organization_id, lamp_id="round").pk


def _round(lamps, organization_id, job_id):
    with organization_scope(organization_id):
        return lamps.Round.objects.get(pk=job_id)


@pytest.mark.slow
def test_every_effect_is_had_exactly_once_under_kills_doubles_and_a_lost_redis(lamps):
    ours, theirs = new_id(), new_id()
    for organization_id in (ours, theirs):
        _publish(lamps, organization_id)
    job_id = _start_round(lamps, ours)
    environment = {"DEATH_RATE": "0.06", "MESSAGE_COPIES": "2"}

    def is_finished():
        job = _round(lamps, ours, job_id)
        assert job.state != JobState.FAILED
        return job.is_finished and not _unfinished(ours) and not _unfinished(theirs)

    with Processes(imports=["tests.races.kernel.lamps_in_worker"], environment=environment) as processes:
        processes.start_worker()
        processes.start_beat()
        wait_until(
            lambda: _unfinished(ours) < 2 * LAMPS, seconds=120, what=lambda: processes.told("the first deliveries")
        )
        processes.kill_worker()
        processes.flush_broker()
        processes.start_worker()
        wait_until(
            lambda: _round(lamps, ours, job_id).done > 0, seconds=120, what=lambda: processes.told("the first rooms")
        )
        processes.kill_a_child()
        processes.kill_worker()
        processes.start_worker()
        wait_until(is_finished, seconds=300, what=lambda: processes.told("everything"))

    once = {f"lamp-{number}": 1 for number in range(LAMPS)}
    assert lamps.counted(ours, "receipt") == once
    assert lamps.counted(theirs, "receipt") == once
    assert lamps.counted(ours, "job") == {"round": lamps.ROOMS}
    naive = [*lamps.counted(ours, "naive").values(), *lamps.counted(theirs, "naive").values()]
    assert sum(naive) > 2 * LAMPS, "The harness must catch a handler whose effect commits beside its receipt."
