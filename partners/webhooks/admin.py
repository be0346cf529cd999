"""Webhooks in the operator console: who is told, and what came back."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline
from partners.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint


@admin.register(WebhookEndpoint)
class WebhookEndpointConsole(ReadOnlyConsole):
    """Endpoints of every organization; their secrets are shown to nobody."""

    list_display: ClassVar = [
        "url", "organization", "is_enabled", "disabled_reason", "failures", "failing_since", "succeeded_at",
    ]  # fmt: skip
    list_filter: ClassVar = ["is_enabled", "disabled_reason"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["url__icontains"]
    id_search_fields: ClassVar = ["organization_id"]
    fields: ClassVar = [
        "organization", "url", "description", "types", "is_enabled", "disabled_at", "disabled_reason", "removed_at",
        "created_at", "succeeded_at", "failures", "failing_since", "rests_until",
    ]  # fmt: skip


class AttemptsInline(ReadOnlyInline):
    """The requests of a delivery."""

    model = WebhookAttempt
    fields: ClassVar = ["number", "at", "status", "error", "milliseconds"]
    show_change_link = False


@admin.register(WebhookDelivery)
class WebhookDeliveryConsole(ReadOnlyConsole):
    """Messages on their way to endpoints."""

    list_display: ClassVar = [
        "id",
        "organization",
        "endpoint",
        "state",
        "tries",
        "next_attempt_at",
        "last_status",
        "last_error",
    ]
    list_filter: ClassVar = ["state"]
    list_select_related: ClassVar = ["organization", "endpoint"]
    id_search_fields: ClassVar = ["organization_id", "endpoint_id", "message_id"]
    inlines: ClassVar = [AttemptsInline]
