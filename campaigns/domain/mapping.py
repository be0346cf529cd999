"""How to read one kind of order file: which column holds what, and the rules that go with it."""

from dataclasses import dataclass, fields
from typing import Final, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from alliance.kernel.money import UnknownCurrencyError, exponent

SCHEMA: Final = 1
REQUIRED: Final = ("order_id", "quantity", "unit_price", "occurred_at", "partner")
OPTIONAL: Final = (
    *("item", "description", "customer"),
    *("refund_of", "country", "coupon", "tax", "payment_fee"),
    *("parent_order", "invalid_reason", "returned"),
)
ROLES: Final = (*REQUIRED, *OPTIONAL)
DECIMAL_MARKS: Final = (".", ",")
MAX_PREFIX: Final = 8
_DIRECTIVES: Final = frozenset("YymdBbHIMSfpzj%")


class MappingError(ValueError):
    """The mapping can't be used. `field` names the input, `code` the reason."""

    def __init__(self, code: str, field: str) -> None:
        self.code = code
        self.field = field
        super().__init__(f"{field}: {code}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Column names by role, and the rules. An optional column that the file lacks is the empty text.

    Local times are read by `time_format` (strptime) in the IANA zone `time_zone`. In the hour that a
    clock change repeats the earlier instant is meant; a time that a clock change skips is read by the
    offset that held before it (01:30 in London's spring gap is 01:30 UTC). Both are `fold=0`.

    An order id that begins with one of `refund_prefixes` is a refund, with one of
    `adjustment_prefixes` an adjustment (the longest prefix decides); with `negative_is_refund` any
    other order below zero is a refund too. `decimal_mark` is the point or the comma.
    """

    order_id: str
    quantity: str
    unit_price: str
    occurred_at: str
    partner: str
    item: str = ""
    description: str = ""
    customer: str = ""
    refund_of: str = ""
    country: str = ""
    coupon: str = ""
    tax: str = ""
    payment_fee: str = ""
    parent_order: str = ""
    invalid_reason: str = ""
    returned: str = ""
    time_format: str
    time_zone: str
    currency: str
    decimal_mark: str = "."
    refund_prefixes: tuple[str, ...] = ()
    adjustment_prefixes: tuple[str, ...] = ()
    negative_is_refund: bool = False

    def __post_init__(self) -> None:
        for role in REQUIRED:
            if not getattr(self, role):
                raise MappingError("column_missing", role)
        _check_zone(self.time_zone)
        _check_currency(self.currency)
        check_time_format(self.time_format)
        if self.decimal_mark not in DECIMAL_MARKS:
            raise MappingError("decimal_mark_unknown", "decimal_mark")
        _check_prefixes(self.refund_prefixes, self.adjustment_prefixes)

    def columns(self) -> tuple[str, ...]:
        """The names of all columns the mapping reads."""
        return tuple(name for role in ROLES if (name := getattr(self, role)))

    def missing_in(self, header: tuple[str, ...]) -> tuple[str, ...]:
        """The columns that a file with this header lacks."""
        return tuple(name for name in self.columns() if name not in header)

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {"schema": SCHEMA} | {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """The mapping of a stored form; raises `MappingError` when it is not one."""
        if stored.get("schema") != SCHEMA:
            raise MappingError("unknown_schema", "schema")
        known = {f.name for f in fields(cls)}
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in known}
        try:
            return cls(**values)  # type: ignore[arg-type]
        except TypeError as error:
            raise MappingError("malformed", "mapping") from error


def check_time_format(pattern: str) -> None:
    """Refuse a strptime pattern with unknown directives or without a year, a month and a day."""
    directives = _directives(pattern)
    if not directives <= _DIRECTIVES:
        raise MappingError("time_format_unknown", "time_format")
    has_year = bool(directives & {"Y", "y"})
    has_day = "j" in directives or ("d" in directives and bool(directives & {"m", "b", "B"}))
    if not (has_year and has_day):
        raise MappingError("time_format_without_day", "time_format")


def _directives(pattern: str) -> set[str]:
    found = set()
    letters = iter(pattern)
    for letter in letters:
        if letter == "%":
            found.add(next(letters, "end"))
    return found


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MappingError("time_zone_unknown", "time_zone") from error


def _check_currency(code: str) -> None:
    try:
        exponent(code)
    except UnknownCurrencyError as error:
        raise MappingError("currency_unknown", "currency") from error


def _check_prefixes(refunds: tuple[str, ...], adjustments: tuple[str, ...]) -> None:
    if any(not 0 < len(prefix) <= MAX_PREFIX for prefix in (*refunds, *adjustments)):
        raise MappingError("prefix_length", "refund_prefixes")
    if set(refunds) & set(adjustments):
        raise MappingError("prefix_twice", "adjustment_prefixes")
