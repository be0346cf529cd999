"""Tables of the catalogue."""

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn

MONEY = {"th": {"class": "money"}, "td": {"class": "money"}}
NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}}


def cell(template: str, label: Any, **options: Any) -> CompiledColumn:
    """A column written as a template that knows the portal's and the catalogue's tags."""
    return CompiledColumn(
        "{% load i18n money portal catalogue %}" + template, verbose_name=label, **{"orderable": False} | options
    )


class ItemTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The organization's items."""

    title = cell('<a href="{% url "portal:item" record.pk %}">{{ record.title }}</a>', _("Item"))
    code = cell("{{ record.code }}", _("Item code"), orderable=True, order_by=("code",))
    kind = cell("{{ record.get_kind_display }}", _("Kind"))
    status = cell('{% include "catalogue/status.html" with item=record only %}', _("Status"))
    price = cell(
        "{% if record.price_minor is None %}–{% else %}{{ record.price_minor|money:record.currency }}{% endif %}",
        _("Price"),
        attrs=MONEY,
    )
    stock = cell(
        "{% if record.stock is None %}–{% else %}{{ record.stock|number }}{% endif %}", _("Stock"), attrs=NUMBER
    )
    updated_at = cell("{% local_time record.updated_at %}", _("Changed at"))

    class Meta:
        caption = _("Items")


class DisplayRuleTable(tables.Table):  # type: ignore[misc]
    """Rules about who may show items. `now` and `may_write` are set by the page."""

    effect = cell(
        '{% if table.may_write %}<a href="{% url "portal:display_rule" record.pk %}">{{ record.get_effect_display }}</a>'
        "{% else %}{{ record.get_effect_display }}{% endif %}"
        '{% if record.note %}<div class="text-secondary">{{ record.note }}</div>{% endif %}',
        _("What the rule says"),
    )
    target = cell(
        '{% if record.item %}<a href="{% url "portal:item" record.item_id %}">{{ record.item.title }}</a>'
        '{% elif record.category %}{{ record.category.name }}{% else %}{% translate "All items" %}{% endif %}',
        _("Items"),
    )
    partner = cell(
        '{% if record.partner %}{{ record.partner.name }}{% elif record.partner_id %}{% translate "A former partner" %}'
        '{% else %}{% translate "All partners" %}{% endif %}',
        _("Partner"),
    )
    alliance = cell(
        '{% if record.alliance %}{{ record.alliance.name }}{% else %}{% translate "All alliances" %}{% endif %}',
        _("Alliance"),
    )
    floor = cell(
        "{% if record.floor_minor is None %}–{% else %}{{ record.floor_minor|money:record.currency }}{% endif %}",
        _("Lowest price"),
        attrs=MONEY,
    )
    holds = cell('{% include "catalogue/rule_holds.html" with rule=record now=table.now only %}', _("Holds"))
    now: datetime
    may_write: bool

    class Meta:
        caption = _("Display rules")


class GalleryTable(tables.Table):  # type: ignore[misc]
    """Items that others offer, shown as cards; the table only pages them."""

    title = tables.Column(orderable=False)


class ItemImportTable(tables.Table):  # type: ignore[misc]
    """Imports, newest first."""

    file = cell('<a href="{% url "portal:item_import" record.pk %}">{{ record.item_file.name }}</a>', _("File"))
    queued_at = cell("{% local_time record.queued_at %}", _("Requested at"))
    state = cell('{% include "portal/job_state.html" with state=record.state only %}', _("State"))
    created = cell("{{ record.tally.created|default:0|number }}", _("New"), attrs=NUMBER)
    changed = cell("{{ record.tally.changed|default:0|number }}", _("Changed"), attrs=NUMBER)
    refused = cell("{{ record.tally.refused|default:0|number }}", _("Refused"), attrs=NUMBER)
    created_by = cell("{% load portal %}{{ record.created_by|who|default:'–' }}", _("By"))

    class Meta:
        caption = _("Item imports")


class ItemImportErrorTable(tables.Table):  # type: ignore[misc]
    """Rows of a file that were not taken."""

    row_number = cell("{{ record.row_number|number }}", _("Row"), attrs=NUMBER)
    reference = tables.Column(verbose_name=_("Item code"), orderable=False, default="–")
    column = tables.Column(verbose_name=_("Column"), orderable=False, default="–")
    code = cell("{{ record.code|item_issue }}", _("Reason"))
    cells = cell("{{ record.cells|cells_shown }}", _("The row"))

    class Meta:
        caption = _("Rows that were not taken")
