"""Words of settlements in templates."""

from collections.abc import Mapping
from uuid import UUID

from django import template
from django.utils.translation import gettext_lazy as _

from settlements.forms import KINDS
from settlements.ledger.models import ACCOUNT_KINDS

register = template.Library()
_KINDS = dict(KINDS)
_ACCOUNTS = dict(ACCOUNT_KINDS)


@register.filter
def conversion_kind(kind: str) -> str:
    """The word for sale, refund or adjustment."""
    return str(_KINDS.get(kind, kind))


@register.filter
def account_kind(kind: str) -> str:
    """The word for a kind of account."""
    return str(_ACCOUNTS.get(kind, kind))


_POLICIES = {
    "largest_remainder": _("to the largest fractions, ties to the earlier party"),
    "first_in_order": _("one unit each, in the order of the parties"),
    "platform_keeps": _("to the host platform"),
    "partner_favoured": _("to the partners first"),
    "quota_method": _("by the quota method: no share shrinks while the amount grows"),
    "suspense": _("to nobody: it is kept apart"),
}


@register.filter
def remainder_policy(policy: str) -> str:
    """The rule for what exact shares leave over, in words."""
    return str(_POLICIES.get(policy, policy))


@register.filter
def negated(amount_minor: int) -> int:
    """The amount with the other sign."""
    return -amount_minor


@register.filter
def named(names: Mapping[UUID, str], key: UUID) -> str:
    """The name that belongs to an id."""
    return names.get(key, "")
