"""The lists of items that pages and the API begin with."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import connections
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from alliance.kernel.arrays import one_of
from alliance.kernel.tenancy import database_alias, require_organization_id
from partners.catalogue.columns import owner_word
from partners.catalogue.domain.search import query_of
from partners.catalogue.models import Item, ItemVisibility

MOST_FOUND: Final = 5_000
_SEARCH: Final = "SELECT partners_search_items(%s, %s)"
_OWNERS: Final = "SELECT id, name FROM partners_offering_owners()"


def own_items() -> QuerySet[Item]:
    """The items of the scope's organization."""
    return Item.objects.filter(organization_id=require_organization_id())


def offered_items() -> QuerySet[Item]:
    """The published items that others show to the scope's organization."""
    return Item.objects.filter(shown_as__in=one_of(visible_to_me()))


def visible_to_me() -> list[UUID]:
    """The visibilities of others that let the scope's organization in."""
    rows = ItemVisibility.objects.filter(viewers__organization_id=require_organization_id())
    return list(rows.exclude(organization_id=require_organization_id()).values_list("pk", flat=True))


def offering_owners() -> dict[UUID, str]:
    """The other organizations that offer something to the scope's organization, by name, with their names."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_OWNERS)
        return dict(cursor.fetchall())


def searched(items: QuerySet[Item], text: str, *, owner_ids: Iterable[UUID]) -> QuerySet[Item]:
    """Those of `items` that have every word of `text`, at most the newest `MOST_FOUND`; all when it has no word.

    `owner_ids` are the owners whose items these are: the index is asked for theirs alone.
    """
    if not (query := query_of(text)):
        return items
    owners = " | ".join(f"'{owner_word(owner_id)}'" for owner_id in owner_ids)
    if not owners:
        return items.none()
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_SEARCH, [f"({owners}) & {query}", MOST_FOUND])
        found = [row[0] for row in cursor.fetchall()]
    return items.filter(pk__in=one_of(found))


def available_now() -> Q:
    """Items that can be had at this moment."""
    return (
        (Q(available_from__isnull=True) | Q(available_from__lte=Now()))
        & (Q(available_until__isnull=True) | Q(available_until__gt=Now()))
        & ~Q(stock=0)
    )
