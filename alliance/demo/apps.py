"""Registration of the demo: its commands and its page of sent mails."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    """Seed data and the one command that starts everything."""

    name = "alliance.demo"
    label = "demo"
    verbose_name = _("Demo")
