"""Some of the simulator's seeds, and what the simulator must find; `make simulate` runs a thousand."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alliance.simulation.run import simulate
from settlements.domain import taking_back
from settlements.services import evaluate_refund

pytestmark = pytest.mark.django_db


def test_s48_the_books_agree_with_themselves_after_every_step():
    done = simulate(range(6), steps=6)
    assert [str(finding) for finding in done.findings] == []
    assert (done.seeds, done.steps) == (6, 36)
    assert min(done.conversions, done.statements, done.payouts) > 3


def test_a_seed_lives_the_same_alone_and_among_others():
    alone, among = simulate([3], steps=5), simulate([1, 3, 4], steps=5)
    assert alone.earned[3] == among.earned[3] != 0


def test_refunds_that_forget_each_other_are_found(monkeypatch):
    """The naive variant: each refund is split by itself, so cents stay behind of an order of which nothing is left."""
    right = taking_back.taken_back

    def naive(given, amount_minor, *, before_minor, remainder):
        return right(given, amount_minor, before_minor=0, remainder=remainder)

    monkeypatch.setattr(evaluate_refund, "taken_back", naive)
    done = simulate([1, 11], steps=8)
    assert {finding.rule for finding in done.findings} == {"refund"}
    with pytest.raises(CommandError, match=f"seed {done.findings[0].seed}: refund"):
        call_command("simulate", seed=done.findings[0].seed, seeds=1, steps=8, stdout=StringIO())
