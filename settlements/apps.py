"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettlementsConfig(AppConfig):
    """Ledger, accruals, periods, statements, exports."""

    name = "settlements"
    verbose_name = _("Settlements")

    def ready(self) -> None:
        from settlements.subscribers import register

        register()
