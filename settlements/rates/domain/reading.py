"""Reading files of exchange rates: CSV with a header, and the XML that the European Central Bank publishes."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from settlements.rates.domain.quoting import BadRateError, Quote, RateProblem

MOST_RATES: Final = 20_000
MOST_PROBLEMS: Final = 50
ECB_BASE: Final = "EUR"
_CUBE: Final = "{http://www.ecb.int/vocabulary/2002-08-01/eurofxref}Cube"
_COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "valid_on": frozenset({"date", "valid_on", "day", "日期", "生效日期"}),
    "base": frozenset({"base", "base_currency", "from", "基准货币", "源货币"}),
    "quote": frozenset({"quote", "quote_currency", "to", "报价货币", "目标货币"}),
    "rate": frozenset({"rate", "exchange_rate", "汇率"}),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in which line of the file; line 0 is the file as a whole."""

    line: int
    problem: RateProblem


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says. With any fault nothing of it is taken in."""

    file_format: str
    quotes: tuple[Quote, ...] = ()
    faults: tuple[Fault, ...] = ()


def read_rates(body: bytes) -> Reading:
    """The rates of a file, told by its content: XML begins with `<`, everything else is CSV. Never raises."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _collected("ecb_xml", _ecb_rows(body))
    return _collected("csv", _csv_rows(body))


class _UnreadableError(Exception):
    def __init__(self, problem: RateProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


def _collected(file_format: str, rows: Iterable[tuple[int, Mapping[str, str]]]) -> Reading:
    quotes: dict[tuple[object, ...], Quote] = {}
    faults: list[Fault] = []
    try:
        for line, row in rows:
            if len(quotes) >= MOST_RATES:
                return Reading(file_format, (), (Fault(0, RateProblem.TOO_MANY),))
            try:
                quote = Quote.parse(**row)
            except BadRateError as error:
                faults.append(Fault(line, error.problem))
                continue
            if quotes.setdefault(quote.key, quote).rate != quote.rate:
                faults.append(Fault(line, RateProblem.TWICE))
    except _UnreadableError as error:
        return Reading(file_format, (), (Fault(0, error.problem),))
    if not quotes and not faults:
        faults.append(Fault(0, RateProblem.EMPTY))
    return Reading(file_format, tuple(quotes.values()), tuple(faults[:MOST_PROBLEMS]))


def _csv_rows(body: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _UnreadableError(RateProblem.NOT_READABLE) from error
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        places = _places(next(reader, []))
        for row in reader:
            if any(cell.strip() for cell in row):
                yield (
                    reader.line_num,
                    {name: row[place] if place < len(row) else "" for name, place in places.items()},
                )
    except csv.Error as error:
        raise _UnreadableError(RateProblem.NOT_READABLE) from error


def _places(header: list[str]) -> dict[str, int]:
    """Where each column stands; its name may be any of the usual ones, in either language."""
    names = [name.strip().lower().replace(" ", "_") for name in header]
    found = {
        column: next((place for place, name in enumerate(names) if name in known), None)
        for column, known in _COLUMNS.items()
    }
    places = {column: place for column, place in found.items() if place is not None}
    if len(places) < len(_COLUMNS):
        raise _UnreadableError(RateProblem.COLUMNS_MISSING)
    return places


def _ecb_rows(body: bytes) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each day's cube holds a cube for each currency: 1 EUR in it. `line` counts the rates."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _UnreadableError(RateProblem.NOT_READABLE) from error
    days = [cube for cube in root.iter(_CUBE) if "time" in cube.attrib]
    if not days:
        raise _UnreadableError(RateProblem.NOT_A_RATE_FILE)
    place = 0
    for day in days:
        for cube in day.findall(_CUBE):
            place += 1
            yield (
                place,
                {
                    "base": ECB_BASE,
                    "quote": cube.get("currency", ""),
                    "rate": cube.get("rate", ""),
                    "valid_on": day.attrib["time"],
                },
            )
