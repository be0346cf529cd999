"""Routes of keys: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver, path

from partners.keys import api, pages

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("api-keys/", pages.api_keys, name="api_keys"),
    path("api-keys/new/", pages.api_key_create, name="api_key_create"),
    path("api-keys/new/publishable/", pages.publishable_key_create, name="publishable_key_create"),
    path("api-keys/<uuid:api_key_id>/rotate/", pages.api_key_rotate, name="api_key_rotate"),
    path("api-keys/<uuid:api_key_id>/revoke/", pages.api_key_revoke, name="api_key_revoke"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("api-keys", api.ApiKeysView.as_view(), name="api_keys"),
    path("api-keys/<uuid:api_key_id>", api.ApiKeyView.as_view(), name="api_key"),
    path("api-keys/<uuid:api_key_id>/rotations", api.RotationsView.as_view(), name="api_key_rotations"),
    path("api-keys/<uuid:api_key_id>/revocations", api.RevocationsView.as_view(), name="api_key_revocations"),
]
