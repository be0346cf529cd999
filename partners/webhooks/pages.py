"""Webhooks in the portal: endpoints, their log, and what can be told."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.portal.submission import is_done, status_of
from partners.webhooks.domain import DISABLED_AT, MOST_TRIES, PATIENCE
from partners.webhooks.forms import DeliveryFilter, EndpointForm, ResendForm
from partners.webhooks.models import WebhookDelivery, WebhookEndpoint
from partners.webhooks.selectors import endpoints_in_trouble
from partners.webhooks.services.change_endpoint import change_endpoint
from partners.webhooks.services.create_endpoint import CreatedEndpoint, EndpointSettings, create_endpoint
from partners.webhooks.services.remove_endpoint import remove_endpoint
from partners.webhooks.services.resend_delivery import resend_delivery
from partners.webhooks.services.resend_failed import resend_failed
from partners.webhooks.services.rotate_secret import rotate_secret
from partners.webhooks.services.send_test import send_test
from partners.webhooks.services.switch_off_endpoint import switch_off_endpoint
from partners.webhooks.services.switch_on_endpoint import switch_on_endpoint
from partners.webhooks.tables import DeliveryTable
from partners.webhooks.types import webhook_types
from partners.webhooks.words import error_sentence


@require_safe
@member_view(Permission.WEBHOOK_MANAGE)
def webhooks(request: MemberRequest) -> HttpResponse:
    """The organization's endpoints and how they fare; `?show=trouble` for those that need a look."""
    in_trouble = request.GET.get("show") == "trouble"
    endpoints = endpoints_in_trouble() if in_trouble else WebhookEndpoint.objects.filter(removed_at=None)
    context = {"endpoints": endpoints, "in_trouble": in_trouble}
    return render(request, "partners/webhooks/endpoints.html", context)


@require_safe
@member_view(Permission.WEBHOOK_MANAGE)
def types(request: MemberRequest) -> HttpResponse:
    """What can be told, with an example of each message."""
    shown = [(offered, _example(offered.name, dict(offered.example))) for offered in webhook_types()]
    return render(request, "partners/webhooks/types.html", {"types": shown})


def _example(name: str, data: dict[str, object]) -> str:
    content = {"type": name, "timestamp": "2026-03-01T13:15:02.120000Z", "data": data}
    return json.dumps(content, indent=2, ensure_ascii=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.WEBHOOK_MANAGE)
def create(request: MemberRequest) -> HttpResponse:
    """Name an endpoint. The answer to the form shows the signing secret, this once."""
    form = EndpointForm(request.POST or None)
    created: list[CreatedEndpoint] = []
    if request.method == "POST" and is_done(
        form,
        lambda: created.append(create_endpoint(actor=request.actor, wanted=_wanted(form), now=utc_now())),
    ):
        return _secret(request, created[0].id, created[0].secret)
    return render(request, "partners/webhooks/endpoint_create.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.WEBHOOK_MANAGE)
def change(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """Another address, other types."""
    endpoint = _endpoint(endpoint_id)
    initial = {"url": endpoint.url, "description": endpoint.description, "types": endpoint.types}
    form = EndpointForm(request.POST or None, initial=initial)
    if request.method == "POST" and is_done(
        form,
        lambda: change_endpoint(actor=request.actor, endpoint_id=endpoint_id, wanted=_wanted(form), now=utc_now()),
    ):
        messages.success(request, _("The endpoint is saved."))
        return redirect("portal:webhook", endpoint_id)
    context = {"form": form, "endpoint": endpoint}
    return render(request, "partners/webhooks/endpoint_change.html", context, status=status_of(form))


@require_safe
@member_view(Permission.WEBHOOK_MANAGE)
def webhook(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """One endpoint: how it fares, and what was sent to it."""
    endpoint = _endpoint(endpoint_id)
    form = DeliveryFilter(request.GET)
    rows = WebhookDelivery.objects.filter(endpoint=endpoint).select_related("message").order_by("-id")
    table = DeliveryTable(rows.filter(**form.conditions()))
    paged(request, table)
    context = {
        "endpoint": endpoint,
        "form": form,
        "table": table,
        "is_empty": not table.page.object_list,
        "is_filtered": bool(form.conditions()),
        "resend_form": ResendForm(initial={"hours": "24"}),
        "previous_works": endpoint.previous_secret_until is not None and utc_now() < endpoint.previous_secret_until,
        "limit": DISABLED_AT,
        "days": PATIENCE.days,
    }
    return render(request, "partners/webhooks/endpoint.html", context)


@require_safe
@member_view(Permission.WEBHOOK_MANAGE)
def delivery(request: MemberRequest, delivery_id: UUID) -> HttpResponse:
    """One message on its way to one endpoint: what was sent, and every answer."""
    rows = WebhookDelivery.objects.select_related("endpoint", "message").prefetch_related("attempts")
    found = rows.filter(pk=delivery_id).first()
    if found is None:
        raise NotFoundError
    attempts = [(attempt, error_sentence(attempt.error)) for attempt in found.attempts.order_by("-number")]
    context = {
        "delivery": found,
        "attempts": attempts,
        "body": json.dumps(json.loads(found.message.body), indent=2, ensure_ascii=False),
        "most_tries": MOST_TRIES,
    }
    return render(request, "partners/webhooks/delivery.html", context)


@never_cache
@require_POST
@member_view(Permission.WEBHOOK_MANAGE)
def rotate(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """Make a new signing secret and show it, this once."""
    return _secret(request, endpoint_id, rotate_secret(actor=request.actor, endpoint_id=endpoint_id, now=utc_now()))


@require_POST
@member_view(Permission.WEBHOOK_MANAGE)
def switch_off(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """Send nothing more."""
    switch_off_endpoint(actor=request.actor, endpoint_id=endpoint_id, now=utc_now())
    messages.success(request, _("The endpoint is switched off. Nothing is sent to it."))
    return redirect("portal:webhook", endpoint_id)


@require_POST
@member_view(Permission.WEBHOOK_MANAGE)
def switch_on(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """Send again what happens from now on."""
    switch_on_endpoint(actor=request.actor, endpoint_id=endpoint_id, now=utc_now())
    messages.success(request, _("The endpoint is switched on. It is told of what happens from now on."))
    return redirect("portal:webhook", endpoint_id)


@require_POST
@member_view(Permission.WEBHOOK_MANAGE)
def remove(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """Remove it for good."""
    remove_endpoint(actor=request.actor, endpoint_id=endpoint_id, now=utc_now())
    messages.success(request, _("The endpoint is removed."))
    return redirect("portal:webhooks")


@require_POST
@member_view(Permission.WEBHOOK_MANAGE)
def test(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """Send a test message."""

    def sent(now: datetime) -> HttpResponse:
        made = send_test(actor=request.actor, endpoint_id=endpoint_id, now=now)
        messages.success(request, _("A test message is on its way. Its answer appears here."))
        return redirect("portal:webhook_delivery", made)

    return _or_said(request, endpoint_id, sent)


@require_POST
@member_view(Permission.WEBHOOK_MANAGE)
def resend(request: MemberRequest, delivery_id: UUID) -> HttpResponse:
    """Send one message again."""
    found = WebhookDelivery.objects.filter(pk=delivery_id).first()
    if found is None:
        raise NotFoundError

    def sent(now: datetime) -> HttpResponse:
        resend_delivery(actor=request.actor, delivery_id=delivery_id, now=now)
        messages.success(request, _("The message is on its way again, under the same id."))
        return redirect("portal:webhook_delivery", delivery_id)

    return _or_said(request, found.endpoint_id, sent)


@require_POST
@member_view(Permission.WEBHOOK_MANAGE)
def resend_all_failed(request: MemberRequest, endpoint_id: UUID) -> HttpResponse:
    """Send again everything that failed in a span of time."""
    form = ResendForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose how far back to go."))
        return redirect("portal:webhook", _endpoint(endpoint_id).pk)

    def sent(now: datetime) -> HttpResponse:
        count = resend_failed(actor=request.actor, endpoint_id=endpoint_id, since=form.since(now), now=now)
        told = ngettext("%(count)d message is on its way again.", "%(count)d messages are on their way again.", count)
        messages.success(request, told % {"count": count})
        return redirect("portal:webhook", endpoint_id)

    return _or_said(request, endpoint_id, sent)


def _or_said(request: HttpRequest, endpoint_id: UUID, act: Callable[[datetime], HttpResponse]) -> HttpResponse:
    """Act, or say on the endpoint's page why it can't be done now."""
    try:
        return act(utc_now())
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, str(error))
        return redirect("portal:webhook", endpoint_id)


def _wanted(form: EndpointForm) -> EndpointSettings:
    data = form.cleaned_data
    return EndpointSettings(url=data["url"], types=tuple(data["types"]), description=data["description"])


def _endpoint(endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = WebhookEndpoint.objects.filter(pk=endpoint_id, removed_at=None).first()
    if endpoint is None:
        raise NotFoundError
    return endpoint


def _secret(request: MemberRequest, endpoint_id: UUID, secret: str) -> HttpResponse:
    context = {"secret": secret, "endpoint": _endpoint(endpoint_id)}
    return render(request, "partners/webhooks/secret.html", context)
