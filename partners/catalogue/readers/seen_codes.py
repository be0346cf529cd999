"""The item codes of a file, in flat memory however many there are."""

import sqlite3
from collections.abc import Iterable
from typing import Final, Self

_SCHEMA: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -8192;
CREATE TABLE seen (code TEXT PRIMARY KEY) WITHOUT ROWID;
"""


class SeenCodes:
    """Use as a context manager: it holds a temporary file that nobody else can open."""

    def __init__(self) -> None:
        self._index = sqlite3.connect("", isolation_level=None)
        self._index.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()

    def is_new(self, code: str) -> bool:
        """Whether the code has not come before; it has from now on."""
        return self._index.execute("INSERT OR IGNORE INTO seen VALUES (?)", (code,)).rowcount == 1

    def missing(self, codes: Iterable[str]) -> list[str]:
        """Those of the codes that have not come."""
        find = "SELECT 1 FROM seen WHERE code = ?"
        return [code for code in codes if self._index.execute(find, (code,)).fetchone() is None]
