"""The demo keeps mails instead of sending them, and shows them only in a demo."""

import pytest
from django.core import mail
from django.test import Client

from alliance.demo.models import SentMail

pytestmark = pytest.mark.django_db
BACKEND = "alliance.demo.mail.OutboxEmailBackend"


def test_page_does_not_exist_outside_a_demo():
    assert Client().get("/demo/mail/").status_code == 404


def test_kept_mail_is_shown_with_its_links(settings):
    settings.DEMO, settings.EMAIL_BACKEND = True, BACKEND
    sent = mail.send_mail(
        "An\ninvitation".replace("\n", " "), "Open https://portal.example/join/x/\n<b>", None, ["a@example.org"]
    )
    assert sent == 1
    page = Client().get("/demo/mail/").content.decode()
    assert "An invitation" in page
    assert 'href="https://portal.example/join/x/"' in page
    assert "&lt;b&gt;" in page
    assert "a@example.org" in page


def test_mail_without_recipient_is_not_kept(settings):
    settings.EMAIL_BACKEND = BACKEND
    assert mail.EmailMessage("Nobody", "…").send() == 0
    assert not SentMail.objects.exists()


def test_page_takes_only_get(settings):
    settings.DEMO = True
    assert Client().post("/demo/mail/").status_code == 405


def test_empty_page_says_what_would_be_here(settings):
    settings.DEMO = True
    assert "No mail has been sent yet" in Client().get("/demo/mail/").content.decode()


def test_reset_mail_lands_there(settings):
    settings.DEMO, settings.EMAIL_BACKEND = True, BACKEND
    Client().post("/accounts/password/reset/", {"email": "unknown@example.org"})
    assert SentMail.objects.get().recipients == "unknown@example.org"
