"""Cells of lists: written by their own template or by the library, and always escaped."""

import django_tables2 as tables
from django.template import Context, Template

from alliance.kernel.http.columns import CompiledColumn


class _Table(tables.Table):
    name = tables.Column(attrs={"td": {"class": "name"}})
    shown = CompiledColumn("{{ record.name }} of {{ page }}", attrs={"td": {"data-x": '"'}})
    linked = CompiledColumn("{{ record.name }}", linkify=lambda record: f"/{record['place']}/")
    place = tables.Column()
    missing = tables.Column()

    def render_place(self, value):
        return f"<{value}>"


def _rows(records, rf):
    table = _Table(records, template_name="portal/table.html")
    context = Context({"table": table, "page": "<page>", "request": rf.get("/")})
    html = Template("{% load django_tables2 %}{% render_table table %}").render(context)
    return html.partition("<tbody")[2].partition("</tbody>")[0]


def test_each_way_of_writing_a_cell_escapes_it(rf):
    body = _rows([{"name": "<b>", "place": 1}, {"name": "second", "place": 1234}], rf)
    first, second = body.split("<tr ")[1:]
    assert '<td class="name">&lt;b&gt;</td>' in first
    assert '<td data-x="&quot;">&lt;b&gt; of &lt;page&gt;</td>' in first
    assert '<a href="/1/">&lt;b&gt;</a>' in first
    assert ">&lt;1&gt;</td>" in first
    assert ">—</td>" in first
    assert 'class="name">second</td>' in second
    assert "&lt;1234&gt;" in second


def test_a_list_without_rows_says_so(rf):
    assert '<p class="nothing-title">Nothing matches.</p>' in _rows([], rf)
