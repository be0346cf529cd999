"""Tables of the portal. Money is right-aligned; every row leads to its page."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn

MONEY = {"th": {"class": "money"}, "td": {"class": "money"}}
NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}}


def _cell(template: str, label: Any, **options: Any) -> CompiledColumn:
    return CompiledColumn(
        "{% load i18n money portal campaigns %}" + template, verbose_name=label, **{"orderable": False} | options
    )


def _time(field: str, label: Any, **options: Any) -> CompiledColumn:
    return _cell("{% local_time record." + field + " %}", label, **options)


def _number(field: str, label: Any) -> CompiledColumn:
    return _cell("{{ record." + field + "|number }}", label, attrs=NUMBER)


class ImportTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Imports, newest first."""

    file = _cell('<a href="{% url "portal:import" record.pk %}">{{ record.order_file.name }}</a>', _("File"))
    queued_at = _time("queued_at", _("Requested at"))
    alliance = tables.Column(verbose_name=_("Alliance"), accessor="alliance__name", orderable=False)
    state = _cell('{% include "portal/job_state.html" with state=record.state %}', _("State"))
    orders = _cell("{{ record.tally.orders_new|default:0|number }}", _("New orders"), attrs=NUMBER)
    refused = _cell("{{ record.tally.rows_rejected|default:0|number }}", _("Rows refused"), attrs=NUMBER)
    created_by = _cell("{% load portal %}{{ record.created_by|who|default:'–' }}", _("By"))

    class Meta:
        caption = _("Order imports")


class ImportErrorTable(tables.Table):  # type: ignore[misc]
    """Rows of a file that were not taken."""

    row_number = _number("row_number", _("Row"))
    reference = tables.Column(verbose_name=_("Reference"), orderable=False, default="–")
    column = tables.Column(verbose_name=_("Column"), orderable=False, default="–")
    code = _cell("{{ record.get_code_display }}", _("Reason"))
    cells = _cell("{{ record.cells|cells_shown }}", _("The row"))

    class Meta:
        caption = _("Rows that were not taken")


class MappingTable(tables.Table):  # type: ignore[misc]
    """Saved mappings."""

    name = _cell('<a href="{% url "portal:import_mapping" record.pk %}">{{ record.name }}</a>', _("Name"))
    currency = _cell("{{ record.spec.currency }}", _("Currency"))
    time_zone = _cell("{{ record.spec.time_zone }}", _("Time zone"))
    updated_at = _time("updated_at", _("Changed at"))

    class Meta:
        caption = _("Import mappings")


class OrderTable(tables.Table):  # type: ignore[misc]
    """Orders of the host."""

    occurred_at = _time("occurred_at", _("Time"), orderable=True, order_by=("occurred_at", "id"))
    reference = _cell(
        '<a href="{% url "portal:order" record.pk %}">{{ record.reference }}</a>',
        _("Reference"),
        orderable=True,
        order_by=("reference", "id"),
    )
    kind = _cell("{{ record.get_kind_display }}", _("Kind"))
    partner_code = tables.Column(verbose_name=_("Partner code"), orderable=False, default="–")
    customer = tables.Column(verbose_name=_("Customer"), orderable=False, default="–")
    line_count = _number("line_count", _("Lines"))
    amount_minor = _cell(
        "{{ record.amount_minor|money:record.currency }}",
        _("Amount"),
        attrs=MONEY,
        orderable=True,
        order_by=("amount_minor", "id"),
    )

    class Meta:
        caption = _("Orders")


class ConversionTable(tables.Table):  # type: ignore[misc]
    """Conversions. The host's rows lead to the order, a partner's to how its share was computed."""

    occurred_at = _time("occurred_at", _("Time"), orderable=True, order_by=("occurred_at", "id"))
    reference = _cell(
        '{% if is_host and record.order_id %}<a href="{% url "portal:order" record.order_id %}">{{ record.reference }}</a>'
        "{% else %}{{ record.reference }}{% endif %}",
        _("Reference"),
    )
    kind = _cell("{{ record.get_kind_display }}", _("Kind"))
    partner = _cell("{{ record.partner.name|default:record.partner_code|default:'–' }}", _("Partner"))
    agreement = _cell(
        '{% if record.agreement_id %}<a href="{% url "portal:agreement" record.agreement_id %}">{{ record.agreement.name }}</a>'
        '{% else %}{% include "campaigns/match_issue.html" %}{% endif %}',
        _("Agreement"),
    )
    share = _cell(
        '<a href="{% url "portal:accrual" record.pk %}">{% translate "How it was split" %}'
        '<span class="visually-hidden"> {{ record.reference }}</span></a>',
        _("Shares"),
    )
    amount_minor = _cell("{{ record.amount_minor|money:record.currency }}", _("Amount"), attrs=MONEY)

    class Meta:
        caption = _("Conversions")
