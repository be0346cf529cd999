"""Taxes in the operator console. Nothing here can be changed."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole
from settlements.taxes.models import TaxCertificate, TaxProfile


@admin.register(TaxProfile)
class TaxProfileConsole(ReadOnlyConsole):
    """Tax settings of organizations."""

    list_display: ClassVar = ["id", "organization", "legal_name", "country", "vat_number", "changed_at"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id"]


@admin.register(TaxCertificate)
class TaxCertificateConsole(ReadOnlyConsole):
    """Certificates that partners gave to hosts."""

    list_display: ClassVar = ["id", "organization", "host", "kind", "number", "valid_from", "valid_until", "state"]
    list_filter: ClassVar = ["kind", "state"]
    list_select_related: ClassVar = ["organization", "host"]
    id_search_fields: ClassVar = ["organization_id", "host_id"]
