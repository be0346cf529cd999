"""Words for the codes that imports speak in."""

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from django import template
from django.utils.functional import Promise

from campaigns.models import OrderKind, RowIssue
from campaigns.readers.problems import OrderFileError

register = template.Library()


@register.filter
def row_issue(code: str) -> str | Promise:
    """The reason why a row was not taken."""
    return RowIssue(code).label if code in RowIssue.values else code


@register.filter
def order_kind(code: str) -> str | Promise:
    """Sale, refund or adjustment."""
    return OrderKind(code).label if code in OrderKind.values else code


@register.simple_tag
def file_problem(code: str, where: str = "") -> str:
    """What is wrong with a whole file, in the language of the page."""
    return OrderFileError.said(code, where)


@register.filter
def plain_number(value: Decimal | str) -> str:
    """A quantity or unit price without the zeros that its column pads it with: 2.550000 is 2.55."""
    try:
        return format(Decimal(value).normalize(), "f")
    except InvalidOperation:
        return str(value)


@register.filter
def instant(text: str) -> datetime:
    """An ISO instant of a stored preview."""
    return datetime.fromisoformat(text).astimezone(UTC)
