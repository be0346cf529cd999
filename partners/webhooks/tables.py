"""The log of an endpoint as a table."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn


class DeliveryTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Deliveries, newest first; each leads to its attempts."""

    created_at = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:webhook_delivery" record.pk %}">{% local_time record.created_at %}</a>',
        verbose_name=_("When"),
        orderable=False,
    )
    type = tables.Column(verbose_name=_("Type"), accessor="message__type", orderable=False)
    state = CompiledColumn(
        '{% include "partners/webhooks/delivery_state.html" with delivery=record %}',
        verbose_name=_("State"),
        orderable=False,
    )
    answer = CompiledColumn(
        '{% include "partners/webhooks/delivery_answer.html" with delivery=record %}',
        verbose_name=_("Last answer"),
        orderable=False,
    )
    next_attempt_at = CompiledColumn(
        "{% load portal %}{% local_time record.next_attempt_at %}", verbose_name=_("Next attempt"), orderable=False
    )

    class Meta:
        caption = _("Deliveries")
