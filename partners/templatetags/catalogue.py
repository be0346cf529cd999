"""Words and signs of the catalogue in templates."""

from types import MappingProxyType
from typing import Final

from django import template

from alliance.kernel.spreadsheets.problems import FileRefusedError
from partners.catalogue.domain.items import ItemKind
from partners.catalogue.feeds.words import INTERVAL_NAMES, failure_sentence
from partners.catalogue.sentences import ISSUES, KIND_NAMES, REACH_NAMES, REASON_NAMES, STATUS_NAMES

register = template.Library()
_ICONS: Final = MappingProxyType(
    {
        ItemKind.COURSE: "graduation-cap",
        ItemKind.LECTURE: "mic-vocal",
        ItemKind.LIVE_EVENT: "radio",
        ItemKind.MEMBERSHIP: "id-card",
        ItemKind.PUBLICATION: "book-open",
        ItemKind.PHYSICAL_GOOD: "package",
        ItemKind.SERVICE: "wrench",
        ItemKind.TRAVEL: "plane",
        ItemKind.PROPERTY: "house",
        ItemKind.FINANCIAL_PRODUCT: "landmark",
        ItemKind.MEDICINE: "pill",
    }
)


@register.filter
def kind_icon(kind: str) -> str:
    """The icon of a kind."""
    return _ICONS.get(ItemKind(kind), "package") if kind in set(ItemKind) else "package"


@register.filter
def reach_name(reach: str) -> str:
    """How far an item is shown, in words."""
    return str(REACH_NAMES.get(reach, reach))


@register.filter
def display_reason(reason: str) -> str:
    """Why an item may be shown, or not."""
    return str(REASON_NAMES.get(reason, reason))


@register.filter
def kind_name(kind: str) -> str:
    """A kind of item, in words."""
    return str(KIND_NAMES.get(kind, kind))


@register.filter
def item_status_name(status: str) -> str:
    """The status of an item, in words."""
    return str(STATUS_NAMES.get(status, status))


@register.filter
def item_issue(code: str) -> str:
    """The reason why a row was not taken."""
    return str(ISSUES.get(code, code))


@register.filter
def feed_interval(hours: int) -> str:
    """How often a feed is fetched, in words."""
    return str(INTERVAL_NAMES.get(hours, hours))


@register.simple_tag
def feed_failure(code: str, where: str = "") -> str:
    """What went wrong with a fetch, in the language of the page."""
    return failure_sentence(code, where)


@register.simple_tag
def item_file_problem(code: str, where: str = "") -> str:
    """What is wrong with a whole file, in the language of the page."""
    return FileRefusedError.said(code, where)
