"""An import of items cut off anywhere, doubled, or crossed by somebody's batch comes to the same end."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from alliance.kernel.clock import utc_now
from alliance.kernel.jobs import JobState
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.domain.visibility import PRIVATE
from partners.catalogue.models import Item, ItemImport
from partners.catalogue.readers import items_in_file
from partners.catalogue.services import import_items as importing
from partners.catalogue.services import upsert_items as upserting
from partners.catalogue.services.change_item import ItemChange, change_item
from partners.catalogue.services.send_items import OneSent, send_items
from tests.items import draft, item_of
from tests.races.catalogue.shelves import end_state, file_of, owner, start, tally, work
from tests.races.processes import Processes, wait_until

ITEMS = 100


class CutOffError(Exception):
    """The worker died here."""


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(items_in_file, "ROWS_PER_CHUNK", 25)


def stocked():
    """An owner with an item that no file names."""
    party = owner()
    item_of(party, code="LEFT", title_en="Left", visibility=PRIVATE)
    return party


@pytest.fixture
def undisturbed(committed, small_chunks):
    party = stocked()
    import_id = start(party, file_of(ITEMS))
    assert work(party, import_id)
    return end_state(party), tally(party, import_id)


def attempt(party, import_id) -> bool:
    try:
        return work(party, import_id)
    except CutOffError:
        return False


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_cut_off_at_every_chunk_it_goes_on_to_the_same_end(committed, undisturbed, monkeypatch, moment):
    party, taken = stocked(), importing._take_chunk
    import_id = start(party, file_of(ITEMS))
    died: set[int] = set()

    def dies_once_inside(item_import, context, number, chunk, reader):
        done = taken(item_import, context, number, chunk, reader)
        if number not in died:
            died.add(number)
            raise CutOffError
        return done

    def dies_once_before(item_import, context, number, chunk, reader):
        if number > 1 and number not in died:
            died.add(number)  # the chunk before this one has just been committed
            raise CutOffError
        return taken(item_import, context, number, chunk, reader)

    step = dies_once_inside if moment == "before the commit" else dies_once_before
    monkeypatch.setattr(importing, "_take_chunk", step)
    attempts = 0
    while not attempt(party, import_id):
        attempts += 1
        assert attempts < 50
    assert len(died) == attempts >= 3
    assert (end_state(party), tally(party, import_id)) == undisturbed


def test_the_control_that_forgets_its_place_counts_rows_twice(committed, undisturbed):
    """Without the number of chunks done in the same transaction, the items stay single but the counts do not."""
    party = stocked()
    import_id = start(party, file_of(ITEMS))
    assert work(party, import_id)
    with organization_scope(party.id):
        ItemImport.objects.filter(pk=import_id).update(state=JobState.QUEUED, chunks_done=0, attempts=0)
    assert work(party, import_id)
    assert end_state(party) == undisturbed[0]
    assert tally(party, import_id) != undisturbed[1]


def together(*works):
    """Run them at the same moment; their answers, in order."""
    gate = Barrier(len(works))

    def one(act):
        try:
            gate.wait(10)
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as workers:
        return list(workers.map(one, works))


def test_two_imports_of_one_file_at_once_write_every_item_once(committed, undisturbed):
    party = stocked()
    first, second = (start(party, file_of(ITEMS)) for _ in range(2))
    assert together(lambda: work(party, first), lambda: work(party, second)) == [True, True]
    state, expected = end_state(party), dict(undisturbed[0])
    assert sorted(set(state.pop("errors"))) == expected.pop("errors")
    assert state == expected
    tallies = [tally(party, import_id) for import_id in (first, second)]
    assert sum(t["created"] for t in tallies) == undisturbed[1]["created"]
    assert sum(t["archived"] for t in tallies) == undisturbed[1]["archived"]
    assert all(t["rows"] == undisturbed[1]["rows"] for t in tallies)


def batch(party, names, price):
    sent = [OneSent(draft=draft(code=name, title_en=name, price_minor=price, currency="EUR")) for name in names]

    def send():
        with organization_scope(party.id):
            return send_items(actor=party.system, items=sent, now=utc_now())

    return send


def test_batches_of_the_same_codes_in_opposite_order_do_not_wait_for_each_other_for_ever(committed):
    party = owner()
    names = [f"C{number:03}" for number in range(200)]
    for price in (100, 200, 300):
        outcomes = together(batch(party, names, price), batch(party, names[::-1], price))
        counts = [sum(row.outcome in {"created", "changed"} for row in rows) for rows in outcomes]
        assert sum(counts) == len(names)
    with organization_scope(party.id):
        assert set(Item.objects.values_list("price_minor", "version")) == {(300, 3)}


def test_the_control_without_the_lock_counts_a_change_twice(committed, monkeypatch):
    """Both see the old content, and both write and announce the same change."""
    party, seen = owner(), Barrier(2)
    batch(party, ["A"], 100)()
    present = upserting._present

    def both_look_before_either_writes(*arguments, lock=False):
        found = present(*arguments)
        if not lock:
            seen.wait(10)
        return found

    monkeypatch.setattr(upserting, "_present", both_look_before_either_writes)
    together(batch(party, ["A"], 200), batch(party, ["A"], 200))
    with organization_scope(party.id):
        assert Item.objects.get().version == 3


def test_an_item_archived_while_it_is_imported_stays_archived(committed, monkeypatch):
    """The decision is taken again under the lock: what was published when the file was compared is archived by then."""
    party = owner()
    import_id = start(party, file_of(1))
    assert work(party, import_id)
    with organization_scope(party.id):
        item = Item.objects.get(code="I0000")
    again = start(party, file_of(1, price=7))
    judge = upserting._Writer._judge

    def archived_in_between(self, indexes, *, lock):
        judged = judge(self, indexes, lock=lock)
        if not lock:
            with ThreadPoolExecutor(1) as worker:
                worker.submit(archive).result(10)
        return judged

    def archive():
        try:
            with organization_scope(party.id):
                change = ItemChange(status=ItemStatus.ARCHIVED)
                change_item(actor=party.system, item_id=item.pk, change=change, version=None, now=utc_now())
        finally:
            connections.close_all()

    monkeypatch.setattr(upserting._Writer, "_judge", archived_in_between)
    assert work(party, again)
    with organization_scope(party.id):
        item.refresh_from_db()
    assert (item.status, item.price_minor) == ("archived", 750)


def test_two_versions_of_one_item_are_not_both_written(committed):
    party = owner()
    item = item_of(party, visibility=PRIVATE, title_en="Old", stock=1)

    def write(stock):
        with organization_scope(party.id):
            current = Item.objects.get(pk=item).draft()
            change = ItemChange(draft=draft(code=current.code, title_en="Old", stock=stock))
            try:
                return change_item(actor=party.system, item_id=item, change=change, version=1, now=utc_now())
            except Exception as error:  # noqa: BLE001  the loser's refusal is what is looked at
                return type(error).__name__

    assert sorted(map(str, together(lambda: write(2), lambda: write(3)))) == ["2", "ItemVersionDiffersError"]


@pytest.mark.slow
def test_killed_workers_and_a_lost_redis_come_to_the_same_end(committed, undisturbed):
    party = stocked()
    import_id = start(party, file_of(ITEMS))

    def row():
        with organization_scope(party.id):
            found = ItemImport.objects.get(pk=import_id)
        assert found.state != JobState.FAILED, found.error_detail
        return found

    with Processes(imports=["tests.races.catalogue.small_chunks"]) as processes:
        processes.start_worker()
        processes.start_beat()
        for kill in (processes.kill_a_child, processes.kill_worker):
            before = row().chunks_done
            wait_until(
                lambda before=before: row().chunks_done > before or row().is_finished,
                seconds=60,
                what=lambda: processes.told("a chunk"),
            )
            kill()
            processes.flush_broker()
        processes.start_worker()
        wait_until(lambda: row().is_finished, seconds=90, what=lambda: processes.told("the end"))
        assert processes.kills == 2
    assert end_state(party) == undisturbed[0]
