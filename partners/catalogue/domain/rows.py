"""One row of a file as an item, or the reasons why it is none."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from alliance.kernel.money import exponent
from alliance.kernel.spreadsheets.cells import EXACT, CellRefusedError, RowError, parse_number
from alliance.kernel.spreadsheets.json_rows import RefusedLine
from partners.catalogue.domain.items import ItemDraft, ItemKind, ItemLevel, ItemStatus, Scalar, draft_of, is_currency
from partners.catalogue.domain.mapping import ItemMapping, attribute_name
from partners.catalogue.domain.written import PropertyLineError, split_properties, split_tags

KIND_WORDS: Final = MappingProxyType(
    {
        ItemKind.COURSE: ("course", "课程"),
        ItemKind.LECTURE: ("lecture", "讲座"),
        ItemKind.LIVE_EVENT: ("live event", "live", "直播活动", "直播"),
        ItemKind.MEMBERSHIP: ("membership", "会员"),
        ItemKind.PUBLICATION: ("publication", "book", "book or publication", "图书与出版物", "图书"),
        ItemKind.PHYSICAL_GOOD: ("physical good", "good", "product", "实物商品", "实物", "商品"),
        ItemKind.SERVICE: ("service", "服务"),
        ItemKind.TRAVEL: ("travel", "trip", "旅行", "旅游"),
        ItemKind.PROPERTY: ("property", "房产"),
        ItemKind.FINANCIAL_PRODUCT: ("financial product", "finance", "金融产品", "金融"),
        ItemKind.MEDICINE: ("medicine", "药品"),
    }
)
STATUS_WORDS: Final = MappingProxyType(
    {
        ItemStatus.DRAFT: ("draft", "草稿"),
        ItemStatus.PUBLISHED: ("published", "active", "已发布", "发布", "上架"),
        ItemStatus.ARCHIVED: ("archived", "inactive", "已归档", "归档", "下架"),
    }
)
LEVEL_WORDS: Final = MappingProxyType(
    {
        ItemLevel.BEGINNER: ("beginner", "入门", "初级"),
        ItemLevel.INTERMEDIATE: ("intermediate", "中级"),
        ItemLevel.ADVANCED: ("advanced", "进阶", "高级"),
    }
)
_KINDS: Final = {word: kind.value for kind, words in KIND_WORDS.items() for word in (kind.value, *words)}
_STATUSES: Final = {word: status.value for status, words in STATUS_WORDS.items() for word in words}
_LEVELS: Final = {word: level.value for level, words in LEVEL_WORDS.items() for word in words}
_TEXTS: Final = (
    *("code", "title_zh", "title_en", "description_zh", "description_en", "page_url", "brand", "licence"),
    *("disclosure_zh", "disclosure_en"),
)
_WHOLE: Final = ("stock", "duration_minutes", "minimum_age", "price_minor")
_IN_PRICE: Final = re.compile(r"([A-Za-z]{3})?\s*([^A-Za-z]*?)\s*([A-Za-z]{3})?")
_LONGEST_PRICE: Final = 40
_ADDRESSES: Final = re.compile(r"[\s|]+|,(?=https?:)", re.IGNORECASE)


class ParsedRow(NamedTuple):
    """One row as it is wanted; status None where the file says nothing of it."""

    draft: ItemDraft
    status: ItemStatus | None


class ItemRowParser:
    """Reads the rows of one file through one mapping. `categories` leads from keys and names, in small letters, to keys."""

    def __init__(self, mapping: ItemMapping, header: Sequence[str], categories: Mapping[str, str]) -> None:
        """`header` holds every column of the mapping; raises `ValueError` otherwise."""
        self._mapping = mapping
        self._categories = categories
        self._width = len(header)
        self._zone = ZoneInfo(mapping.time_zone)
        self._places = {role: header.index(column) for role, column in mapping.columns.items()}
        self._attributes = [(attribute_name(column), header.index(column)) for column in mapping.attribute_columns]
        readers: dict[str, Callable[[str], object]] = {
            "kind": self._kind,
            "category": self._category,
            "tags": _tags,
            "image_urls": _addresses,
            "available_from": self._time,
            "available_until": self._time,
            "level": _level,
            "status": _status,
            "attributes": _properties,
            **dict.fromkeys(_WHOLE, self._whole),
        }
        self._readers = [(role, place, readers[role]) for role, place in self._places.items() if role in readers]
        self._texts = [(role, place) for role, place in self._places.items() if role in _TEXTS]

    def code_of(self, cells: Sequence[str]) -> str:
        """The item code of a row; empty when there is none."""
        place = self._places["code"]
        return cells[place].strip() if place < len(cells) and not isinstance(cells, RefusedLine) else ""

    def column_of(self, field: str) -> str:
        """The column that holds a field of the draft; empty when none does."""
        role = "price" if field == "price_minor" and "price" in self._mapping.columns else field
        return self._mapping.columns.get(role, "")

    def parse(self, row: int, cells: Sequence[str]) -> ParsedRow | list[RowError]:
        """The item, or everything that can't be read in the row."""
        if isinstance(cells, RefusedLine):
            return [RowError(row, "", cells.code)]
        if len(cells) != self._width:
            return [RowError(row, "", "cell_count")]
        values: dict[str, object] = {"kind": self._mapping.default_kind}
        values |= {role: cells[place].strip() for role, place in self._texts}
        if errors := self._read_into(values, row, cells):
            return errors
        status = values.pop("status", None)
        return ParsedRow(draft_of(values), None if status is None else ItemStatus(str(status)))

    def _read_into(self, values: dict[str, object], row: int, cells: Sequence[str]) -> list[RowError]:
        """Fill in what is no plain text; the cells that can't be read."""
        errors: list[RowError] = []
        for role, place, read in self._readers:
            if text := cells[place].strip():
                try:
                    values[role] = read(text)
                except CellRefusedError as refusal:
                    errors.append(RowError(row, self._mapping.columns[role], refusal.code))
        try:
            self._price_into(values, cells)
        except CellRefusedError as refusal:
            errors.append(RowError(row, self._mapping.columns.get("price", ""), refusal.code))
        if self._attributes:
            named = {name: cells[place].strip() for name, place in self._attributes if cells[place].strip()}
            values["attributes"] = {**_object(values.get("attributes")), **named}
        return errors

    def _cell(self, cells: Sequence[str], role: str) -> str:
        place = self._places.get(role)
        return "" if place is None else cells[place].strip()

    def _price_into(self, values: dict[str, object], cells: Sequence[str]) -> None:
        """Fill in price and currency: of a price in minor units, or of one as people write it, `12.50 EUR` too."""
        currency = self._cell(cells, "currency") or self._mapping.default_currency
        text = self._cell(cells, "price")
        if text and "price_minor" not in values:
            match = _IN_PRICE.fullmatch(text) if len(text) <= _LONGEST_PRICE else None
            if match is None:
                raise CellRefusedError("not_a_number")
            currency = (match[1] or match[3] or currency).upper()
            if not is_currency(currency):
                raise CellRefusedError("not_a_currency")
            values["price_minor"] = _minor(self._number(match[2].strip("¥￥$€£ ")), currency)
        values["currency"] = currency

    def _number(self, text: str) -> Decimal:
        return parse_number(text, self._mapping.decimal_mark)

    def _whole(self, text: str) -> int:
        number = self._number(text)
        if number != number.to_integral_value():
            raise CellRefusedError("not_a_whole_number")
        return int(number)

    def _kind(self, text: str) -> str:
        return _KINDS.get(text.lower().replace("_", " "), _KINDS.get(text.lower(), text))

    def _category(self, text: str) -> str:
        """The key of a category; a text that is none is left for the rules to refuse."""
        return self._categories.get(text.lower(), text)

    def _time(self, text: str) -> datetime:
        try:
            moment = datetime.fromisoformat(text.replace("/", "-"))
        except ValueError as error:
            raise CellRefusedError("not_a_time") from error
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self._zone)
        try:
            return aware.astimezone(UTC)
        except OverflowError as error:
            raise CellRefusedError("not_a_time") from error


def _object(value: object) -> dict[str, Scalar]:
    return value if isinstance(value, dict) else {}


def _minor(amount: Decimal, currency: str) -> int:
    minor = amount.scaleb(exponent(currency), EXACT)
    if minor != minor.to_integral_value():
        raise CellRefusedError("too_precise")
    return int(minor)


def _level(text: str) -> str:
    return _LEVELS.get(text.lower(), text)


def _status(text: str) -> str:
    if (status := _STATUSES.get(text.lower())) is None:
        raise CellRefusedError("not_a_status")
    return status


def _json(text: str, opening: str) -> object:
    """What a cell that begins like JSON holds; `None` for any other."""
    if not text.startswith(opening):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _tags(text: str) -> tuple[str, ...]:
    found = _json(text, "[")
    return _texts_of(found) if isinstance(found, list) else split_tags(text)


def _addresses(text: str) -> tuple[str, ...]:
    found = _json(text, "[")
    return _texts_of(found) if isinstance(found, list) else tuple(_ADDRESSES.split(text))


def _texts_of(values: list[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values if isinstance(value, str | int))


def _properties(text: str) -> dict[str, Scalar]:
    found = _json(text, "{")
    if isinstance(found, dict):
        return found
    try:
        return split_properties(text)
    except PropertyLineError as error:
        raise CellRefusedError("not_properties") from error
