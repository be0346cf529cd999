"""Registration of the kernel: checks, the task base, and the tables it owns."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KernelConfig(AppConfig):
    """Ids, money, clock, tenancy, permissions, outbox, audit, errors."""

    name = "alliance.kernel"
    label = "kernel"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        from alliance.kernel import checks  # noqa: F401  registers system checks
        from alliance.kernel.roles import watch_connections

        watch_connections()
