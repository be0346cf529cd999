"""S25: kill -9 of the worker that writes the bank's file, at both places: the next one writes the same payments, once.

And of workers in the middle of files by schedule: each statement gets its file once for each schedule.
"""

import pytest
from django.core.files.storage import default_storage

from alliance.kernel.jobs import JobState
from alliance.kernel.tenancy import organization_scope
from settlements.models import Export
from tests.contract.settlements.payouts.test_case_figures_of_payouts import asked_for_file, file_of, of_three, texts
from tests.jobs import run_all_jobs
from tests.races.processes import Processes, wait_until

IMPORTS = ["tests.races.settlements.dying_files"]


def _export(market, export_id):
    with organization_scope(market.host.id):
        export = Export.objects.get(pk=export_id)
    assert export.state != JobState.FAILED, f"{export.error_code}: {export.error_detail}"
    return export


@pytest.mark.slow
@pytest.mark.parametrize(
    "place", [pytest.param("before_commit", id="S25-before"), pytest.param("after_commit", id="S25-after")]
)
def test_a_worker_killed_over_the_banks_file_leaves_the_same_payments_to_the_next(committed, tmp_path, place):
    market = of_three()
    first_id = asked_for_file(market)
    run_all_jobs(market.host.id)
    first, expected = file_of(market, first_id)
    environment = {"DEATHS": str(tmp_path), "DIES": place, "MESSAGE_COPIES": "2"}
    with Processes(IMPORTS, environment) as processes:
        processes.start_worker()
        processes.start_beat()
        second_id = asked_for_file(market)
        wait_until(
            lambda: _export(market, second_id).is_finished,
            seconds=90,
            what=lambda: processes.told("the file of the bank"),
        )
    assert [path.name for path in tmp_path.iterdir()] == [f"{place}.0"], "a worker was killed there"
    second, content = file_of(market, second_id)
    assert (second.state, second.sha256, content) == ("succeeded", first.sha256, expected)
    assert texts(content, "MsgId") == texts(expected, "MsgId")
    ids = texts(content, "EndToEndId")
    assert (sorted(ids), len(set(ids))) == (sorted(texts(expected, "EndToEndId")), 3)
    _, files = default_storage.listdir(f"exports/{market.host.id}")
    assert sorted(files) == sorted(str(id_) for id_ in (first_id, second_id))
