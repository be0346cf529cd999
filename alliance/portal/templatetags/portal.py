"""Tags that every page of the portal may use: icons, times, links that keep the query, blocks said twice."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import cast
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_skeleton
from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.loader_tags import BLOCK_CONTEXT_KEY, BlockContext
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_tables2 import Table
from lucide.templatetags.lucide import lucide

from alliance.kernel.http.columns import body_rows
from alliance.kernel.system_labels import shown_label
from alliance.portal.templatetags.money import babel_locale

register = template.Library()
SHOWN_CELLS = 8
SHOWN_LENGTH = 120

register.filter("who", shown_label)


@register.simple_tag
@cache
def icon(name: str, size: int = 20, css: str = "") -> SafeString:
    """A decorative lucide icon; assistive technology doesn't see it, so text must stand beside it.

    Drawn once for each process: a page shows some thirty, and drawing them took a fifth of its time.
    """
    attributes = {"class": f"icon {css}".strip(), "aria-hidden": "true", "focusable": "false"}
    return SafeString(lucide(name, size=size, **attributes))


def _zone(context: Context) -> str:
    shell = context.get("shell")
    organization = getattr(shell, "organization", None)
    return str(organization.time_zone) if organization else "UTC"


@register.simple_tag(takes_context=True)
def local_time(context: Context, instant: datetime | None, zone: str = "", style: str = "medium") -> SafeString | str:
    """An instant on the clock of `zone` (the organization's unless given), with the ISO form and zone in the title."""
    if instant is None:
        return "–"
    name = zone or _zone(context)
    local = instant.astimezone(ZoneInfo(name))
    shown = format_datetime(local, format=style, locale=babel_locale())
    return format_html('<time datetime="{}" title="{} {}">{}</time>', local.isoformat(), local.isoformat(), name, shown)


@register.simple_tag(takes_context=True)
def local_day(
    context: Context, instant: datetime | date | None, zone: str = "", style: str = "medium"
) -> SafeString | str:
    """The calendar day of an instant in `zone` (the organization's unless given); a plain date is shown as it is."""
    if instant is None:
        return "–"
    if isinstance(instant, datetime):
        instant = instant.astimezone(ZoneInfo(zone or _zone(context))).date()
    return format_html(
        '<time datetime="{0}" title="{0}">{1}</time>',
        instant.isoformat(),
        format_date(instant, format=style, locale=babel_locale()),
    )


def _first_of(month: date | str) -> date:
    return date.fromisoformat(f"{month}-01") if isinstance(month, str) else month


@register.filter
def month_name(value: date | str) -> str:
    """A month as people say it: "2011-12" or any day of it is "December 2011" or "2011年12月"."""
    day = _first_of(value)
    return str(format_skeleton("yMMMM", day, locale=babel_locale()))


@register.filter
def short_month(value: date | str) -> str:
    """A month in little room: "Dec 2011" or "2011年12月"."""
    day = _first_of(value)
    return str(format_skeleton("yMMM", day, locale=babel_locale()))


@register.filter
def day_name(value: date | str) -> str:
    """A calendar day, or its ISO form, as people write it in the language of the page."""
    day = date.fromisoformat(value) if isinstance(value, str) else value
    return str(format_date(day, format="medium", locale=babel_locale()))


@register.filter
def cells_shown(cells: Sequence[str]) -> str:
    """The first cells of a row, parted by bars and cut to a readable length."""
    text = " | ".join(str(cell) for cell in cells[:SHOWN_CELLS])
    return text if len(text) <= SHOWN_LENGTH and len(cells) <= SHOWN_CELLS else f"{text[:SHOWN_LENGTH]} …"


@register.simple_tag
def table_rows(table: Table) -> SafeString:
    """The rows of one page of a table."""
    return body_rows(table)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The page's query string with `changes` applied; `None` or "" drops a key. Always starts with "?"."""
    request = cast("HttpRequest", context["request"])
    values = request.GET.copy()
    for key, value in changes.items():
        if value is None or value == "":
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}"


@register.simple_tag(takes_context=True)
def block_again(context: Context, name: str) -> SafeString | str:
    """The rendered block `name` once more: a page's title is also its heading."""
    blocks = cast("BlockContext | None", context.render_context.get(BLOCK_CONTEXT_KEY))
    block = blocks.get_block(name) if blocks else None
    return SafeString(block.render(context).strip()) if block else ""
