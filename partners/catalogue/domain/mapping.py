"""How to read a file of items: which column holds what, and what holds where the file says nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from partners.catalogue.domain.items import ItemKind, ItemStatus, is_currency
from partners.catalogue.domain.visibility import Reach, Visibility

SCHEMA: Final = 1
ROLES: Final = (
    *("code", "kind", "title_zh", "title_en", "description_zh", "description_en", "category", "tags"),
    *("price", "price_minor", "currency", "image_urls", "page_url", "available_from", "available_until", "stock"),
    *("level", "duration_minutes", "brand", "minimum_age", "licence", "disclosure_zh", "disclosure_en"),
    *("status", "attributes"),
)
ATTRIBUTE_PREFIXES: Final = ("attribute:", "attribute.", "属性：", "属性:")
DECIMAL_MARKS: Final = (".", ",")
NEW_STATUSES: Final = (ItemStatus.DRAFT, ItemStatus.PUBLISHED)

# Names of columns as files have them, without spaces and capitals, the likeliest first.
COMMON_NAMES: Final = MappingProxyType(
    {
        "code": (
            "code",
            "itemcode",
            "sku",
            "id",
            "itemid",
            "productid",
            "商品编码",
            "商品编号",
            "编码",
            "货号",
            "编号",
        ),
        "title_zh": (
            "titlezh",
            "titleinchinese",
            "chinesetitle",
            "titlechinese",
            "中文标题",
            "标题",
            "商品名称",
            "名称",
            "品名",
        ),
        "title_en": (
            "titleen",
            "titleinenglish",
            "englishtitle",
            "titleenglish",
            "title",
            "name",
            "productname",
            "英文标题",
            "英文名称",
        ),
        "kind": ("kind", "itemkind", "producttype", "type", "商品类型", "类型"),
        "description_zh": (
            "descriptionzh",
            "descriptioninchinese",
            "chinesedescription",
            "中文介绍",
            "商品介绍",
            "介绍",
            "描述",
            "详情",
        ),
        "description_en": (
            "descriptionen",
            "descriptioninenglish",
            "englishdescription",
            "description",
            "summary",
            "英文介绍",
        ),
        "category": ("category", "categorykey", "类目", "分类", "商品分类"),
        "tags": ("tags", "tag", "keywords", "labels", "标签", "关键词"),
        "price": ("price", "unitprice", "listprice", "saleprice", "价格", "售价", "单价"),
        "price_minor": ("priceminor", "priceincents", "价格分"),
        "currency": ("currency", "currencycode", "币种", "货币"),
        "image_urls": ("imageurls", "images", "imagelink", "imageurl", "image", "图片", "图片链接", "主图"),
        "page_url": ("pageurl", "pageoftheitem", "link", "url", "productlink", "商品链接", "商品页面", "链接"),
        "available_from": (
            "availablefrom",
            "availabilitydate",
            "startson",
            "from",
            "开始供应时间",
            "上架时间",
            "开始时间",
        ),
        "available_until": (
            *("availableuntil", "nolongeravailablefrom", "expirationdate", "endson", "until"),
            *("停止供应时间", "下架时间", "结束时间"),
        ),
        "stock": ("stock", "quantity", "inventory", "库存", "库存数量"),
        "level": ("level", "difficulty", "难度", "级别"),
        "duration_minutes": ("durationminutes", "durationinminutes", "duration", "minutes", "时长分钟", "时长"),
        "brand": ("brand", "instructor", "instructororbrand", "author", "讲师或品牌", "品牌", "讲师", "作者"),
        "minimum_age": ("minimumage", "minage", "age", "最低年龄", "年龄限制"),
        "licence": ("licence", "license", "licencenumber", "许可证号", "资质编号"),
        "disclosure_zh": ("disclosurezh", "disclosureinchinese", "中文披露声明", "披露声明", "风险提示"),
        "disclosure_en": ("disclosureen", "disclosureinenglish", "disclosure", "英文披露声明"),
        "status": ("status", "state", "状态"),
        "attributes": ("attributes", "properties", "其他属性", "属性"),
    }
)


class ItemMappingError(ValueError):
    """The mapping can't be used. `field` names the input, `code` the reason."""

    def __init__(self, code: str, field_name: str) -> None:
        self.code = code
        self.field = field_name
        super().__init__(f"{field_name}: {code}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMapping:
    """Column names by role, and the rules.

    `attribute_columns` become properties under the rest of their names. `default_kind` and `default_currency` hold where
    a row says none. Times without an offset are on the clock of `time_zone`. New items become `new_status`, seen by
    `reach` in the alliances named; with `archive_missing`, items that the file does not name are archived.
    """

    columns: Mapping[str, str]
    attribute_columns: tuple[str, ...] = ()
    default_kind: str = ""
    default_currency: str = ""
    decimal_mark: str = "."
    time_zone: str = "UTC"
    new_status: str = ItemStatus.DRAFT.value
    reach: str = Reach.PRIVATE.value
    alliance_ids: tuple[str, ...] = field(default_factory=tuple)
    archive_missing: bool = False

    def __post_init__(self) -> None:
        _check_columns(self.columns, self.default_kind)
        _check_one_of(self.default_kind, ("", *ItemKind), "kind_unknown", "default_kind")
        _check_one_of(self.decimal_mark, DECIMAL_MARKS, "decimal_mark_unknown", "decimal_mark")
        _check_one_of(self.new_status, NEW_STATUSES, "status_unknown", "new_status")
        _check_one_of(self.reach, tuple(Reach), "reach_unknown", "visibility")
        if self.default_currency and not is_currency(self.default_currency):
            raise ItemMappingError("currency_unknown", "default_currency")
        try:
            ZoneInfo(self.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ItemMappingError("time_zone_unknown", "time_zone") from error

    @property
    def visibility(self) -> Visibility:
        """Who sees new items."""
        return Visibility(Reach(self.reach), tuple(UUID(alliance_id) for alliance_id in self.alliance_ids)).tidy()

    def missing_in(self, header: Sequence[str]) -> tuple[str, ...]:
        """The columns that a file with this header lacks."""
        return tuple(name for name in (*self.columns.values(), *self.attribute_columns) if name not in header)

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {"schema": SCHEMA} | asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Self:
        """The mapping of a stored form; raises `ItemMappingError` when it is not one."""
        if stored.get("schema") != SCHEMA:
            raise ItemMappingError("unknown_schema", "schema")
        known = {n: v for n, v in stored.items() if n in cls.__dataclass_fields__}
        values = {n: tuple(v) if isinstance(v, list) else v for n, v in known.items()}
        try:
            return cls(**values)  # type: ignore[arg-type]
        except TypeError as error:
            raise ItemMappingError("malformed", "mapping") from error


def attribute_columns(header: Sequence[str]) -> tuple[str, ...]:
    """The columns that name a property: `attribute:colour`, `属性:颜色`."""
    return tuple(name for name in header if attribute_name(name))


def attribute_name(column: str) -> str:
    """`colour` of `attribute:colour`; empty for any other column."""
    prefix = next((prefix for prefix in ATTRIBUTE_PREFIXES if column.lower().startswith(prefix)), None)
    return "" if prefix is None else column[len(prefix) :].strip()


def _check_columns(columns: Mapping[str, str], default_kind: str) -> None:
    if not set(columns) <= set(ROLES):
        raise ItemMappingError("malformed", "mapping")
    if "code" not in columns:
        raise ItemMappingError("column_missing", "code")
    if not ({"title_zh", "title_en"} & set(columns)):
        raise ItemMappingError("title_column_missing", "title_zh")
    if "kind" not in columns and not default_kind:
        raise ItemMappingError("kind_missing", "default_kind")


def _check_one_of(value: str, allowed: Sequence[str], code: str, field_name: str) -> None:
    if value not in allowed:
        raise ItemMappingError(code, field_name)
