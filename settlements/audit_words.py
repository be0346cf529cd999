"""What settlements' actions in the audit trail mean, and where its objects have their pages."""

from django.utils.translation import gettext_lazy as _

from alliance.kernel.audit_words import register_audit_words


def register() -> None:
    """Called when the app is ready."""
    register_audit_words(
        {
            "advance.granted": _("Granted the advances of a month"),
            "export.created": _("Had a file made"),
            "period.close_requested": _("Asked for a month to be closed"),
            "period.closed": _("Closed a month"),
        },
        pages={"settlements.export": "portal:export", "settlements.period": "portal:period"},
    )
