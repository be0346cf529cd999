"""Post one journal of two legs in a database transaction of its own.

Yardstick: the same rows by one plain SQL statement into bare tables, on a plain connection; and, to see what Django's
transactions cost by themselves, the same statement in an atomic block. Beside it: django-hordak's documented way.
To reach: at most 1.5 x the yardstick's time, at least 1.5 x as fast as hordak.
"""

from itertools import count

from django.db import connections, transaction

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from benchmarks.ledger_books import (
    BARE_POST_ONE,
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
from settlements.services.post_journal import post_journal
from tests.contract.settlements.ledger.books import a_book

POSTINGS = 300
ROUNDS = 9


def main() -> None:
    """Measure and report."""
    book, numbers = a_book(), count()
    make_bare_tables()
    legs = (Leg(book.accounts["clearing"], 100), Leg(book.accounts["pending"], -100))
    values = bare_values(book, [book.north.id, book.host.id])

    def ours() -> int:
        for _ in range(POSTINGS):
            draft = JournalDraft(f"order-{next(numbers)}", "sale", book.agreement_id, DAY, NOON, legs)
            with organization_scope(book.host.id):
                post_journal(book_id=book.id, draft=draft)
        return POSTINGS

    with owner_connection() as plain, hordak(single=POSTINGS) as peer:

        def bare() -> int:
            for _ in range(POSTINGS):
                plain.execute(
                    BARE_POST_ONE.encode(), {**values, "id": new_id(), "key": f"order-{next(numbers)}", "amount": 100}
                )
            return POSTINGS

        def bare_through_django() -> int:
            for _ in range(POSTINGS):
                with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
                    key = f"order-{next(numbers)}"
                    cursor.execute(BARE_POST_ONE, {**values, "id": new_id(), "key": key, "amount": 100})
            return POSTINGS

        contenders = [
            Contender("bare SQL", lambda: timed(bare, backend_pid=plain.info.backend_pid)),
            Contender("bare SQL in atomic()", lambda: timed(bare_through_django, backend_pid=backend_of("owner"))),
            Contender("post_journal", lambda: timed(ours, backend_pid=backend_of("default"))),
            peer["single"],
        ]
        samples = interleave(contenders, rounds=ROUNDS)
    report(
        "ledger_single",
        samples,
        yardstick="bare SQL",
        sizes={"rounds": ROUNDS, "postings a round": POSTINGS, "legs": 2},
        targets=[
            Target("post_journal", "bare SQL", 1.5),
            Target("post_journal", "bare SQL in atomic()", 1.5),
            Target("post_journal", "django-hordak, single", 1.5, at_least=True),
        ],
    )
