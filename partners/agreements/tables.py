"""Tables of the portal."""

import django_tables2 as tables
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn
from partners.models import Agreement


class AgreementTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Agreements as the list shows them."""

    name = tables.Column(verbose_name=_("Agreement"), linkify=("portal:agreement", {"agreement_id": tables.A("pk")}))
    seats = tables.Column(verbose_name=_("Parties"), orderable=False)
    currency = tables.Column(verbose_name=_("Currency"))
    status = tables.TemplateColumn(
        verbose_name=_("Status"), template_name="partners/agreements/status.html", order_by=("status", "name")
    )
    ends_at = CompiledColumn(
        verbose_name=_("Last day"),
        template_code="{% load agreements portal %}{{ record|last_day_of|day_name }}",
        default="–",
    )
    created_at = CompiledColumn(
        verbose_name=_("Proposed on"), template_code="{% load portal %}{% local_day record.created_at %}"
    )

    class Meta:
        model = Agreement
        fields = ("name", "seats", "currency", "status", "ends_at", "created_at")
        sequence = fields
        order_by = ("name",)
        caption = _("Agreements")

    def render_seats(self, record: Agreement) -> SafeString:
        """The parties in the order of rank."""
        return format_html_join(", ", "{}", ((seat.organization.name,) for seat in record.seats.all()))
