"""The demo's own table: mails that were sent, so that invitations and codes can be followed without a mail server."""

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
