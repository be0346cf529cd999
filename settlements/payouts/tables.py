"""The lists of payouts."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn
from settlements.tables import MONEY, NUMBER

_STATE = '{% include "settlements/payouts/state.html" with state=record.state label=record.get_state_display %}'


def _time(field: str) -> str:
    return "{% load portal %}{% if record." + field + " %}{% local_time record." + field + " %}{% else %}–{% endif %}"


class PayoutTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Payments, latest first."""

    reference = CompiledColumn(
        '<a href="{% url "portal:payout" record.id %}">{{ record.reference }}</a>',
        verbose_name=_("Reference"),
        orderable=False,
        attrs={"td": {"class": "text-nowrap"}},
    )
    partner = tables.Column(verbose_name=_("Partner"), accessor="partner_name", orderable=False)
    account_masked = CompiledColumn(
        '<span class="number">{{ record.account_masked }}</span>', verbose_name=_("Account"), orderable=False
    )
    state = CompiledColumn(_STATE, verbose_name=_("Status"), orderable=False)
    prepared_at = CompiledColumn(_time("prepared_at"), verbose_name=_("Prepared at"), orderable=False)
    confirmed_at = CompiledColumn(_time("confirmed_at"), verbose_name=_("Paid on"), orderable=False)
    amount_minor = CompiledColumn(
        "{% load money %}{{ record.amount_minor|money:record.currency }}",
        verbose_name=_("Amount"),
        attrs=MONEY,
        orderable=False,
    )

    class Meta:
        caption = _("Payouts")


class BatchTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Batches, latest first."""

    reference = CompiledColumn(
        '<a href="{% url "portal:payout_batch" record.id %}">{{ record.reference }}</a>',
        verbose_name=_("Batch"),
        orderable=False,
        attrs={"td": {"class": "text-nowrap"}},
    )
    alliance = tables.Column(verbose_name=_("Alliance"), accessor="alliance_name", orderable=False)
    state = CompiledColumn(_STATE, verbose_name=_("Status"), orderable=False)
    prepared_at = CompiledColumn(_time("prepared_at"), verbose_name=_("Prepared at"), orderable=False)
    prepared_by = CompiledColumn("{% load portal %}{{ record.prepared_by|who }}", verbose_name=_("By"), orderable=False)
    payout_count = CompiledColumn(
        "{% load money %}{{ record.payout_count|number }}", verbose_name=_("Payouts"), attrs=NUMBER, orderable=False
    )
    total_minor = CompiledColumn(
        "{% load money %}{{ record.total_minor|money:record.currency }}",
        verbose_name=_("Total"),
        attrs=MONEY,
        orderable=False,
    )

    class Meta:
        caption = _("Payout batches")
