"""Accrue conversions in bulk: evaluate terms, split, write accruals and shares, post.

Yardstick: posting the same journals by `post_journals` in batches of the same size. To reach: at least half its
rate, and the same at 10,000 and at 100,000 conversions (`ACCRUE_SIZES=10000,100000` by default).
"""

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from uuid import UUID

from alliance.kernel.tenancy import organization_scope
from benchmarks.conversions import BATCH, WHEN, Market, a_market, batches_of_conversions, filled_conversions
from benchmarks.ledger_books import backend_of
from benchmarks.measure import Contender, Sample, Target, interleave, report, timed
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.post_journal import post_journals

SIZES = [int(size) for size in os.environ.get("ACCRUE_SIZES", "10000,100000").split(",")]
ROUNDS = 5


def main() -> None:
    """Measure each size on a market of its own."""
    gc.collect()
    gc.freeze()  # as workers do
    for size in SIZES:
        _measure(size)


def _measure(size: int) -> None:
    market, numbers = a_market(), count()
    per_round = size // (ROUNDS + 1) // BATCH * BATCH
    starts = count(0, per_round)
    _accrue(market, [next(batches_of_conversions(market, BATCH))])  # opens months and accounts
    drafts_for = _drafts(market, numbers)

    def accruing() -> Sample:
        batches = list(filled_conversions(market, next(starts), per_round))
        return timed(lambda: _accrue(market, batches), backend_pid=backend_of("default"))

    def posting() -> int:
        for _ in range(per_round // BATCH):
            with organization_scope(market.host.id):
                post_journals(book_id=market.book_id, drafts=drafts_for(BATCH))
        return per_round

    samples = interleave(
        [
            Contender("post_journals alone", lambda: timed(posting, backend_pid=backend_of("default"))),
            Contender("accrue_conversions", accruing),
        ],
        rounds=ROUNDS,
    )
    report(
        f"accrue_{size}",
        samples,
        yardstick="post_journals alone",
        sizes={"conversions": size, "rounds": ROUNDS, "a call": BATCH, "agreements": len(market.agreements)},
        targets=[Target("accrue_conversions", "post_journals alone", 0.5, at_least=True)],
    )


def _accrue(market: Market, batches: Sequence[Sequence[UUID]]) -> int:
    for batch in batches:
        with organization_scope(market.host.id):
            accrue_conversions(actor=market.host.system, conversion_ids=batch, now=WHEN)
    return sum(map(len, batches))


def _drafts(market: Market, numbers: Iterator[int]) -> Callable[[int], list[JournalDraft]]:
    """Journals of three legs, as accruals of these agreements have them."""
    legs = []
    with organization_scope(market.host.id):
        for agreement in market.agreements:
            specs = [
                AccountSpec(market.host.id, agreement.id, "EUR", AccountKind.CLEARING),
                AccountSpec(market.host.id, agreement.id, "EUR", AccountKind.REVENUE),
                AccountSpec(agreement.parties[1].id, agreement.id, "EUR", AccountKind.PENDING),
            ]
            accounts = open_accounts(book_id=market.book_id, specs=specs)
            amounts = (100, -60, -40)
            pairs = zip(specs, amounts, strict=True)
            legs.append((agreement.id, tuple(Leg(accounts[spec], amount) for spec, amount in pairs)))

    def drafts(many: int) -> list[JournalDraft]:
        return [
            JournalDraft(f"benchmark:{number}", "accrual", agreement_id, WHEN.date(), WHEN, its_legs)
            for number, (agreement_id, its_legs) in ((next(numbers), legs[n % len(legs)]) for n in range(many))
        ]

    return drafts
