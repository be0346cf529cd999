"""Routes of the portal's shell; the apps' pages are included by `alliance.urls`."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
