"""The demo's pages of sent mails and received webhooks. In a real installation they do not exist."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from alliance.demo.models import ReceivedWebhook, SentMail
from alliance.demo.receiver import receive, shown
from alliance.kernel.clock import utc_now

SHOWN = 100


@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The latest mails, newest first; 404 outside a demo, for mails carry sign-in links."""
    if not settings.DEMO:
        raise Http404
    return render(request, "portal/sent_mails.html", {"mails": SentMail.objects.all()[:SHOWN]})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """The receiver: a POST is checked and kept (204), or refused (400); a GET shows what came. 404 outside a demo."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST":
        headers = {name.lower(): value for name, value in request.headers.items()}
        return HttpResponse(status=204 if receive(request.body, headers, now=utc_now()) else 400)
    received = [shown(row) for row in ReceivedWebhook.objects.all()[:SHOWN]]
    return render(request, "portal/received_webhooks.html", {"received": received})
