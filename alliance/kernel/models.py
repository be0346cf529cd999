"""The kernel's own tables: outbox, audit trail, scheduled runs, heartbeats, idempotency keys."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy.classes import (
    GlobalModel,
    OperatorModel,
    PrivateModel,
    Tenancy,
    global_rows,
    operator_only,
    private,
)


class OutboxMessage(PrivateModel):
    """One published event. Written in the transaction of the fact it tells; never changed."""

    organization_id = models.UUIDField(_("organization"))
    topic = models.CharField(_("topic"), max_length=120)
    payload = models.JSONField(_("content"))
    created_at = models.DateTimeField(_("published"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT", "INSERT", "DELETE"))

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization_id"], name="message_id_organization")
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.id}"


class DeliveryState(models.TextChoices):
    """Where one delivery stands."""

    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    PARKED = "parked", _("Parked")


class OutboxDelivery(PrivateModel):
    """One message on its way to one subscriber. Its row is the receipt: done is set together with the effect.

    `next_attempt_at` is by the database's clock: before it, the relay leaves the delivery alone, either because a
    hint is under way or because the last attempt failed. `hints` counts the hints since the last attempt.
    """

    organization_id = models.UUIDField(_("organization"))
    message = models.ForeignKey(OutboxMessage, models.CASCADE, related_name="deliveries", verbose_name=_("message"))
    subscriber = models.CharField(_("subscriber"), max_length=120)
    queue = models.CharField(_("queue"), max_length=12)
    state = models.CharField(_("state"), max_length=8, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    hints = models.PositiveSmallIntegerField(_("hints"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), db_default=Now())
    last_error = models.TextField(_("last error"), blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    tenancy: ClassVar[Tenancy] = private(
        verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT", "INSERT", "UPDATE", "DELETE")
    )

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "subscriber"], name="delivery_once_per_subscriber"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False) | (~Q(state="done") & Q(done_at__isnull=True)),
                name="delivery_done_has_instant",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="delivery_due"),
            models.Index(fields=["id"], condition=Q(state="parked"), name="delivery_parked"),
            models.Index(fields=["done_at"], condition=Q(state="done"), name="delivery_done"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.subscriber}"

    @property
    def is_pending(self) -> bool:
        """Whether the subscriber has yet to act."""
        return self.state == DeliveryState.PENDING


class AuditEvent(PrivateModel):
    """Who did what to which object, when, and how it looked before and after. Inserted, never changed."""

    organization_id = models.UUIDField(_("organization"))
    at = models.DateTimeField(_("when"))
    actor_kind = models.CharField(_("kind of actor"), max_length=10)
    actor_id = models.UUIDField(_("actor"), null=True, blank=True)
    actor_label = models.CharField(_("name of the actor"), max_length=160, blank=True)
    action = models.CharField(_("action"), max_length=80)
    target_type = models.CharField(_("kind of object"), max_length=80)
    target_id = models.CharField(_("object"), max_length=80)
    target_label = models.CharField(_("name of the object"), max_length=200, blank=True)
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)
    ip_prefix = models.CharField(_("network"), max_length=64, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT", "INSERT"))

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(fields=["organization_id", "-at"], name="audit_by_time"),
            models.Index(fields=["organization_id", "target_type", "target_id"], name="audit_by_target"),
            models.Index(fields=["target_id"], name="audit_by_target_id"),
            models.Index(fields=["actor_id"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class ScheduledRun(OperatorModel):
    """One slot of one scheduled job, by the database's clock. The unique pair makes a doubled beat do nothing."""

    job = models.CharField(_("job"), max_length=120)
    slot = models.DateTimeField(_("slot"))
    started_at = models.DateTimeField(_("started"))
    lease_until = models.DateTimeField(_("held until"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    tenancy: ClassVar[Tenancy] = operator_only()

    class Meta:
        verbose_name = _("scheduled run")
        verbose_name_plural = _("scheduled runs")
        ordering: ClassVar = ["-slot", "job"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "slot"], name="run_once_per_slot")]

    def __str__(self) -> str:
        return f"{self.job} {self.slot:%Y-%m-%d %H:%M:%S}"


class WorkerHeartbeat(GlobalModel):
    """When a worker last did the canary task of a queue: the proof that messages of that queue are worked off."""

    queue = models.CharField(_("queue"), max_length=12, unique=True)
    beaten_at = models.DateTimeField(_("last sign of life"))

    tenancy: ClassVar[Tenancy] = global_rows()

    class Meta:
        verbose_name = _("worker heartbeat")
        verbose_name_plural = _("worker heartbeats")
        ordering: ClassVar = ["queue"]

    def __str__(self) -> str:
        return self.queue


class IdempotencyKey(PrivateModel):
    """One `Idempotency-Key` of an API client, what it asked and what it was answered.

    Committed together with the effect of the request, so it exists exactly when the effect does.
    """

    organization_id = models.UUIDField(_("organization"))
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.CharField(_("fingerprint of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    headers = models.JSONField(_("headers"), default=dict)
    body = models.BinaryField(_("body"))
    created_at = models.DateTimeField(_("created"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "DELETE"), operator_verbs=("SELECT", "DELETE"))

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization_id", "key"], name="idempotency_key_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key
