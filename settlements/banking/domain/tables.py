"""How to read a table of bank entries: which column says what, and one row as an entry."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Self

from alliance.kernel.money import UnknownCurrencyError, exponent
from alliance.kernel.spreadsheets.cells import CellRefusedError, RowError, parse_number
from settlements.banking.domain.found import FoundEntry

COLUMNS: Final = (
    "booked_on",
    "amount",
    "money_out",
    "money_in",
    "direction",
    "valued_on",
    "bank_reference",
    "end_to_end_id",
    "name",
    "number",
    "text",
)
DAY_FORMATS: Final = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y年%m月%d日")
DECIMAL_MARKS: Final = (".", ",")
_OUT: Final = frozenset({"D", "DR", "DBIT", "DEBIT", "S", "SOLL", "OUT", "借", "借方", "支出", "支", "往"})
_IN: Final = frozenset({"C", "CR", "CRDT", "CREDIT", "H", "HABEN", "IN", "贷", "贷方", "收入", "收", "来"})
_LARGEST_MINOR: Final = 10**17
_CHARGE: Final = re.compile(
    r"手续费|工本费|账户管理费|\b(bank (charge|fee)s?|service charge|transfer fee|account fee)\b", re.IGNORECASE
)
# What banks call the columns, the likeliest first: without spaces, punctuation and capitals.
COLUMN_NAMES: Final = MappingProxyType(
    {
        "booked_on": (
            *("bookingdate", "bookedon", "date", "transactiondate", "postingdate", "buchungstag"),
            *("交易日期", "记账日期", "入账日期", "日期", "交易时间"),
        ),
        "amount": ("amount", "betrag", "交易金额", "发生额", "金额"),
        "money_out": ("debit", "withdrawal", "paidout", "moneyout", "借方发生额", "借方金额", "支出金额", "支出"),
        "money_in": ("credit", "deposit", "paidin", "moneyin", "贷方发生额", "贷方金额", "收入金额", "收入"),
        "direction": ("direction", "debitcredit", "drcr", "creditdebitindicator", "借贷标志", "借贷方向", "收支"),
        "valued_on": ("valuedate", "valuta", "起息日", "起息日期"),
        "bank_reference": (
            *("bankreference", "transactionid", "transactionreference", "reference"),
            *("交易流水号", "流水号", "交易流水", "凭证号"),
        ),
        "end_to_end_id": ("endtoendid", "endtoendreference", "endtoend", "customerreference", "业务编号", "业务参考号"),
        "name": ("counterparty", "counterpartyname", "name", "payee", "对方户名", "对方名称", "收付方名称", "户名"),
        "number": ("counterpartyaccount", "iban", "accountnumber", "对方账号", "收付方账号", "对方帐号"),
        "text": ("text", "description", "details", "remittance", "memo", "purpose", "摘要", "用途", "附言", "备注"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableReading:
    """Column names by role (empty: the table has none), and how to read days and amounts.

    An amount is signed, or says its `direction` in another column, or stands in `money_out` or `money_in`. `number_own` is
    the account whose entries these are, in `currency`.
    """

    number_own: str
    currency: str
    booked_on: str
    amount: str = ""
    money_out: str = ""
    money_in: str = ""
    direction: str = ""
    valued_on: str = ""
    bank_reference: str = ""
    end_to_end_id: str = ""
    name: str = ""
    number: str = ""
    text: str = ""
    day_format: str = DAY_FORMATS[0]
    decimal_mark: str = "."

    def problems(self) -> list[tuple[str, str]]:
        """(field, code) of whatever keeps it from being used."""
        found = []
        if not self.booked_on:
            found.append(("booked_on", "column_missing"))
        if bool(self.amount) == bool(self.money_out or self.money_in):
            found.append(("amount", "amount_once"))
        if self.day_format not in DAY_FORMATS:
            found.append(("day_format", "unknown_format"))
        if self.decimal_mark not in DECIMAL_MARKS:
            found.append(("decimal_mark", "unknown_format"))
        if not self.number_own.strip():
            found.append(("number_own", "account_missing"))
        if not _is_currency(self.currency):
            found.append(("currency", "unknown_currency"))
        return found

    def missing_in(self, header: Sequence[str]) -> tuple[str, ...]:
        """The columns that a file with this header lacks."""
        named = (getattr(self, role) for role in COLUMNS)
        return tuple(name for name in named if name and name not in header)

    def to_json(self) -> dict[str, str]:
        """The stored form."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, stored: dict[str, str]) -> Self:
        """The reading of a stored form."""
        return cls(**stored)


class _Refused(ValueError):  # noqa: N818  never leaves this module
    """A cell of one role can't be read."""

    def __init__(self, role: str, code: str) -> None:
        super().__init__(role, code)
        self.role = role
        self.code = code


class RowReader:
    """Rows of one table as entries."""

    def __init__(self, reading: TableReading, header: Sequence[str]) -> None:
        self._reading = reading
        places = {name: place for place, name in enumerate(header)}
        self._places = {role: places[name] for role in COLUMNS if (name := getattr(reading, role))}
        self._units = 10 ** exponent(reading.currency)

    def entry(self, row: int, cells: Sequence[str]) -> FoundEntry | RowError:
        """The row's entry, or what is wrong with it. A row whose amount is 0 moves nothing, which is wrong too."""
        try:
            booked_on = self._day("booked_on", cells)
            valued_on = self._day("valued_on", cells) if self._text("valued_on", cells) else booked_on
            minor = self._signed(cells)
        except _Refused as refused:
            return RowError(row, getattr(self._reading, refused.role), refused.code)
        text = self._text("text", cells)
        return FoundEntry(
            line=row,
            booked_on=booked_on,
            valued_on=valued_on,
            currency=self._reading.currency,
            amount_minor=minor,
            bank_reference=self._text("bank_reference", cells),
            end_to_end_id=self._text("end_to_end_id", cells),
            name=self._text("name", cells),
            number=self._text("number", cells),
            text=text,
            is_charge=minor < 0 and _CHARGE.search(text) is not None,
        ).tidied()

    def _text(self, role: str, cells: Sequence[str]) -> str:
        place = self._places.get(role)
        text = cells[place].strip() if place is not None and place < len(cells) else ""
        return text.removeprefix("'").strip("\t ")  # what keeps long numbers from becoming 6.2E+18

    def _day(self, role: str, cells: Sequence[str]) -> date:
        text = self._text(role, cells)
        first = re.split(r"[ T]", text, maxsplit=1)[0]
        for pattern in (self._reading.day_format, DAY_FORMATS[0]):  # workbooks always give the second
            try:
                return datetime.strptime(first, pattern).date()  # noqa: DTZ007  a day has no zone
            except ValueError:
                continue
        raise _Refused(role, "not_a_day")

    def _signed(self, cells: Sequence[str]) -> int:
        minor = self._minor("amount", cells) if self._reading.amount else self._of_two(cells)
        if self._reading.amount and self._reading.direction:
            word = self._text("direction", cells).upper()
            if word not in _OUT | _IN or minor < 0:
                raise _Refused("direction", "direction_unknown")
            minor = -minor if word in _OUT else minor
        if not minor:
            raise _Refused("amount" if self._reading.amount else "money_out", "amount_missing")
        return minor

    def _of_two(self, cells: Sequence[str]) -> int:
        """The amount of two columns, of which exactly one says something."""
        out, in_ = (
            self._minor(role, cells) if self._text(role, cells) not in {"", "-", "--"} else 0
            for role in ("money_out", "money_in")
        )
        if out and in_:
            raise _Refused("money_in", "amount_twice")
        return in_ or -abs(out)

    def _minor(self, role: str, cells: Sequence[str]) -> int:
        try:
            exact = parse_number(self._text(role, cells), self._reading.decimal_mark) * self._units
        except CellRefusedError as error:
            raise _Refused(role, error.code) from error
        if exact != exact.to_integral_value():
            raise _Refused(role, "too_precise")
        if abs(exact) > _LARGEST_MINOR:
            raise _Refused(role, "too_large")
        return int(exact)


def day_format_of(samples: Sequence[str]) -> str:
    """The first of the formats in which every sample is a day; the usual one when none fits."""
    firsts = [re.split(r"[ T]", text.strip(), maxsplit=1)[0] for text in samples if text.strip()]
    return next((f for f in DAY_FORMATS if firsts and all(_is_day(text, f) for text in firsts)), DAY_FORMATS[0])


def _is_day(text: str, pattern: str) -> bool:
    try:
        datetime.strptime(text, pattern)  # noqa: DTZ007  a day has no zone
    except ValueError:
        return False
    return True


def _is_currency(code: str) -> bool:
    try:
        exponent(code)
    except UnknownCurrencyError:
        return False
    return True
