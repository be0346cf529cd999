"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AudienceConfig(AppConfig):
    """Persons, consent, events, segments."""

    name = "audience"
    verbose_name = _("Audience")
