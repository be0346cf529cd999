"""The order file of a run: how it is read, who is in it, when it begins."""

import csv
import gzip
import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from alliance.demo.orders import demo_order_file
from alliance.demo.seed import FILE_NAME
from alliance.demo.seed import MAPPING as DEMO_MAPPING
from campaigns.domain.mapping import Mapping

RETAIL_MAPPING: Final = Mapping(
    order_id="InvoiceNo",
    item="StockCode",
    description="Description",
    quantity="Quantity",
    unit_price="UnitPrice",
    occurred_at="InvoiceDate",
    customer="CustomerID",
    partner="Country",
    time_format="%Y-%m-%d %H:%M:%S",
    time_zone="Europe/London",
    currency="GBP",
    refund_prefixes=("C",),
    adjustment_prefixes=("A",),
)


class UnreadableSourceError(ValueError):
    """The file lacks columns that the run needs."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file, how to read it, the partners that it names and the local day of its first order."""

    path: Path
    mapping: Mapping
    partners: tuple[str, ...]
    first_day: date

    def rows(self) -> Iterator[dict[str, str]]:
        """The rows as they are written."""
        return _rows(self.path)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open("rb") as raw:
        plain = gzip.GzipFile(fileobj=raw) if path.suffix == ".gz" else raw
        with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def read_source(path: Path) -> Source:
    """Look a file through; raises `UnreadableSourceError` for one with other columns than a mapping here names."""
    first = next(_rows(path), {})
    for mapping in (RETAIL_MAPPING, DEMO_MAPPING):
        if not mapping.missing_in(tuple(first)):
            break
    else:
        raise UnreadableSourceError(f"{path.name} has neither the columns {RETAIL_MAPPING.columns()} nor the demo's.")
    partners: set[str] = set()
    earliest = "9999"
    for row in _rows(path):
        partners.add(row[mapping.partner])
        earliest = min(earliest, row[mapping.occurred_at])
    return Source(path, mapping, tuple(sorted(partners)), local_time(earliest, mapping).date())


def demo_source(directory: Path, *, today: date) -> Source:
    """The demo's own orders as a file in `directory`."""
    path = directory / FILE_NAME
    path.write_bytes(demo_order_file(today=today))
    return read_source(path)


def temporary_directory() -> tempfile.TemporaryDirectory[str]:
    """A place for a file that is only made for the run."""
    return tempfile.TemporaryDirectory(prefix="real-run-")


def local_time(written: str, mapping: Mapping) -> datetime:
    """A time of the file, local to the mapping's zone."""
    return datetime.strptime(written, mapping.time_format)  # noqa: DTZ007  local on purpose
