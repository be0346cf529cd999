"""The demo's own tables: mails that were sent, and a receiver of webhooks as a partner would run one."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy.classes import GlobalModel, Tenancy, global_rows


class SentMail(GlobalModel):
    """One message as a mail server would have taken it. Only a demo installation writes or shows any."""

    sent_at = models.DateTimeField(_("sent"), default=utc_now, editable=False)
    sender = models.CharField(_("sender"), max_length=320)
    recipients = models.TextField(_("recipients"))
    subject = models.CharField(_("subject"), max_length=998)
    body = models.TextField(_("text"))

    tenancy: ClassVar[Tenancy] = global_rows(verbs=("SELECT", "INSERT"))

    class Meta:
        verbose_name = _("sent mail")
        verbose_name_plural = _("sent mails")
        ordering: ClassVar = ["-sent_at", "-id"]

    def __str__(self) -> str:
        return self.subject


class WebhookReceiver(GlobalModel):
    """What the demo's receiver has been given: the signing secret of the one endpoint that points to it."""

    endpoint_id = models.UUIDField(_("endpoint"), unique=True)
    secret = models.CharField(max_length=120, editable=False)

    tenancy: ClassVar[Tenancy] = global_rows(verbs=("SELECT", "INSERT", "DELETE"))

    class Meta:
        verbose_name = _("webhook receiver")
        verbose_name_plural = _("webhook receivers")

    def __str__(self) -> str:
        return str(self.endpoint_id)


class ReceivedWebhook(GlobalModel):
    """One message whose signature the receiver has checked; once for each id, however often it came."""

    received_at = models.DateTimeField(_("received"), default=utc_now, editable=False)
    message_id = models.CharField(_("message"), max_length=80, unique=True)
    body = models.TextField(_("content"))

    tenancy: ClassVar[Tenancy] = global_rows(verbs=("SELECT", "INSERT"))

    class Meta:
        verbose_name = _("received webhook")
        verbose_name_plural = _("received webhooks")
        ordering: ClassVar = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.message_id
