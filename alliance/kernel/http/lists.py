"""What every list of the portal does: sort, page, and keep both in the address."""

from typing import Final

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django_tables2 import RequestConfig, Table

PER_PAGE: Final = 50
MOST_PER_PAGE: Final = 1_000
COUNTED_ROWS: Final = 100_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # generic to the checker only
    """Pages of 1 to `MOST_PER_PAGE` rows, whatever `per_page` in the address asks for."""

    def __init__(self, object_list: object, per_page: int, **options: object) -> None:
        super().__init__(object_list, min(max(int(per_page), 1), MOST_PER_PAGE), **options)  # type: ignore[arg-type]


class CappedPaginator(BoundedPaginator):
    """Counts to `COUNTED_ROWS` and no further: a list of millions opens as fast as one of thousands."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNTED_ROWS].values("pk").count()
        return len(rows)


class CountedPaginator(BoundedPaginator):
    """For a page that has counted its rows already, with their sums."""

    def __init__(self, object_list: object, per_page: int, *, rows: int, **options: object) -> None:
        super().__init__(object_list, per_page, **options)
        self._rows = rows

    @property
    def count(self) -> int:
        return self._rows


def paged(
    request: HttpRequest,
    table: Table,
    *,
    per_page: int = PER_PAGE,
    paginator_class: type[BoundedPaginator] = BoundedPaginator,
    rows: int | None = None,
) -> Table:
    """The table sorted and paged by the query string; a page that does not exist shows the last one.

    `rows` saves counting them where the caller knows.
    """
    paginate = {"per_page": per_page, "silent": True, "paginator_class": paginator_class}
    if rows is not None:
        paginate |= {"paginator_class": CountedPaginator, "rows": rows}
    RequestConfig(request, paginate=paginate).configure(table)
    return table


def paged_long(request: HttpRequest, table: Table) -> Table:
    """As `paged`, for lists that may hold millions: with a count that stops at `COUNTED_ROWS`."""
    return paged(request, table, paginator_class=CappedPaginator)


def is_capped(table: Table) -> bool:
    """Whether more rows match than were counted."""
    return bool(table.page and table.page.paginator.count >= COUNTED_ROWS)
