"""Post 500 journals of two legs in one call.

Yardstick: one multi-row INSERT for each bare table, which has a primary key and nothing else; and, to see what keys and
indexes cost by themselves, the same into tables with the ledger's own. Beside it: django-hordak's bulk_create.
To reach: at most 2 x the yardstick's time, at least 2 x as fast as hordak.
"""

from itertools import count

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from benchmarks.ledger_books import (
    BARE_POST,
    DAY,
    NOON,
    backend_of,
    bare_values,
    hordak,
    make_bare_tables,
    owner_connection,
)
from benchmarks.measure import Contender, Target, interleave, report, timed
from settlements.ledger.domain import JournalDraft, Leg
from settlements.services.post_journal import post_journals
from tests.contract.settlements.ledger.books import a_book

BATCH = 500
CALLS = 6
ROUNDS = 9


def main() -> None:
    """Measure and report."""
    book, numbers = a_book(), count()
    make_bare_tables()
    legs = (Leg(book.accounts["clearing"], 100), Leg(book.accounts["pending"], -100))
    values = bare_values(book, [book.north.id, book.host.id])

    def ours() -> int:
        for _ in range(CALLS):
            drafts = [
                JournalDraft(f"order-{next(numbers)}", "sale", book.agreement_id, DAY, NOON, legs) for _ in range(BATCH)
            ]
            with organization_scope(book.host.id):
                post_journals(book_id=book.id, drafts=drafts)
        return CALLS * BATCH

    with owner_connection() as plain, hordak(bulk=BATCH) as peer:

        def insert(schema: str) -> int:
            for _ in range(CALLS):
                plain.execute(
                    BARE_POST.replace("bare.", f"{schema}.").encode(),
                    {
                        **values,
                        "ids": [new_id() for _ in range(BATCH)],
                        "keys": [f"order-{next(numbers)}" for _ in range(BATCH)],
                        "amounts": [100] * BATCH,
                    },
                )
            return CALLS * BATCH

        contenders = [
            Contender("bare SQL, multi-row", lambda: timed(lambda: insert("bare"), backend_pid=plain.info.backend_pid)),
            Contender(
                "keyed SQL, multi-row", lambda: timed(lambda: insert("keyed"), backend_pid=plain.info.backend_pid)
            ),
            Contender("post_journals", lambda: timed(ours, backend_pid=backend_of("default"))),
            peer["bulk"],
        ]
        samples = interleave(contenders, rounds=ROUNDS)
    report(
        "ledger_batch",
        samples,
        yardstick="bare SQL, multi-row",
        sizes={"rounds": ROUNDS, "calls a round": CALLS, "journals a call": BATCH, "legs": 2},
        targets=[
            Target("post_journals", "bare SQL, multi-row", 2.0),
            Target("post_journals", "keyed SQL, multi-row", 2.0),
            Target("post_journals", "django-hordak, bulk", 2.0, at_least=True),
        ],
    )
