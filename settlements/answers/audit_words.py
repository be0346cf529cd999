"""What answers to statements are called in the audit trail, and where they have their pages."""

from django.utils.translation import gettext_lazy as _

from alliance.kernel.audit_words import register_audit_words


def register() -> None:
    """Called when the app is ready."""
    register_audit_words(
        {
            "dispute.settled": _("Ended the dispute of a line"),
            "line.disputed": _("Disputed a line of a statement"),
            "statement.accepted": _("Accepted a statement"),
            "statement.commented": _("Commented on a statement"),
        },
        pages={
            "settlements.linedispute": "portal:dispute",
            "settlements.statement": "portal:statement",
        },
    )
