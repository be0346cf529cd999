"""The kernel in the operator console: messages and their deliveries, the audit trail, scheduled runs."""

from typing import ClassVar

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from alliance.kernel.audit_words import audit_areas, audit_sentence
from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline, is_operator
from alliance.kernel.models import AuditEvent, OutboxDelivery, OutboxMessage, ScheduledRun, WorkerHeartbeat
from alliance.kernel.outbox.upkeep import retry_parked


class DeliveriesInline(ReadOnlyInline):
    """Where the message stands with each subscriber."""

    model = OutboxDelivery
    fields: ClassVar = ["subscriber", "state", "attempts", "next_attempt_at", "done_at", "last_error"]


@admin.register(OutboxMessage)
class OutboxMessageConsole(ReadOnlyConsole):
    """Published events."""

    list_display: ClassVar = ["id", "topic", "organization_id", "created_at"]
    inlines: ClassVar = [DeliveriesInline]


@admin.register(OutboxDelivery)
class OutboxDeliveryConsole(ReadOnlyConsole):
    """Messages on their way; those that failed five times are parked and wait here for a retry."""

    list_display: ClassVar = ["id", "subscriber", "topic", "state", "attempts", "next_attempt_at", "last_error_line"]
    list_filter: ClassVar = ["state"]
    list_select_related: ClassVar = ["message"]
    id_search_fields: ClassVar = ["message_id"]
    actions: ClassVar = ["retry"]

    @admin.display(description=_("topic"))
    def topic(self, delivery: OutboxDelivery) -> str:
        """What the message is about."""
        return delivery.message.topic

    @admin.display(description=_("last error"))
    def last_error_line(self, delivery: OutboxDelivery) -> str:
        """The end of the error: the line that says what went wrong."""
        lines = delivery.last_error.strip().splitlines()
        return lines[-1][:200] if lines else ""

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whether this person may set parked deliveries going again."""
        return is_operator(request.user)

    @admin.action(description=_("Retry the chosen parked deliveries"), permissions=["retry"])
    def retry(self, request: HttpRequest, deliveries: QuerySet[OutboxDelivery]) -> None:
        """Set the chosen parked deliveries pending with fresh attempts; others among them are left alone."""
        chosen = list(deliveries.filter(state="parked"))
        count = retry_parked(delivery_ids=[delivery.pk for delivery in chosen])
        self.log_retries(request, chosen)
        told = ngettext("%(count)d delivery will be tried again.", "%(count)d deliveries will be tried again.", count)
        self.message_user(request, told % {"count": count}, messages.SUCCESS if count else messages.WARNING)

    def log_retries(self, request: HttpRequest, deliveries: list[OutboxDelivery]) -> None:
        """Keep in the console's log who retried what."""
        for delivery in deliveries:
            self.log_change(request, delivery, str(_("Retry")))


class ActionFilter(admin.SimpleListFilter):
    """By what was done. The choices come from the words that apps register, not from a scan of the table."""

    title = _("what was done")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        """Every action that has a sentence."""
        return [(action, f"{sentence} ({action})") for area in audit_areas() for action, sentence in area.actions]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEvent, AuditEvent]
    ) -> QuerySet[AuditEvent, AuditEvent]:
        """The events of the chosen action."""
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditEvent)
class AuditEventConsole(ReadOnlyConsole):
    """Who did what, in every organization. Search takes the id of an organization, an actor or an object."""

    list_display: ClassVar = [
        "at",
        "organization_id",
        "actor_kind",
        "actor_label",
        "sentence",
        "target_type",
        "target_label",
    ]
    list_filter: ClassVar = ["actor_kind", ActionFilter, ("at", admin.DateFieldListFilter)]
    id_search_fields: ClassVar = ["organization_id", "actor_id", "target_id"]

    @admin.display(description=_("what was done"), ordering="action")
    def sentence(self, event: AuditEvent) -> str:
        """What was done, in the reader's language."""
        return f"{audit_sentence(event.action)} ({event.action})"


@admin.register(ScheduledRun)
class ScheduledRunConsole(ReadOnlyConsole):
    """What the clock started."""

    list_display: ClassVar = ["job", "slot", "started_at", "finished_at", "error"]
    search_fields: ClassVar = ["job__startswith"]
    ordering: ClassVar = ["-slot"]


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatConsole(ReadOnlyConsole):
    """Which queues are being worked off."""

    list_display: ClassVar = ["queue", "beaten_at"]
    ordering: ClassVar = ["queue"]


@admin.register(LogEntry)
class LogEntryConsole(ReadOnlyConsole):
    """What operators did in this console."""

    list_display: ClassVar = ["action_time", "user", "content_type", "object_repr", "change_message"]
    list_select_related: ClassVar = ["user", "content_type"]
    search_fields: ClassVar = ["object_repr__icontains"]
    id_search_fields: ClassVar = ["user_id"]
    ordering: ClassVar = ["-action_time"]
