"""Tables of onboarding."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.columns import CompiledColumn
from partners.industries import industry_name
from partners.models import PartnerApplication


class ApplicationTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Applications as the host's queue shows them."""

    name = tables.Column(
        verbose_name=_("Company"), linkify=("portal:application_review", {"application_id": tables.A("pk")})
    )
    alliance_name = tables.Column(verbose_name=_("Alliance"))
    country = tables.Column(verbose_name=_("Country"), default="–")
    industry = tables.Column(verbose_name=_("Industry"), default="–")
    last_submitted_at = CompiledColumn(
        "{% load portal %}{% local_time record.last_submitted_at %}", verbose_name=_("Submitted at")
    )
    status = tables.TemplateColumn(verbose_name=_("Status"), template_name="partners/onboarding/status.html")

    class Meta:
        model = PartnerApplication
        fields = ("name", "alliance_name", "country", "industry", "last_submitted_at", "status")
        sequence = fields
        caption = _("Applications")

    def render_industry(self, value: str) -> str:
        """The industry in words."""
        return industry_name(value)
