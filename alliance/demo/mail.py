"""Keeps sent mails in the database instead of sending them; `EMAIL_URL=demo://`."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from alliance.demo.models import SentMail


class OutboxEmailBackend(BaseEmailBackend):
    """Each message becomes a row that the demo's page shows. It takes part in the sender's transaction."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep every message with at least one recipient; returns how many."""
        kept = [message for message in email_messages if message.recipients()]
        for message in kept:
            SentMail.objects.create(
                sender=message.from_email,
                recipients=", ".join(message.recipients()),
                subject=" ".join(str(message.subject).splitlines()),
                body=str(message.body),
            )
        return len(kept)
