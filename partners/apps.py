"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Users, organizations, members, alliances, agreements, keys."""

    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        """Hear what happens."""
        from partners import subscribers

        subscribers.register()
