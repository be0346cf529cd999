"""An import cut off anywhere, doubled, or crossed by a signature comes to the same end."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

import pytest
from django.db import connections

from alliance.kernel.clock import utc_now
from alliance.kernel.jobs import JobState
from alliance.kernel.jobs.registry import RegisteredJob
from alliance.kernel.jobs.running import run_job
from alliance.kernel.tenancy import organization_scope
from campaigns.domain.lines import LineParser
from campaigns.domain.orders import assemble_order
from campaigns.models import Conversion, OrderImport
from campaigns.readers import orders_in_file
from campaigns.services import import_orders as importing
from campaigns.services import match_conversions as matching
from campaigns.services import record_orders as recording
from tests.cast import signed_agreement
from tests.contract.campaigns.sheets import HEADER
from tests.races.campaigns.shop import MAPPING, end_state, file_of, shop, start, work
from tests.races.processes import Processes, wait_until

ORDERS = 100


class CutOffError(Exception):
    """The worker died here."""


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(orders_in_file, "LINES_PER_CHUNK", 40)


@pytest.fixture
def undisturbed(committed, small_chunks):
    place = shop()
    import_id = start(place, file_of(ORDERS))
    assert work(place, import_id)
    return end_state(place), tally(place, import_id)


def tally(place, import_id):
    with organization_scope(place.host.id):
        row = OrderImport.objects.get(pk=import_id)
    assert row.state == JobState.SUCCEEDED, row.error_detail
    return row.tally


def attempt(place, import_id) -> bool:
    try:
        return work(place, import_id)
    except CutOffError:
        return False


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_cut_off_at_every_chunk_it_goes_on_to_the_same_end(committed, undisturbed, monkeypatch, moment):
    place, taken = shop(), importing._take_chunk
    import_id = start(place, file_of(ORDERS))
    died: set[int] = set()

    def dies_once_inside(order_import, context, number, chunk):
        done = taken(order_import, context, number, chunk)
        if number not in died:
            died.add(number)
            raise CutOffError
        return done

    def dies_once_before(order_import, context, number, chunk):
        if number > 1 and number not in died:
            died.add(number)  # the chunk before this one has just been committed
            raise CutOffError
        return taken(order_import, context, number, chunk)

    step = dies_once_inside if moment == "before the commit" else dies_once_before
    monkeypatch.setattr(importing, "_take_chunk", step)
    attempts = 0
    while not attempt(place, import_id):
        attempts += 1
        assert attempts < 50
    assert len(died) == attempts >= 4
    assert (end_state(place), tally(place, import_id)) == undisturbed


def test_the_control_that_forgets_its_place_counts_rows_twice(committed, undisturbed, monkeypatch):
    """Without the number of chunks done in the same transaction, the orders stay single but the counts do not."""
    place = shop()
    import_id = start(place, file_of(ORDERS))
    assert work(place, import_id)
    with organization_scope(place.host.id):
        OrderImport.objects.filter(pk=import_id).update(state=JobState.QUEUED, chunks_done=0, attempts=0)
    assert work(place, import_id)
    assert end_state(place) == undisturbed[0]
    assert tally(place, import_id) != undisturbed[1]


def test_two_imports_of_one_file_at_once_record_every_order_once(committed, undisturbed):
    place, gate = shop(), Barrier(2)
    import_ids = [start(place, file_of(ORDERS)) for _ in range(2)]
    job = RegisteredJob(OrderImport, partial(importing.import_orders), "events")

    def worker(import_id):
        try:
            gate.wait(10)
            return run_job(job, import_id, organization_id=place.host.id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        assert list(workers.map(worker, import_ids)) == [True, True]
    state = end_state(place)
    errors = state.pop("errors")
    expected = dict(undisturbed[0])
    assert sorted(set(errors)) == expected.pop("errors")
    assert state == expected
    tallies = [tally(place, import_id) for import_id in import_ids]
    assert sum(t["orders_new"] for t in tallies) == undisturbed[1]["orders_new"]
    assert all(t["rows"] == undisturbed[1]["rows"] for t in tallies)


def drafts():
    parser = LineParser(MAPPING, HEADER)
    row = parser.parse(2, ("1", "2026-02-03 10:00:00", "A", "Kit", "1", "5.00", "", "north"))
    return [assemble_order([row], MAPPING)]


def cross(place):
    """Record an order while its agreement is signed and matched in the middle; the order's match issue afterwards."""
    recorded, signed = Event(), Event()

    def record():
        try:
            with organization_scope(place.host.id):
                recording.record_orders(
                    actor=place.host.system,
                    alliance_id=place.alliance.id,
                    import_id=None,
                    drafts=drafts(),
                    now=utc_now(),
                )
                recorded.set()
                signed.wait(10)
        finally:
            connections.close_all()

    def match():
        try:
            with organization_scope(place.host.id):
                matching.match_conversions(actor=place.host.system, alliance_id=place.alliance.id, now=utc_now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        recording_now = workers.submit(record)
        assert recorded.wait(10)
        signed_agreement(place.alliance, [(place.host, "1/2"), (place.partner, "1/2")])
        matching_now = workers.submit(match)
        matching_now_waits = not _finishes(matching_now)
        signed.set()
        recording_now.result(10)
        matching_now.result(10)
    with organization_scope(place.host.id):
        return Conversion.objects.get().match_issue, matching_now_waits


def _finishes(future) -> bool:
    try:
        future.result(0.7)
    except TimeoutError:
        return False
    return True


def test_a_signature_in_the_middle_of_recording_misses_nothing(committed):
    assert cross(shop()) == ("", True)


def test_the_control_without_the_lock_leaves_an_order_behind(committed, monkeypatch):
    monkeypatch.setattr(recording, "hold_matches", lambda *_, **__: None)
    monkeypatch.setattr(matching, "hold_matches", lambda *_, **__: None)
    assert cross(shop()) == ("no_agreement", False)


@pytest.mark.slow
def test_killed_workers_and_a_lost_redis_come_to_the_same_end(committed, undisturbed):
    place = shop()
    import_id = start(place, file_of(ORDERS))

    def chunks_done() -> int:
        with organization_scope(place.host.id):
            return OrderImport.objects.values_list("chunks_done", flat=True).get(pk=import_id)

    def is_finished() -> bool:
        with organization_scope(place.host.id):
            row = OrderImport.objects.get(pk=import_id)
        assert row.state != JobState.FAILED, row.error_detail
        return row.is_finished

    with Processes(imports=["tests.races.campaigns.small_chunks"]) as processes:
        processes.start_worker()
        processes.start_beat()
        for kill in (processes.kill_a_child, processes.kill_worker):
            before = chunks_done()
            wait_until(
                lambda before=before: chunks_done() > before or is_finished(),
                seconds=60,
                what=lambda: processes.told("a chunk"),
            )
            kill()
            processes.flush_broker()
        processes.start_worker()
        wait_until(is_finished, seconds=90, what=lambda: processes.told("the end"))
        assert processes.kills == 2
    state = end_state(place)
    assert state == undisturbed[0]
