"""Rows of one order id together, in flat memory, also when a file scatters them.

Files keep an order's lines together almost always. A first pass finds the ids that come in more than one run (and
counts the rows for a progress bar); the second yields every order as soon as its run ends, and puts the scattered
ones by in a temporary file until the end. So an order is never split, and the same file always groups the same way.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final, Self

from alliance.kernel.spreadsheets.rows import Row
from campaigns.readers.problems import OrderFileError, OrderProblem

MAX_LINES_PER_ORDER: Final = 50_000
_TICK: Final = 20_000
_SCHEMA: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE seen (reference TEXT PRIMARY KEY, first_row INTEGER, runs INTEGER, size INTEGER) WITHOUT ROWID;
CREATE TABLE kept (first_row INTEGER, number INTEGER, cells TEXT, PRIMARY KEY (first_row, number)) WITHOUT ROWID;
"""
_SEE: Final = """
INSERT INTO seen VALUES (?, ?, 1, ?)
ON CONFLICT (reference) DO UPDATE SET runs = runs + 1, size = size + excluded.size
"""

Rows = Callable[[], Iterator[Row]]


class OrderedRows:
    """The rows of one file by order. Use as a context manager: it holds a temporary file."""

    def __init__(self, rows: Rows, reference_of: Callable[[list[str]], str], tick: Callable[[], object]) -> None:
        """`rows` starts over at each call; `tick` is called every so many rows, to keep a lease alive."""
        self._rows = rows
        self._reference_of = reference_of
        self._tick = tick
        self._index = sqlite3.connect("", isolation_level=None)  # a temporary file that nobody else can open
        self._index.executescript(_SCHEMA)
        self.row_count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()

    def scan(self) -> int:
        """The first pass; how many rows there are. Raises `FileRefusedError`, before anything was done with any row."""
        count = 0
        for reference, run in self._runs():
            count += len(run)
            if reference:
                self._index.execute(_SEE, (reference, run[0][0], len(run)))
        longest = self._index.execute("SELECT reference FROM seen WHERE size > ? LIMIT 1", (MAX_LINES_PER_ORDER,))
        if (found := longest.fetchone()) is not None:
            raise OrderFileError(OrderProblem.ORDER_TOO_LONG, found[0])
        self.row_count = count
        return count

    def groups(self) -> Iterator[list[Row]]:
        """The second pass: all rows of one order at a time. Rows without an order id come one by one."""
        for reference, run in self._runs():
            if not reference:
                yield from ([row] for row in run)
            elif (first_row := self._scattered_from(reference)) is None:
                yield run
            else:
                kept = [(first_row, number, json.dumps(cells)) for number, cells in run]
                self._index.executemany("INSERT INTO kept VALUES (?, ?, ?)", kept)
        yield from self._kept()

    def _scattered_from(self, reference: str) -> int | None:
        row = self._index.execute(
            "SELECT first_row FROM seen WHERE reference = ? AND runs > 1", (reference,)
        ).fetchone()
        return None if row is None else int(row[0])

    def _kept(self) -> Iterator[list[Row]]:
        group: list[Row] = []
        at: int | None = None
        with closing(self._index.execute("SELECT first_row, number, cells FROM kept ORDER BY 1, 2")) as kept:
            for first_row, number, cells in kept:
                if first_row != at and group:
                    yield group
                    group = []
                at = first_row
                group.append((number, json.loads(cells)))
        if group:
            yield group

    def _runs(self) -> Iterator[tuple[str, list[Row]]]:
        """Neighbouring rows with the same order id, cut where a run grows past what an order may have."""
        run: list[Row] = []
        current = ""
        for count, row in enumerate(self._rows()):
            reference = self._reference_of(row[1])
            if run and (reference != current or len(run) > MAX_LINES_PER_ORDER):
                yield current, run
                run = []
            current = reference
            run.append(row)
            if count % _TICK == 0:
                self._tick()
        if run:
            yield current, run
