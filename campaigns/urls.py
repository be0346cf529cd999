"""Routes of campaigns: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from campaigns import api

portal_urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("orders", api.OrdersView.as_view(), name="orders"),
    path("orders/<uuid:order_id>", api.OrderView.as_view(), name="order"),
    path("conversions", api.ConversionsView.as_view(), name="conversions"),
    path("conversions/<uuid:conversion_id>", api.ConversionView.as_view(), name="conversion"),
    path("imports", api.ImportsView.as_view(), name="imports"),
    path("imports/<uuid:import_id>", api.ImportView.as_view(), name="import"),
    path("imports/<uuid:import_id>/errors", api.ImportErrorsView.as_view(), name="import_errors"),
]
