"""Registration of Django's admin with this product's own site instead of the stock one."""

from django.contrib.admin.apps import AdminConfig


class OperatorConsoleConfig(AdminConfig):
    """Django's admin, on the operator console's site."""

    default_site = "alliance.admin.OperatorConsole"
