"""Forget uploaded files that no proposal and no draft came to name; by the clock."""

from datetime import datetime, timedelta
from typing import Final

from alliance.kernel.files import forget_file
from alliance.kernel.tenancy import across_organizations, atomic
from partners.models import AgreementFile

KEPT: Final = timedelta(days=7)
_MOST = 500


def forget_loose_files(*, now: datetime) -> int:
    """Delete files that have lain loose for a week, with their rows; how many. Runs outside any scope."""
    with across_organizations(reason="the clock forgets every organization's loose files"), atomic():
        loose = AgreementFile.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            agreement=None, drafts=None, created_at__lte=now - KEPT
        )
        found = list(loose.order_by("created_at")[:_MOST])
        for file in found:
            forget_file(file.stored_as)
            file.delete()
    return len(found)
