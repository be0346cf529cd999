"""Forget the files of exports whose time is over."""

from datetime import datetime

from alliance.kernel.tenancy import across_organizations
from settlements.exports.storing import drop
from settlements.models import Export

_MOST = 1_000


def expire_exports(*, now: datetime) -> int:
    """Delete the files past their date; how many. The rows stay and say that they were. Runs outside any scope."""
    with across_organizations(reason="the clock forgets every organization's old files"):
        due = Export.objects.filter(expires_at__lte=now).exclude(stored_as="")
        expired = list(due.order_by("expires_at").values_list("id", "stored_as")[:_MOST])
        for export_id, stored_as in expired:
            drop(stored_as)
            Export.objects.filter(pk=export_id).update(stored_as="")
    return len(expired)
