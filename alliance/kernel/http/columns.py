"""A table column written as a template, compiled once for each process instead of once for each cell; and the rows of such tables."""

from collections.abc import Callable
from functools import cache
from typing import Any

import django_tables2 as tables
from django.template import Context, Template
from django.template.base import render_value_in_context
from django.utils.safestring import SafeString


@cache
def _compiled(code: str) -> Template:
    """Outside the column, because a table copies its columns deeply whenever it is made."""
    return Template(code)


class CompiledColumn(tables.TemplateColumn):  # type: ignore[misc]  # django-tables2 has no types
    """As `TemplateColumn` with `template_code`. A page of fifty rows renders some ten times faster."""

    def render(self, record: Any, table: Any, value: Any, bound_column: Any, **kwargs: Any) -> SafeString:
        parent = getattr(table, "context", None) or Context()
        values = self.get_context_data(record=record, table=table, value=value, bound_column=bound_column, **kwargs)
        with parent.update({"request": getattr(table, "request", None)} | values):
            return _compiled(self._code).render(parent)

    @property
    def _code(self) -> str:
        """The template; one that is named is included, which Django's loader keeps compiled."""
        return self.template_code or f'{{% include "{self.template_name}" %}}'

    def in_row(self, context: Context) -> SafeString:
        """The cell, in a context that knows the row's `record` already."""
        return _compiled(self._code).render(context)


def body_rows(table: tables.Table) -> SafeString:
    """The rows of one page of a table as HTML, while `render_table` renders it in the context of the portal's page.

    As the library's own loop over rows and cells, which asks anew for each cell what its function takes and what its element
    is called: half of a list's time. So what an element is called may not depend on the row, and a template knows the `record`
    and the page, but not the column.
    """
    context: Context = table.context  # which the library lends to the table for so long
    cells = [(f"<td {column.attrs['td'].as_html()}>", _way_of(column)) for column in table.columns]
    rows = []
    for row in table.paginated_rows:
        with context.update({"record": row.record, "table": table}):
            rows.append(f"<tr {row.attrs.as_html()}>")
            rows += [f"{opening}{render(row, context)}</td>" for opening, render in cells]
            rows.append("</tr>\n")
    return SafeString("".join(rows))


def _way_of(column: tables.columns.BoundColumn) -> Callable[[Any, Context], str]:
    """How a column's cells are written: by its template where it has one, else as the library does it."""
    own, name = column.column, column.name
    if getattr(column.render, "__func__", None) is CompiledColumn.render and not column.link:
        return lambda _row, context: own.in_row(context)
    return lambda row, context: render_value_in_context(row.get_cell(name), context)
