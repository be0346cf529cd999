"""Routes of partners: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from partners import api

portal_urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("organization", api.OrganizationView.as_view(), name="organization"),
    path("api-keys", api.ApiKeysView.as_view(), name="api_keys"),
    path("alliances", api.AlliancesView.as_view(), name="alliances"),
    path("alliances/<uuid:alliance_id>", api.AllianceView.as_view(), name="alliance"),
    path("agreements", api.AgreementsView.as_view(), name="agreements"),
    path("agreements/<uuid:agreement_id>", api.AgreementView.as_view(), name="agreement"),
    path("agreements/<uuid:agreement_id>/terms", api.AgreementTermsView.as_view(), name="agreement_terms"),
    path("agreements/<uuid:agreement_id>/acceptances", api.AcceptancesView.as_view(), name="agreement_acceptances"),
]
