"""How a job goes through a file: what is wrong with it as a whole is noted, and no chunk is taken twice."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from alliance.kernel.jobs import JobContext
from alliance.kernel.spreadsheets.problems import FileRefusedError

T = TypeVar("T")
_LONGEST_PLACE = 400


@contextmanager
def problems_noted(context: JobContext) -> Iterator[None]:
    """Keep what is wrong with the file in the job's row (a `SheetJob`), for pages in any language; the job ends failed."""
    try:
        yield
    except FileRefusedError as refusal:
        with context.transaction():
            said = {"problem": refusal.problem, "problem_where": refusal.where[:_LONGEST_PLACE]}
            context.own_row().update(**said)
        raise


def chunks_left(chunks: Iterable[T], *, done: int) -> Iterator[tuple[int, T]]:
    """The chunks that an earlier attempt has not committed, numbered from one as they always are."""
    for number, chunk in enumerate(chunks, 1):
        if number > done:
            yield number, chunk
