"""Mails that partners sends, in the language of the person who gets them."""

from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation


def send_mail(template: str, *, to: list[str], language: str, context: Mapping[str, object]) -> None:
    """Render `partners/mail/<template>.txt` in `language` and send it; its first line is the subject."""
    with translation.override(language):
        text = render_to_string(f"partners/mail/{template}.txt", dict(context)).strip()
    subject, _newline, body = text.partition("\n")
    EmailMessage(subject=subject.strip(), body=body.strip() + "\n", to=to).send()


def page_address(name: str, *arguments: object) -> str:
    """The full address of a portal page, for mails."""
    return settings.SITE_URL.rstrip("/") + reverse(f"portal:{name}", args=arguments)
