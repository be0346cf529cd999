"""Routes of settlements: pages of the portal, and operations of the API."""

from django.urls import URLPattern, URLResolver

portal_urlpatterns: list[URLPattern | URLResolver] = []
api_urlpatterns: list[URLPattern | URLResolver] = []
