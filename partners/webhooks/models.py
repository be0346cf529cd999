"""Endpoints, messages, deliveries and attempts."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import OperatorModel, PrivateModel
from alliance.kernel.tenancy.classes import Tenancy, private
from partners.models.organizations import Organization
from partners.webhooks.domain import DisabledBecause, Health

KEPT_BODY_BYTES = 4096


class DisabledReason(models.TextChoices):
    """Why nothing is sent to an endpoint, for people."""

    MEMBER = DisabledBecause.MEMBER.value, _("Switched off by a member")
    GONE = DisabledBecause.GONE.value, _("The receiver answered 410 Gone")
    FAILING = DisabledBecause.FAILING.value, _("No success for three days")


class WebhookEndpoint(PrivateModel):
    """An address of an organization that is told of the types it wants.

    Signing secrets are sealed; `sealed_previous_secret` still signs beside the present one until `previous_secret_until`.
    `failures` counts failed attempts in a row; until `rests_until` nothing is sent, whatever is due. `busy_until` and
    `busy_token` say which sender works on it, by the database's clock: one at a time.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    url = models.CharField(_("address"), max_length=2048)
    description = models.CharField(_("description"), max_length=120, blank=True)
    types = ArrayField(models.CharField(max_length=80), verbose_name=_("types"))
    sealed_secret = models.TextField(editable=False)
    sealed_previous_secret = models.TextField(blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    is_enabled = models.BooleanField(_("switched on"), default=True)
    disabled_at = models.DateTimeField(_("switched off"), null=True, editable=False)
    disabled_reason = models.CharField(
        _("reason"), max_length=10, choices=DisabledReason.choices, blank=True, editable=False
    )
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    succeeded_at = models.DateTimeField(_("last success"), null=True, editable=False)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    rests_until = models.DateTimeField(_("rests until"), null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    busy_until = models.DateTimeField(null=True, editable=False)
    busy_token = models.UUIDField(null=True, editable=False)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"))

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="webhook_endpoint_organization"),
            models.CheckConstraint(condition=Q(types__len__gt=0), name="webhook_endpoint_wants_something"),
            models.CheckConstraint(
                condition=Q(is_enabled=True, disabled_at__isnull=True, disabled_reason="", removed_at__isnull=True)
                | Q(is_enabled=False, disabled_at__isnull=False) & ~Q(disabled_reason=""),
                name="webhook_endpoint_off_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["claimed_at"], condition=Q(is_enabled=True), name="webhook_endpoint_turn"),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def health(self) -> Health:
        """How the endpoint fares."""
        return Health(self.failures, self.failing_since)


class WebhookMessage(PrivateModel):
    """One thing told to one organization, word for word as it is sent. Never changed."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    type = models.CharField(_("type"), max_length=80)
    body = models.TextField(_("content"))
    created_at = models.DateTimeField(_("created"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT", "DELETE"))

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="webhook_message_organization"),
        ]
        indexes: ClassVar = [models.Index(fields=["created_at"], name="webhook_message_age")]

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


class DeliveryOutcome(models.TextChoices):
    """Where a delivery stands."""

    PENDING = "pending", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Failed")


class WebhookDelivery(PrivateModel):
    """One message on its way to one endpoint. `tries` counts the attempts of this round; a resend begins a new one."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    endpoint = models.ForeignKey(
        WebhookEndpoint, models.CASCADE, related_name="deliveries", verbose_name=_("webhook endpoint")
    )
    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="deliveries", verbose_name=_("message"))
    state = models.CharField(
        _("state"), max_length=10, choices=DeliveryOutcome.choices, default=DeliveryOutcome.PENDING
    )
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    last_status = models.PositiveSmallIntegerField(_("last answer"), null=True)
    last_error = models.CharField(_("last error"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(_("finished"), null=True)

    tenancy: ClassVar[Tenancy] = private(
        verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT", "UPDATE", "DELETE")
    )

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["endpoint", "message"], name="webhook_delivery_once"),
            models.UniqueConstraint(fields=["id", "organization"], name="webhook_delivery_organization"),
            models.CheckConstraint(condition=Q(state__in=DeliveryOutcome.values), name="webhook_delivery_state_known"),
            models.CheckConstraint(
                condition=Q(state="pending", next_attempt_at__isnull=False, finished_at__isnull=True)
                | ~Q(state="pending") & Q(next_attempt_at__isnull=True, finished_at__isnull=False),
                name="webhook_delivery_waits_or_ended",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["endpoint", "next_attempt_at"], condition=Q(state="pending"), name="webhook_delivery_due"
            ),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_log"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} to {self.endpoint_id}"


class WebhookAttempt(PrivateModel):
    """One request and what came back. The body that was sent is the message's; its signature is blanked here."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="attempts", verbose_name=_("delivery"))
    number = models.PositiveSmallIntegerField(_("number"))
    at = models.DateTimeField(_("when"))
    url = models.CharField(_("address"), max_length=2048)
    request_headers = models.JSONField(_("request headers"))
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    response_headers = models.JSONField(_("response headers"), default=dict)
    response_body = models.TextField(_("response"), blank=True)
    is_cut = models.BooleanField(_("response cut"), default=False)
    error = models.CharField(_("error"), max_length=40, blank=True)
    milliseconds = models.PositiveIntegerField(_("milliseconds"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT", "DELETE"))

    class Meta:
        verbose_name = _("webhook attempt")
        verbose_name_plural = _("webhook attempts")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["delivery", "number"], name="webhook_attempt_number"),
            models.CheckConstraint(
                condition=Q(status__isnull=False, error="") | Q(status__isnull=True) & ~Q(error=""),
                name="webhook_attempt_answer_or_error",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.number}"


class WebhookSender(OperatorModel):
    """One of the few senders that may work at a time, so that webhooks never take every worker."""

    number = models.PositiveSmallIntegerField(_("number"), unique=True)
    token = models.UUIDField()
    busy_until = models.DateTimeField(_("busy until"))

    class Meta:
        verbose_name = _("webhook sender")
        verbose_name_plural = _("webhook senders")
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return str(self.number)
