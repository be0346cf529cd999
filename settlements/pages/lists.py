"""What every list of settlements does: sort, page, and keep both in the address."""

from django.core.paginator import EmptyPage, PageNotAnInteger
from django.http import HttpRequest
from django_tables2 import RequestConfig, Table

PER_PAGE = 50


def paged(request: HttpRequest, table: Table) -> Table:
    """The table sorted and paged by the query string; a page that does not exist shows the last one."""
    try:
        RequestConfig(request, paginate={"per_page": PER_PAGE, "silent": True}).configure(table)
    except (EmptyPage, PageNotAnInteger):
        table.paginate(page=1, per_page=PER_PAGE)
    return table
