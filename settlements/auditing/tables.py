"""The list of discrepancies."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn
from settlements.tables import MONEY

_MONEY = (
    "{{% load money %}}{{% if record.is_counted %}}{{{{ record.{0} }}}}"
    "{{% else %}}{{{{ record.{0}|money:record.currency }}}}{{% endif %}}"
)
_TIME = "{{% load portal %}}{{% local_time record.{0} zone %}}"


class DiscrepancyTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What must be equal and is not, or was not. Where things are counted, numbers stand for amounts."""

    label = CompiledColumn(
        '<a href="{{ record.address }}">{{ record.label }}</a>', verbose_name=_("What"), orderable=False
    )
    kind = CompiledColumn("{{ record.get_kind_display }}", verbose_name=_("Kind"), orderable=False)
    expected_minor = CompiledColumn(
        _MONEY.format("expected_minor"), verbose_name=_("Expected"), attrs=MONEY, orderable=False
    )
    found_minor = CompiledColumn(
        _MONEY.format("found_minor"), verbose_name=_("Figure found"), attrs=MONEY, orderable=False
    )
    first_seen_at = CompiledColumn(_TIME.format("first_seen_at"), verbose_name=_("First seen"))
    resolved_at = CompiledColumn(
        "{% load i18n portal %}{% if record.resolved_at %}{% local_time record.resolved_at zone %}"
        "{% else %}<c-status tone='bad'>{% translate 'Still differs' %}</c-status>{% endif %}",
        verbose_name=_("Resolved"),
        orderable=False,
    )

    class Meta:
        caption = _("Figures that differ")
