"""Routes of the audit trail."""

from django.urls import URLPattern, URLResolver, path

from alliance.audit import api, pages

portal_urlpatterns: list[URLPattern | URLResolver] = [
    path("audit/", pages.audit_trail, name="audit"),
    path("audit/export/", pages.audit_export_create, name="audit_export_create"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path("audit-events", api.AuditEventsView.as_view(), name="audit_events"),
    path("audit-events/exports", api.AuditExportsView.as_view(), name="audit_exports"),
]
