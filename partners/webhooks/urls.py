"""Routes of webhooks: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from partners.webhooks import api, pages

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("webhooks/", pages.webhooks, name="webhooks"),
    path("webhooks/types/", pages.types, name="webhook_types"),
    path("webhooks/new/", pages.create, name="webhook_create"),
    path("webhooks/<uuid:endpoint_id>/", pages.webhook, name="webhook"),
    path("webhooks/<uuid:endpoint_id>/change/", pages.change, name="webhook_change"),
    path("webhooks/<uuid:endpoint_id>/rotate/", pages.rotate, name="webhook_rotate"),
    path("webhooks/<uuid:endpoint_id>/off/", pages.switch_off, name="webhook_off"),
    path("webhooks/<uuid:endpoint_id>/on/", pages.switch_on, name="webhook_on"),
    path("webhooks/<uuid:endpoint_id>/remove/", pages.remove, name="webhook_remove"),
    path("webhooks/<uuid:endpoint_id>/test/", pages.test, name="webhook_test"),
    path("webhooks/<uuid:endpoint_id>/resend/", pages.resend_all_failed, name="webhook_resend_failed"),
    path("webhooks/deliveries/<uuid:delivery_id>/", pages.delivery, name="webhook_delivery"),
    path("webhooks/deliveries/<uuid:delivery_id>/resend/", pages.resend, name="webhook_resend"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("webhook-types", api.WebhookTypesView.as_view(), name="webhook_types"),
    path("webhook-endpoints", api.WebhookEndpointsView.as_view(), name="webhook_endpoints"),
    path("webhook-endpoints/<uuid:endpoint_id>", api.WebhookEndpointView.as_view(), name="webhook_endpoint"),
    path(
        "webhook-endpoints/<uuid:endpoint_id>/secret-rotations",
        api.SecretRotationsView.as_view(),
        name="webhook_secret_rotations",
    ),
    path("webhook-endpoints/<uuid:endpoint_id>/tests", api.WebhookTestsView.as_view(), name="webhook_tests"),
    path("webhook-endpoints/<uuid:endpoint_id>/resends", api.EndpointResendsView.as_view(), name="webhook_resends"),
    path("webhook-deliveries", api.WebhookDeliveriesView.as_view(), name="webhook_deliveries"),
    path("webhook-deliveries/<uuid:delivery_id>", api.WebhookDeliveryView.as_view(), name="webhook_delivery"),
    path(
        "webhook-deliveries/<uuid:delivery_id>/resends",
        api.DeliveryResendsView.as_view(),
        name="webhook_delivery_resends",
    ),
]
