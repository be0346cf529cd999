"""The composition root of all routes."""

from django.contrib import admin
from django.urls import include, path

import alliance.audit.urls
import campaigns.urls
import partners.access.urls
import partners.keys.urls
import partners.single_sign_on.urls
import partners.urls
import partners.webhooks.urls
import settlements.urls
from alliance.api import documentation_urlpatterns, fallback_urlpatterns, front_urlpatterns

portal = [
    path("", include("alliance.portal.urls")),
    path("", include(alliance.audit.urls.portal_urlpatterns)),
    path("", include(partners.urls.portal_urlpatterns)),
    path("", include(partners.keys.urls.portal_urlpatterns)),
    path("", include(partners.access.urls.portal_urlpatterns)),
    path("", include(partners.single_sign_on.urls.portal_urlpatterns)),
    path("", include(partners.webhooks.urls.portal_urlpatterns)),
    path("", include(campaigns.urls.portal_urlpatterns)),
    path("", include(settlements.urls.portal_urlpatterns)),
]
api = [
    path("", include(front_urlpatterns)),
    path("", include(alliance.audit.urls.api_urlpatterns)),
    path("", include(partners.urls.api_urlpatterns)),
    path("", include(partners.keys.urls.api_urlpatterns)),
    path("", include(partners.access.urls.api_urlpatterns)),
    path("", include(partners.webhooks.urls.api_urlpatterns)),
    path("", include(campaigns.urls.api_urlpatterns)),
    path("", include(settlements.urls.api_urlpatterns)),
]
urlpatterns = [
    path("", include("alliance.health")),
    path("", include((portal, "portal"))),
    path("accounts/", include(partners.access.urls.account_urlpatterns)),  # before allauth's own
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("demo/", include("alliance.demo.urls")),
    path("api/v1/", include((api, "api"))),
    path("api/", include(documentation_urlpatterns)),
    *fallback_urlpatterns,
]
handler500 = "alliance.portal.errors.server_error"
