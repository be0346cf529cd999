"""Registration of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Users, organizations, members, alliances, agreements, keys."""

    name = "partners"
    verbose_name = _("Partners")

    def ready(self) -> None:
        """Hear what happens, here and in the packages that this app stands on."""
        from partners import subscribers
        from partners.access import receivers
        from partners.access import subscribers as access_subscribers
        from partners.agreements import subscribers as agreement_subscribers
        from partners.catalogue import subscribers as catalogue_subscribers
        from partners.onboarding import subscribers as onboarding_subscribers

        subscribers.register()
        access_subscribers.register()
        agreement_subscribers.register()
        onboarding_subscribers.register()
        catalogue_subscribers.register()
        receivers.connect()
