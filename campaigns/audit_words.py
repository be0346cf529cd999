"""What campaigns' actions in the audit trail mean, and where its objects have their pages."""

from django.utils.translation import gettext_lazy as _

from alliance.kernel.audit_words import register_audit_words


def register() -> None:
    """Called when the app is ready."""
    register_audit_words(
        {
            "import_mapping.deleted": _("Deleted a mapping for order files"),
            "import_mapping.saved": _("Saved a mapping for order files"),
            "order_file.uploaded": _("Uploaded an order file"),
            "order_import.confirmed": _("Had an order file imported"),
        },
        pages={
            "campaigns.orderfile": "portal:import_file",
            "campaigns.orderimport": "portal:import",
        },
    )
