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
        "{% load money %}{{ record.entry_count|number }}", verbose_name=_("Bank entries"), attrs=NUMBER, orderable=False
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

    booked_on = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:bank_entry" record.id %}">{% local_day record.booked_on %}</a>',
        verbose_name=_("Booked"),
        orderable=False,
    )
    name = tables.Column(verbose_name=_("Other side"), orderable=False, default="–")
    end_to_end_id = CompiledColumn(
        "{{ record.end_to_end_id|default:record.bank_reference|default:'–' }}",
        verbose_name=_("Reference"),
        orderable=False,
        empty_values=(),
    )
    text = tables.Column(verbose_name=_("Text"), orderable=False, default="–")
    match = CompiledColumn(
        '{% load i18n %}{% for match in record.live_matches %}<a href="{% url "portal:bank_match" match.id %}">{{ match.get_kind_display }}</a>'
        " · {{ match.get_state_display }}{% if not forloop.last %}; {% endif %}"
        '{% empty %}{% translate "To explain" %}{% endfor %}',
        verbose_name=_("Taken for"),
        orderable=False,
        empty_values=(),
    )
    amount_minor = CompiledColumn(_money("amount_minor"), verbose_name=_("Amount"), attrs=MONEY, orderable=False)

    class Meta:
        caption = _("Bank entries")


class ExceptionTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Entries that nobody has explained."""

    booked_on = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:bank_entry" record.id %}">{% local_day record.booked_on %}</a>',
        verbose_name=_("Booked"),
        orderable=False,
    )
    name = tables.Column(verbose_name=_("Other side"), orderable=False, default="–")
    end_to_end_id = CompiledColumn(
        "{{ record.end_to_end_id|default:record.bank_reference|default:'–' }}",
        verbose_name=_("Reference"),
        orderable=False,
        empty_values=(),
    )
    exception = CompiledColumn(
        "{% load banking %}{{ record.exception|bank_exception }}",
        verbose_name=_("Why it is open"),
        orderable=False,
        empty_values=(),
    )
    amount_minor = CompiledColumn(_money("amount_minor"), verbose_name=_("Amount"), attrs=MONEY, orderable=False)

    class Meta:
        caption = _("Entries to explain")


class WaitingMatchTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Matches, latest first."""

    booked_on = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:bank_match" record.id %}">{% local_day record.entry.booked_on %}</a>',
        verbose_name=_("Booked"),
        orderable=False,
        empty_values=(),
    )
    kind = CompiledColumn("{{ record.get_kind_display }}", verbose_name=_("Taken for"), orderable=False)
    payout = CompiledColumn(
        "{% firstof record.payout.reference record.debtor.name '–' %}",
        verbose_name=_("Payout or debtor"),
        orderable=False,
        empty_values=(),
    )
    basis = CompiledColumn("{{ record.get_basis_display }}", verbose_name=_("Because of"), orderable=False)
    proposed_by = tables.Column(verbose_name=_("Proposed by"), orderable=False)
    difference_minor = CompiledColumn(
        "{% load money %}{% if record.difference_minor %}{{ record.difference_minor|money:record.currency }}{% else %}–{% endif %}",
        verbose_name=_("Difference"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )
    amount_minor = CompiledColumn(_money("amount_minor"), verbose_name=_("Amount"), attrs=MONEY, orderable=False)

    class Meta:
        caption = _("Waits for approval")


class DecidedMatchTable(WaitingMatchTable):
    """Matches that were approved, rejected or replaced."""

    state = CompiledColumn("{{ record.get_state_display }}", verbose_name=_("Status"), orderable=False)

    class Meta:
        caption = _("Decided")
        sequence = ("booked_on", "kind", "payout", "basis", "proposed_by", "state", "difference_minor", "amount_minor")
