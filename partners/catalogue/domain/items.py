"""What an item is, and everything that can be wrong with one."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from alliance.kernel.money import UnknownCurrencyError, exponent

MAX_CODE: Final = 80
MAX_TITLE: Final = 200
MAX_DESCRIPTION: Final = 10_000
MAX_TAGS: Final = 20
MAX_TAG: Final = 40
MAX_IMAGES: Final = 10
MAX_URL: Final = 500
MAX_BRAND: Final = 120
MAX_LICENCE: Final = 120
MAX_DISCLOSURE: Final = 2_000
MAX_ATTRIBUTES: Final = 30
MAX_ATTRIBUTE_NAME: Final = 40
MAX_ATTRIBUTE_VALUE: Final = 200
MAX_PRICE: Final = 10**14  # minor units
MAX_STOCK: Final = 10**9
MAX_DURATION: Final = 10 * 366 * 24 * 60  # minutes of ten years
MAX_AGE: Final = 120
MAX_NUMBER: Final = 2**53  # what JSON carries exactly everywhere

Scalar = str | int | float | bool


class ItemKind(StrEnum):
    """What sort of thing is offered."""

    COURSE = "course"
    LECTURE = "lecture"
    LIVE_EVENT = "live_event"
    MEMBERSHIP = "membership"
    PUBLICATION = "publication"
    PHYSICAL_GOOD = "physical_good"
    SERVICE = "service"
    TRAVEL = "travel"
    PROPERTY = "property"
    FINANCIAL_PRODUCT = "financial_product"
    MEDICINE = "medicine"


REGULATED: Final = frozenset({ItemKind.FINANCIAL_PRODUCT, ItemKind.MEDICINE})


class ItemStatus(StrEnum):
    """Where an item stands. Only published items are seen by anybody but their owner."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class ItemLevel(StrEnum):
    """For whom it is; empty when that is no question."""

    NONE = ""
    BEGINNER = "beginner"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class ItemIssue(NamedTuple):
    """One thing that is wrong: the field (`image_urls`), and a stable code of the reason."""

    field: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """An item as somebody wants it. Texts are trimmed; `draft_of` makes one of loose values.

    `code` is the owner's own and names the item everywhere. `category` is the key of a category or empty. The price is in
    the minor unit of `currency`; both are left out together. `image_urls` and `page_url` are https. The item is
    available over the half-open `[available_from, available_until)`, each end open when None; `stock` None is
    unlimited. `duration_minutes` and `minimum_age` are whole numbers.
    """

    code: str
    kind: str
    title_zh: str = ""
    title_en: str = ""
    description_zh: str = ""
    description_en: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    price_minor: int | None = None
    currency: str = ""
    image_urls: tuple[str, ...] = ()
    page_url: str = ""
    available_from: datetime | None = None
    available_until: datetime | None = None
    stock: int | None = None
    level: str = ""
    duration_minutes: int | None = None
    brand: str = ""
    minimum_age: int | None = None
    licence: str = ""
    disclosure_zh: str = ""
    disclosure_en: str = ""
    attributes: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def has_disclosure(self) -> bool:
        """Whether it says, in either language, what the law wants said."""
        return bool(self.disclosure_zh or self.disclosure_en)

    @property
    def is_regulated(self) -> bool:
        """Whether its kind may be published with a disclosure only."""
        return self.kind in REGULATED


PLAIN_FIELDS: Final = (  # a column of the same name holds the same value
    *("code", "kind", "title_zh", "title_en", "description_zh", "description_en", "price_minor", "currency"),
    *("page_url", "available_from", "available_until", "stock", "level", "duration_minutes", "brand"),
    *("minimum_age", "licence", "disclosure_zh", "disclosure_en"),
)
TEXTS: Final[Mapping[str, int]] = {
    "code": MAX_CODE,
    "title_zh": MAX_TITLE,
    "title_en": MAX_TITLE,
    "description_zh": MAX_DESCRIPTION,
    "description_en": MAX_DESCRIPTION,
    "page_url": MAX_URL,
    "brand": MAX_BRAND,
    "licence": MAX_LICENCE,
    "disclosure_zh": MAX_DISCLOSURE,
    "disclosure_en": MAX_DISCLOSURE,
}
_NUMBERS: Final[Mapping[str, int]] = {
    "price_minor": MAX_PRICE,
    "stock": MAX_STOCK,
    "duration_minutes": MAX_DURATION,
    "minimum_age": MAX_AGE,
}
_KINDS: Final = frozenset(ItemKind)
_LEVELS: Final = frozenset(ItemLevel)
_ODD: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HTTPS: Final = re.compile(r"https://[^\s/?#@\\]+(?:[/?#]\S*)?", re.IGNORECASE)


def draft_of(values: Mapping[str, object]) -> ItemDraft:
    """A draft of loose values: texts trimmed, tags and images each once, currency in capitals, no currency without a price."""
    tidy: dict[str, object] = {n: v.strip() if isinstance(v, str) else v for n, v in values.items()}
    for name in ("tags", "image_urls"):
        listed = tidy.get(name) or ()
        assert isinstance(listed, Sequence)
        tidy[name] = tuple(dict.fromkeys(text for part in listed if (text := str(part).strip())))
    has_price = tidy.get("price_minor") is not None
    tidy["currency"] = str(tidy.get("currency") or "").upper() if has_price else ""
    return ItemDraft(**tidy)  # type: ignore[arg-type]


def issues_of(draft: ItemDraft, *, categories: Callable[[str], bool] = lambda _key: True) -> tuple[ItemIssue, ...]:
    """Everything that is wrong with a draft, in a fixed order; `categories` says whether a key is one."""
    return tuple(
        ItemIssue(name, code)
        for name, code in (
            *_wrong_texts(draft),
            *_wrong_choices(draft, categories),
            *_wrong_lists(draft),
            *_wrong_numbers(draft),
            *_wrong_attributes(draft.attributes),
        )
    )


def publishing_issues(draft: ItemDraft) -> tuple[ItemIssue, ...]:
    """What keeps a sound draft from being published: financial products and medicine say what the law wants said."""
    if draft.is_regulated and not draft.has_disclosure:
        return (ItemIssue("disclosure_zh", "disclosure_missing"),)
    return ()


def is_https(url: str) -> bool:
    """Whether this is an https address without a login in it."""
    return _HTTPS.fullmatch(url) is not None


def _wrong_texts(draft: ItemDraft) -> Iterator[tuple[str, str]]:
    if not draft.code:
        yield "code", "missing"
    if not (draft.title_zh or draft.title_en):
        yield "title_zh", "title_missing"
    for name, limit in TEXTS.items():
        text: str = getattr(draft, name)
        if len(text) > limit:
            yield name, "too_long"
        elif text and _ODD.search(text):
            yield name, "odd_characters"
    if draft.page_url and not is_https(draft.page_url):
        yield "page_url", "not_https"


def _wrong_choices(draft: ItemDraft, categories: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    if draft.kind not in _KINDS:
        yield "kind", "not_a_kind" if draft.kind else "missing"
    if draft.category and not categories(draft.category):
        yield "category", "not_a_category"
    if draft.level not in _LEVELS:
        yield "level", "not_a_level"
    if draft.price_minor is not None and not is_currency(draft.currency):
        yield "currency", "not_a_currency" if draft.currency else "missing"


def _wrong_lists(draft: ItemDraft) -> Iterator[tuple[str, str]]:
    if len(draft.tags) > MAX_TAGS:
        yield "tags", "too_many"
    if any(len(tag) > MAX_TAG for tag in draft.tags):
        yield "tags", "too_long"
    if _has_odd(draft.tags):
        yield "tags", "odd_characters"
    if len(draft.image_urls) > MAX_IMAGES:
        yield "image_urls", "too_many"
    if any(len(url) > MAX_URL for url in draft.image_urls):
        yield "image_urls", "too_long"
    if not all(is_https(url) for url in draft.image_urls) or _has_odd(draft.image_urls):
        yield "image_urls", "not_https"


def _wrong_numbers(draft: ItemDraft) -> Iterator[tuple[str, str]]:
    for name, most in _NUMBERS.items():
        value: int | None = getattr(draft, name)
        if value is not None and not 0 <= value <= most:
            yield name, "negative" if value < 0 else "too_large"
    starts, ends = draft.available_from, draft.available_until
    if starts is not None and ends is not None and ends <= starts:
        yield "available_until", "empty_window"


def _wrong_attributes(attributes: Mapping[str, Scalar]) -> Iterator[tuple[str, str]]:
    if len(attributes) > MAX_ATTRIBUTES:
        yield "attributes", "too_many"
    if any(not 0 < len(name) <= MAX_ATTRIBUTE_NAME or _ODD.search(name) for name in attributes):
        yield "attributes", "attribute_name"
    if not all(_is_scalar(value) for value in attributes.values()):
        yield "attributes", "attribute_value"


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_ATTRIBUTE_VALUE and _ODD.search(value) is None
    if isinstance(value, bool):
        return True
    return isinstance(value, int | float) and -MAX_NUMBER <= value <= MAX_NUMBER


def _has_odd(texts: Iterable[str]) -> bool:
    return any(_ODD.search(text) for text in texts)


def is_currency(code: str) -> bool:
    """Whether prices can be counted in it."""
    try:
        exponent(code)
    except UnknownCurrencyError:
        return False
    return True
