"""The lists of banking. Money is right-aligned, and every row leads to what it sums."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn
from settlements.tables import MONEY, NUMBER


def _money(field: str) -> str:
    return (
        "{% load money %}{% if record."
        + field
        + " is None %}–{% else %}{{ record."
        + field
        + "|money:record.currency }}{% endif %}"
    )


def _day(field: str) -> str:
    return "{% load portal %}{% local_day record." + field + " %}"


class BankStatementTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Statements of the host's accounts."""

    reference = CompiledColumn(
        '<a href="{% url "portal:bank_statement" record.id %}">{{ record.reference }}</a>',
        verbose_name=_("Number"),
        orderable=False,
    )
    account = CompiledColumn("{{ record.masked }}", verbose_name=_("Account"), orderable=False)
    days = CompiledColumn(
        "{% load portal %}{% local_day record.starts_on %} – {% local_day record.ends_on %}",
        verbose_name=_("Days"),
        orderable=False,
    )
    entry_count = CompiledColumn(
        "{% load money %}{{ record.entry_count|number }}", verbose_name=_("Entries"), attrs=NUMBER, orderable=False
    )
    opening_minor = CompiledColumn(
        _money("opening_minor"), verbose_name=_("Opening"), attrs=MONEY, orderable=False, empty_values=()
    )
    closing_minor = CompiledColumn(
        _money("closing_minor"), verbose_name=_("Closing"), attrs=MONEY, orderable=False, empty_values=()
    )

    class Meta:
        caption = _("Bank statements")


class BankEntryTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Entries of the host's accounts; money that came in is above 0."""

    booked_on = CompiledColumn(_day("booked_on"), verbose_name=_("Booked"), orderable=False)
    name = tables.Column(verbose_name=_("Other side"), orderable=False, default="–")
    end_to_end_id = CompiledColumn(
        "{{ record.end_to_end_id|default:record.bank_reference|default:'–' }}",
        verbose_name=_("Reference"),
        orderable=False,
        empty_values=(),
    )
    text = tables.Column(verbose_name=_("Text"), orderable=False, default="–")
    amount_minor = CompiledColumn(_money("amount_minor"), verbose_name=_("Amount"), attrs=MONEY, orderable=False)

    class Meta:
        caption = _("Entries")
