"""One row of a file as a typed line, or the reasons why it is none."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from math import ceil
from typing import Final, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from alliance.kernel.money import exponent
from alliance.kernel.spreadsheets.cells import EXACT, CellRefusedError, RowError, parse_number
from campaigns.domain.invalid import invalid_reason
from campaigns.domain.mapping import Mapping

MAX_REFERENCE: Final = 80
MAX_PARTNER_CODE: Final = 80
MAX_CUSTOMER: Final = 120
MAX_ITEM: Final = 120
MAX_DESCRIPTION: Final = 400
MAX_COUPON: Final = 80
MAX_UNITS: Final = 10**9
DETAIL_ROLES: Final = (
    *("refund_of", "country", "coupon", "tax", "payment_fee"),
    *("parent_order", "invalid_reason", "returned"),
)
MAX_AMOUNT: Final = 10**14  # minor units of one line; a bigint holds the longest order of such lines
_REMEMBERED: Final = 50_000
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_ISO: Final = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", re.ASCII)


class LineDetails(NamedTuple):
    """What terms may ask beside the amount, and what people read. Taxes and fees are minor units, for the whole line.

    `refund_of` is the reference of the order that a refund takes back; `country` an ISO 3166 alpha-2 code. `parent_order` is the
    number under which the shop sold what it then split; `returned` the units that came back or are being returned.
    """

    refund_of: str = ""
    country: str = ""
    coupon: str = ""
    tax_minor: int = 0
    payment_fee_minor: int = 0
    parent_order: str = ""
    invalid_reason: str = ""
    returned: int = 0


NO_DETAILS: Final = LineDetails()


class ParsedLine(NamedTuple):
    """One line. `occurred_at` is in UTC, `amount_minor` is quantity × unit price in the minor unit of the currency."""

    row: int
    reference: str
    occurred_at: datetime
    item: str
    description: str
    quantity: Decimal
    unit_price: Decimal
    amount_minor: int
    customer: str
    partner_code: str
    details: LineDetails = NO_DETAILS


K = TypeVar("K")
V = TypeVar("V")


def line_amount(quantity: Decimal, unit_price: Decimal, currency: str) -> int:
    """Quantity × unit price, exact, then rounded to the minor unit of `currency`, halves away from zero.

    Sign symmetric: `line_amount(-q, p, c) == -line_amount(q, p, c)`.
    """
    return _rounded(quantity, unit_price, exponent(currency))


def _rounded(quantity: Decimal, unit_price: Decimal, places: int) -> int:
    return int(EXACT.to_integral_value(EXACT.multiply(quantity, unit_price).scaleb(places, EXACT)))


def parse_time(text: str, pattern: str, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, that a local time means; raises `CellRefusedError`.

    Besides `pattern`, `2010-12-01 08:26:00` is always understood: that is how dates come out of
    spreadsheets. Repeated and skipped local times are read with `fold=0`, see `Mapping`.
    """
    try:
        local = datetime.strptime(text, pattern)  # noqa: DTZ007  the zone follows
    except ValueError as error:
        if _ISO.fullmatch(text) is None:
            raise CellRefusedError("not_a_time") from error
        local = _from_iso(text)
    aware = local if local.tzinfo else local.replace(tzinfo=zone)
    try:
        return aware.astimezone(UTC)
    except OverflowError as error:
        raise CellRefusedError("not_a_time") from error


def _from_iso(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise CellRefusedError("not_a_time") from error


class _Remembering(dict[K, V]):
    """A bounded memory in front of a parser: the same few texts fill most cells of a column."""

    def __init__(self, parse: Callable[[K], V]) -> None:
        super().__init__()
        self._parse = parse

    def __missing__(self, text: K) -> V:
        value = self._parse(text)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[text] = value
        return value


class LineParser:
    """Reads the rows of one file through one mapping."""

    def __init__(self, mapping: Mapping, header: Sequence[str]) -> None:
        """`header` holds every column of the mapping; raises `ValueError` otherwise."""
        zone = ZoneInfo(mapping.time_zone)
        self._mapping = mapping
        self._width = len(header)
        self._places = exponent(mapping.currency)
        self._times: _Remembering[str, datetime] = _Remembering(
            lambda text: parse_time(text.strip(), mapping.time_format, zone)
        )
        self._products: _Remembering[tuple[str, str], tuple[Decimal, Decimal, int]] = _Remembering(self._multiply)
        self._order_id = header.index(mapping.order_id)
        self._quantity = header.index(mapping.quantity)
        self._unit_price = header.index(mapping.unit_price)
        self._occurred_at = header.index(mapping.occurred_at)
        self._partner = header.index(mapping.partner)
        self._item = header.index(mapping.item) if mapping.item else None
        self._description = header.index(mapping.description) if mapping.description else None
        self._customer = header.index(mapping.customer) if mapping.customer else None
        self._details = {role: header.index(column) for role in DETAIL_ROLES if (column := getattr(mapping, role))}

    def reference_of(self, cells: Sequence[str]) -> str:
        """The order id of a row; empty when there is none."""
        return cells[self._order_id].strip() if self._order_id < len(cells) else ""

    def _number(self, text: str) -> Decimal:
        return parse_number(text.strip(), self._mapping.decimal_mark)

    def _multiply(self, texts: tuple[str, str]) -> tuple[Decimal, Decimal, int]:
        quantity, price = self._number(texts[0]), self._number(texts[1])
        return quantity, price, _rounded(quantity, price, self._places)

    def parse(self, row: int, cells: Sequence[str]) -> ParsedLine | list[RowError]:
        """The line, or everything that is wrong with the row."""
        if len(cells) != self._width:
            return [RowError(row, "", "cell_count")]
        try:
            quantity, price, amount = self._products[cells[self._quantity], cells[self._unit_price]]
            line = ParsedLine(
                row,
                cells[self._order_id].strip(),
                self._times[cells[self._occurred_at]],
                "" if self._item is None else cells[self._item].strip(),
                "" if self._description is None else cells[self._description].strip(),
                quantity,
                price,
                amount,
                "" if self._customer is None else cells[self._customer].strip(),
                cells[self._partner].strip(),
                self._details_of(cells) if self._details else NO_DETAILS,
            )
        except CellRefusedError:
            return self._why(row, cells)
        if not line.reference or not _fits(line):
            return self._why(row, cells)
        return line

    def _details_of(self, cells: Sequence[str]) -> LineDetails:
        """Raises `CellRefusedError` for a country or an amount that is none."""
        text = {role: cells[index].strip() for role, index in self._details.items()}
        return LineDetails(
            text.get("refund_of", ""),
            _country(text.get("country", "")),
            text.get("coupon", ""),
            self._minor(text.get("tax", "")),
            self._minor(text.get("payment_fee", "")),
            text.get("parent_order", ""),
            _reason(text.get("invalid_reason", "")),
            self._units(text.get("returned", "")),
        )

    def _units(self, text: str) -> int:
        """How many units, a part of one counted as one; nothing written is none."""
        return ceil(abs(self._number(text))) if text.strip() else 0

    def _minor(self, text: str) -> int:
        """An amount in the major unit as minor units; nothing written is nothing charged."""
        return abs(_rounded(self._number(text), Decimal(1), self._places)) if text.strip() else 0

    def _why(self, row: int, cells: Sequence[str]) -> list[RowError]:
        """Every cell that is wrong, in the order of the roles."""
        mapping = self._mapping
        errors: list[RowError] = []
        for column, index, limit in (
            (mapping.order_id, self._order_id, MAX_REFERENCE),
            (mapping.partner, self._partner, MAX_PARTNER_CODE),
            (mapping.item, self._item, MAX_ITEM),
            (mapping.description, self._description, MAX_DESCRIPTION),
            (mapping.customer, self._customer, MAX_CUSTOMER),
            (mapping.refund_of, self._details.get("refund_of"), MAX_REFERENCE),
            (mapping.coupon, self._details.get("coupon"), MAX_COUPON),
            (mapping.parent_order, self._details.get("parent_order"), MAX_REFERENCE),
        ):
            if index is not None and len(cells[index].strip()) > limit:
                errors.append(RowError(row, column, "too_long"))
        if not self.reference_of(cells):
            errors.append(RowError(row, mapping.order_id, "missing"))
        errors += self._unreadable(row, cells)
        return errors or [RowError(row, mapping.quantity, "too_large")]

    def _unreadable(self, row: int, cells: Sequence[str]) -> list[RowError]:
        mapping, errors = self._mapping, []
        readers: tuple[tuple[str, int | None, Callable[[str], object]], ...] = (
            (mapping.quantity, self._quantity, self._number),
            (mapping.unit_price, self._unit_price, self._number),
            (mapping.occurred_at, self._occurred_at, self._times.__getitem__),
            (mapping.country, self._details.get("country"), _country),
            (mapping.tax, self._details.get("tax"), self._minor),
            (mapping.payment_fee, self._details.get("payment_fee"), self._minor),
            (mapping.invalid_reason, self._details.get("invalid_reason"), _reason),
            (mapping.returned, self._details.get("returned"), self._units),
        )
        for column, index, read in readers:
            if index is None:
                continue
            try:
                read(cells[index])
            except CellRefusedError as refusal:
                errors.append(RowError(row, column, refusal.code if cells[index].strip() else "missing"))
        return errors


def _fits(line: ParsedLine) -> bool:
    return (
        len(line.reference) <= MAX_REFERENCE
        and len(line.partner_code) <= MAX_PARTNER_CODE
        and len(line.item) <= MAX_ITEM
        and len(line.description) <= MAX_DESCRIPTION
        and len(line.customer) <= MAX_CUSTOMER
        and len(line.details.refund_of) <= MAX_REFERENCE
        and len(line.details.coupon) <= MAX_COUPON
        and len(line.details.parent_order) <= MAX_REFERENCE
        and line.details.returned <= MAX_UNITS
        and -MAX_AMOUNT < line.amount_minor < MAX_AMOUNT
        and max(line.details.tax_minor, line.details.payment_fee_minor) < MAX_AMOUNT
    )


def _reason(text: str) -> str:
    """The code of a reason, or nothing; raises `CellRefusedError` for what is none."""
    code = invalid_reason(text)
    if code is None:
        raise CellRefusedError("not_a_reason")
    return code


def _country(text: str) -> str:
    """A code as written in capitals, or nothing; raises `CellRefusedError` for anything else."""
    code = text.strip().upper()
    if code and not _COUNTRY.fullmatch(code):
        raise CellRefusedError("not_a_country")
    return code
