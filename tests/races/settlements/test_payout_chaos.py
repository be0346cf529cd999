"""Workers die in ten places, messages come twice, the broker forgets, the database breaks off: each payout leaves once."""

import time

import pytest

from tests.races.processes import Processes, wait_until
from tests.races.settlements.payout_chaos import PLACES, Paying, bank_process, disturb, worker_environment

IMPORTS = ["tests.races.settlements.dying_payouts"]
NAIVE = ["tests.races.settlements.naive_payouts"]


@pytest.mark.slow
def test_each_payout_leaves_exactly_once(committed, tmp_path, monkeypatch):
    deaths = tmp_path / "deaths"
    deaths.mkdir()
    with bank_process(tmp_path, lose=5) as (port, store):
        environment = worker_environment(port, deaths)
        _use(monkeypatch, environment)
        paying = Paying()
        with Processes(IMPORTS, environment) as processes:
            processes.start_worker()
            processes.start_beat()
            paying.send()
            began = time.monotonic()
            for number in range(4):
                time.sleep(1.5)
                paying.hear()
                disturb(processes, number)
            wait_until(
                lambda: paying.hear() or paying.is_settled(),
                seconds=120 - (time.monotonic() - began),
                what=lambda: processes.told(str([(p.reference, p.state, p.tries) for p in paying.payouts()])),
            )
        died = {path.name.partition(".")[0] for path in deaths.iterdir()}
    assert died == set(PLACES), "each place killed somebody"
    assert paying.problems(store) == []
    outcome = {payout.amount_minor: payout.state for payout in paying.payouts()}
    assert outcome.pop(10001) == outcome.pop(10002) == "returned"
    assert set(outcome.values()) == {"confirmed"}


@pytest.mark.slow
def test_the_naive_way_is_caught_by_the_same_check(committed, tmp_path, monkeypatch):
    with bank_process(tmp_path, lose=3) as (port, store):
        environment = worker_environment(port, tmp_path)
        _use(monkeypatch, environment)
        paying = Paying()
        with Processes(NAIVE, environment) as processes:
            processes.start_worker()
            processes.start_beat()
            paying.send()
            wait_until(
                lambda: any("times" in problem for problem in paying.problems(store)),
                seconds=60,
                what=lambda: processes.told("a payment made twice"),
            )
    assert any("was paid" in problem for problem in paying.problems(store))


def _use(monkeypatch, environment):
    """The test's own process prepares and sends through the same bank."""
    from django.conf import settings

    for name in ("PAYOUT_SANDBOX_URL", "PAYOUT_SANDBOX_KEY", "PAYOUT_SANDBOX_SECRET"):
        monkeypatch.setattr(settings, name, environment[name])
