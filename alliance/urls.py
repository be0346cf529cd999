"""The composition root of all routes."""

from django.contrib import admin
from django.urls import include, path

import campaigns.urls
import partners.urls
import settlements.urls

portal = [
    path("", include("alliance.portal.urls")),
    path("", include(partners.urls.portal_urlpatterns)),
    path("", include(campaigns.urls.portal_urlpatterns)),
    path("", include(settlements.urls.portal_urlpatterns)),
]
api = [
    path("", include(partners.urls.api_urlpatterns)),
    path("", include(campaigns.urls.api_urlpatterns)),
    path("", include(settlements.urls.api_urlpatterns)),
]
urlpatterns = [
    path("", include((portal, "portal"))),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include((api, "api"))),
]
