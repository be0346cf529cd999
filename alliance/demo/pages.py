"""The demo's page of sent mails. In a real installation it does not exist."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.demo.models import SentMail

SHOWN = 100


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first; 404 outside a demo, for mails carry sign-in links."""
    if not settings.DEMO:
        raise Http404
    return render(request, "portal/sent_mails.html", {"mails": SentMail.objects.all()[:SHOWN]})
