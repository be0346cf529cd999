"""A small public edge for the tests: one address that writes, one that shows, and what they keep in a cache."""

from django.core.cache import cache
from django.urls import path
from rest_framework.response import Response

from partners.keys.domain import PublishableScope
from partners.keys.publishable import PublishableView


class ClicksView(PublishableView):
    """Answers a click that it has seen from the cache, as a busy edge would."""

    required_scope = PublishableScope.EVENT_WRITE

    def post(self, request):
        name = f"tests.click:{self.caller.organization_id}:{request.data.get('click_id')}"
        known = cache.get(name)
        cache.set(name, True, 60)
        return Response({"organization_id": str(self.caller.organization_id), "known": bool(known)})


class WidgetView(PublishableView):
    required_scope = PublishableScope.WIDGET_READ

    def get(self, request, publishable_key):
        return Response({"origin": self.caller.origin})


urlpatterns = [
    path("e/clicks", ClicksView.as_view()),
    path("w/<str:publishable_key>", WidgetView.as_view()),
]
