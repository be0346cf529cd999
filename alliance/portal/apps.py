"""Registration of the portal shell."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """The shell of the partner portal, the home dashboards and the pages that mix apps."""

    name = "alliance.portal"
    label = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from alliance.portal import checks  # noqa: F401  registers the check
