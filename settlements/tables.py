"""The lists of settlements. Money is right-aligned, and every row leads to what it sums."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn

MONEY = {"th": {"class": "money"}, "td": {"class": "money"}, "tf": {"class": "money"}}
NUMBER = {"th": {"class": "number"}, "td": {"class": "number"}, "tf": {"class": "number"}}


def _money(field: str, currency: str = "record.currency") -> str:
    return "{% load money %}{{ record." + field + "|money:" + currency + " }}"


def _time(field: str) -> str:
    return "{% load portal %}{% local_time record." + field + " zone %}"


def _day(field: str) -> str:
    return "{% load portal %}{% local_day record." + field + " %}"


KIND = "{% load settlements %}{{ record.kind|conversion_kind }}"


class AccrualTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """An organization's own shares, one row for each conversion."""

    effective_on = CompiledColumn(_day("effective_on"), verbose_name=_("Day"))
    reference = CompiledColumn(
        '<a href="{% url "portal:accrual" record.conversion_id %}">{{ record.reference }}</a>',
        verbose_name=_("Reference"),
        orderable=False,
    )
    kind = CompiledColumn(KIND, verbose_name=_("Kind"), orderable=False)
    agreement = tables.Column(verbose_name=_("Agreement"), accessor="agreement_name", orderable=False)
    base_minor = CompiledColumn(_money("base_minor"), verbose_name=_("Amount"), attrs=MONEY, orderable=False)
    share_minor = CompiledColumn(_money("share_minor"), verbose_name=_("Your share"), attrs=MONEY)
    estimated = CompiledColumn(
        "{% load money %}{% if record.original_id or record.period_status == 'closed' %}–"
        "{% else %}{{ record.actual_minor|money:record.currency }}{% endif %}",
        verbose_name=_("Estimated"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )
    actual = CompiledColumn(
        "{% load money %}{% if record.original_id or record.period_status != 'closed' %}–"
        "{% else %}{{ record.actual_minor|money:record.currency }}{% endif %}",
        verbose_name=_("Actual"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )

    class Meta:
        caption = _("Accruals")


class StatementTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Closed statements."""

    number = CompiledColumn(
        '<a href="{% url "portal:statement" record.id %}">{{ record.number }}</a>', verbose_name=_("Number")
    )
    starts_on = CompiledColumn("{% load settlements %}{{ record|period_name }}", verbose_name=_("Period"))
    party = tables.Column(verbose_name=_("Party"), accessor="party_name", orderable=False)
    agreement = tables.Column(verbose_name=_("Agreement"), accessor="agreement_name", orderable=False)
    line_count = CompiledColumn("{% load money %}{{ record.line_count|number }}", verbose_name=_("Lines"), attrs=NUMBER)
    opening_minor = CompiledColumn(_money("opening_minor"), verbose_name=_("Opening"), attrs=MONEY, orderable=False)
    share_minor = CompiledColumn(_money("share_minor"), verbose_name=_("Share"), attrs=MONEY, orderable=False)
    closing_minor = CompiledColumn(_money("closing_minor"), verbose_name=_("Closing"), attrs=MONEY, orderable=False)

    class Meta:
        caption = _("Statements")


class StatementLineTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """The lines of one statement, as they were frozen."""

    line_number = tables.Column(verbose_name="#", attrs=NUMBER, orderable=False)
    occurred_at = CompiledColumn(_time("occurred_at"), verbose_name=_("Time"), orderable=False)
    reference = CompiledColumn(
        '<a href="{% if record.accrual_id %}{% url "portal:accrual_by_id" record.accrual_id %}'
        '{% else %}{% url "portal:adjustment" record.adjustment_id %}{% endif %}">{{ record.reference }}</a>',
        verbose_name=_("Reference"),
        orderable=False,
    )
    kind = CompiledColumn(template_name="settlements/line_kind.html", verbose_name=_("Kind"), orderable=False)
    base_minor = CompiledColumn(_money("base_minor"), verbose_name=_("Base amount"), attrs=MONEY, orderable=False)
    share_minor = CompiledColumn(_money("share_minor"), verbose_name=_("Share"), attrs=MONEY, orderable=False)
    estimated = CompiledColumn(
        "{% load money %}{% if record.estimate %}{{ record.estimate.estimated_minor|money:record.currency }}{% else %}–{% endif %}",
        verbose_name=_("Estimated"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )
    changes = CompiledColumn(
        template_name="settlements/line_changes.html",
        verbose_name=_("Changed by"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )
    actual = CompiledColumn(
        "{% load money %}{% if record.estimate %}{{ record.estimate.actual_minor|money:record.currency }}{% else %}–{% endif %}",
        verbose_name=_("Actual"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )
    answer = CompiledColumn(
        template_name="settlements/line_answer.html",
        verbose_name=_("Dispute"),
        orderable=False,
        empty_values=(),
        attrs={"th": {"class": "d-print-none"}, "td": {"class": "d-print-none"}},
    )

    class Meta:
        caption = _("Lines")


class ChangeTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What later periods changed of a statement's orders. The statement in the context says in which currency."""

    day = CompiledColumn(_day("day"), verbose_name=_("Day"), orderable=False)
    starts_on = CompiledColumn(
        '{% load settlements i18n %}{% period_of record.starts_on record.ends_on %}{% if record.status == "open" %} · {% translate "not closed" %}{% endif %}',
        verbose_name=_("Period"),
        orderable=False,
    )
    name = CompiledColumn(
        '<a href="{% if record.accrual_pk %}{% url "portal:accrual_by_id" record.accrual_pk %}'
        '{% else %}{% url "portal:adjustment" record.adjustment_pk %}{% endif %}">{{ record.name }}</a>',
        verbose_name=_("Reference"),
        orderable=False,
    )
    what = CompiledColumn(
        "{% load settlements %}{{ record.what|conversion_kind }}", verbose_name=_("Kind"), orderable=False
    )
    order_name = CompiledColumn(
        '<a href="{% url "portal:accrual_by_id" record.order_accrual %}">{{ record.order_name }}</a>',
        verbose_name=_("Order"),
        orderable=False,
    )
    delta_minor = CompiledColumn(
        _money("delta_minor", "statement.currency"), verbose_name=_("Difference"), attrs=MONEY, orderable=False
    )

    class Meta:
        caption = _("Changes since the statement")


class SuspenseTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Conversions no agreement covers yet."""

    occurred_at = CompiledColumn(_time("occurred_at"), verbose_name=_("Time"))
    reference = CompiledColumn(
        '<a href="{% url "portal:accrual" record.conversion_id %}">{{ record.reference }}</a>',
        verbose_name=_("Reference"),
        orderable=False,
    )
    kind = CompiledColumn(KIND, verbose_name=_("Kind"), orderable=False)
    partner_code = tables.Column(verbose_name=_("Partner code"), orderable=False, default="–")
    reason = CompiledColumn("{{ record.get_reason_display }}", verbose_name=_("Reason"), orderable=False)
    amount_minor = CompiledColumn(_money("amount_minor"), verbose_name=_("Amount"), attrs=MONEY, orderable=False)

    class Meta:
        caption = _("Conversions in suspense")


class AccountTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Accounts with their balances."""

    kind = CompiledColumn(
        '<a href="{% url "portal:account" record.id %}">{{ record.kind_name }}</a>', verbose_name=_("Account")
    )
    owner = tables.Column(verbose_name=_("Organization"), accessor="owner_name", orderable=False)
    agreement = CompiledColumn(
        "{% load i18n %}{% if record.agreement_name %}{{ record.agreement_name }}{% else %}{% translate 'Whole book' %}{% endif %}",
        verbose_name=_("Agreement"),
        orderable=False,
    )
    balance_minor = CompiledColumn(_money("balance_minor"), verbose_name=_("Balance"), attrs=MONEY, orderable=False)

    class Meta:
        caption = _("Accounts")


class EntryTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """One account's entries, newest first. `references` in the context names what a journal is about."""

    posted_at = CompiledColumn(_time("posted_at"), verbose_name=_("Posted"), orderable=False)
    effective_on = CompiledColumn(_day("effective_on"), verbose_name=_("Effective"), orderable=False)
    journal = CompiledColumn(
        '{% load settlements %}<a href="{% url "portal:journal" record.journal_id %}">{{ record.journal.kind|journal_kind }}</a>',
        verbose_name=_("Journal"),
        orderable=False,
    )
    reference = CompiledColumn(
        "{% load settlements %}{{ references|named:record.journal_id|default:'–' }}",
        verbose_name=_("Reference"),
        orderable=False,
        empty_values=(),
    )
    debit = CompiledColumn(
        "{% load money %}{% if record.amount_minor > 0 %}{{ record.amount_minor|money:record.currency }}{% endif %}",
        verbose_name=_("Debit"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )
    credit = CompiledColumn(
        "{% load money settlements %}{% if record.amount_minor < 0 %}{{ record.amount_minor|negated|money:record.currency }}{% endif %}",
        verbose_name=_("Credit"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )

    class Meta:
        caption = _("Entries")


class ExportTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Files made for download."""

    queued_at = CompiledColumn(_time("queued_at"), verbose_name=_("Requested at"), orderable=False)
    file_name = CompiledColumn(
        '<a href="{% url "portal:export" record.id %}">{{ record.file_name }}</a>',
        verbose_name=_("File"),
        orderable=False,
    )
    file_format = CompiledColumn("{{ record.get_file_format_display }}", verbose_name=_("Format"), orderable=False)
    state = CompiledColumn(
        '{% include "portal/job_state.html" with state=record.state %}', verbose_name=_("State"), orderable=False
    )
    expires_at = CompiledColumn(_time("expires_at"), verbose_name=_("Kept until"), orderable=False)

    class Meta:
        caption = _("Exports")
