"""Routes of taxes."""

from typing import Final

from django.urls import URLPattern, path

from settlements.taxes import api as operations
from settlements.taxes import pages

portal: Final[list[URLPattern]] = [
    path("taxes/", pages.tax_settings, name="tax_settings"),
    path("taxes/edit/", pages.tax_profile_edit, name="tax_profile_edit"),
    path("taxes/certificates/new/", pages.certificate_new, name="certificate_new"),
    path("taxes/certificates/<uuid:certificate_id>/", pages.certificate, name="certificate"),
    path("taxes/certificates/<uuid:certificate_id>/file/", pages.certificate_file, name="certificate_file"),
    path("taxes/certificates/<uuid:certificate_id>/decide/", pages.certificate_decide, name="certificate_decide"),
]
api: Final[list[URLPattern]] = [
    path("tax-profile", operations.TaxProfileView.as_view(), name="tax_profile"),
    path("tax-certificates", operations.CertificatesView.as_view(), name="tax_certificates"),
    path(
        "tax-certificates/<uuid:certificate_id>/decisions",
        operations.CertificateDecisionsView.as_view(),
        name="tax_certificate_decisions",
    ),
]
