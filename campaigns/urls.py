"""Routes of campaigns: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from campaigns import api
from campaigns.pages import import_result, imports, mappings, orders

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new/", imports.import_new, name="import_new"),
    path("imports/template.csv", imports.import_template, name="import_template"),
    path("imports/files/<uuid:file_id>/", imports.import_file, name="import_file"),
    path("imports/previews/<uuid:preview_id>/", imports.import_preview, name="import_preview"),
    path("imports/previews/<uuid:preview_id>/confirm/", imports.import_confirm, name="import_confirm"),
    path("imports/mappings/", mappings.mappings, name="import_mappings"),
    path("imports/mappings/new/", mappings.mapping_new, name="import_mapping_new"),
    path("imports/mappings/<uuid:mapping_id>/", mappings.mapping_edit, name="import_mapping"),
    path("imports/mappings/<uuid:mapping_id>/delete/", mappings.mapping_delete, name="import_mapping_delete"),
    path("imports/<uuid:import_id>/", import_result.import_detail, name="import"),
    path("imports/<uuid:import_id>/again/", import_result.import_again, name="import_again"),
    path("imports/<uuid:import_id>/errors.csv", import_result.import_errors, name="import_errors"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("conversions/", orders.conversions, name="conversions"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("orders", api.OrdersView.as_view(), name="orders"),
    path("orders/<uuid:order_id>", api.OrderView.as_view(), name="order"),
    path("conversions", api.ConversionsView.as_view(), name="conversions"),
    path("conversions/<uuid:conversion_id>", api.ConversionView.as_view(), name="conversion"),
    path("imports", api.ImportsView.as_view(), name="imports"),
    path("imports/<uuid:import_id>", api.ImportView.as_view(), name="import"),
    path("imports/<uuid:import_id>/errors", api.ImportErrorsView.as_view(), name="import_errors"),
]
