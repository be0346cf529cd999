"""What the actions on exports in the audit trail mean, and where their pages are."""

from django.utils.translation import gettext_lazy as _

from alliance.kernel.audit_words import register_audit_words


def register() -> None:
    """Called when the app is ready."""
    register_audit_words(
        {
            "export.created": _("Had a file made"),
            "export_schedule.created": _("Had every statement made as a file from then on"),
            "export_schedule.stopped": _("Stopped having every statement made as a file"),
        },
        pages={
            "settlements.export": "portal:export",
        },
    )
