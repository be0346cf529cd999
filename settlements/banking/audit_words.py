"""What banking's actions in the audit trail mean, and where its objects have their pages."""

from django.utils.translation import gettext_lazy as _

from alliance.kernel.audit_words import register_audit_words


def register() -> None:
    """Called when the app is ready."""
    register_audit_words(
        {
            "bank_file.uploaded": _("Uploaded a file from a bank"),
            "bank_match.approved": _("Approved what a bank entry is taken for"),
            "bank_match.proposed": _("Proposed what a bank entry is"),
            "bank_match.rejected": _("Rejected what a bank entry was taken for, or took it back"),
            "bank_matches.proposed": _("Matched bank entries with payouts"),
            "bank_import.confirmed": _("Had a bank statement imported"),
        },
        pages={
            "settlements.bankimport": "portal:bank_import",
            "settlements.bankmatch": "portal:bank_match",
            "settlements.bankstatement": "portal:bank_statement",
        },
    )
