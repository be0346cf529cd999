"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecsysConfig(AppConfig):
    """Models, serving, widgets, profiles."""

    name = "recsys"
    verbose_name = _("Recommendations")
