"""Forget files from a bank that nobody has imported."""

from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage

from alliance.kernel.tenancy import across_organizations
from settlements.banking.models import BankFile

KEPT: Final = timedelta(days=7)
_MOST: Final = 1_000


def forget_bank_files(*, now: datetime) -> int:
    """Delete the bytes of files that were uploaded a week ago; how many. The rows stay. Runs outside any scope."""
    with across_organizations(reason="the clock forgets every organization's unused bank files"):
        due = BankFile.objects.filter(uploaded_at__lte=now - KEPT).exclude(stored_as="")
        found = list(due.order_by("uploaded_at").values_list("pk", "stored_as")[:_MOST])
        for file_id, stored_as in found:
            default_storage.delete(stored_as)
            BankFile.objects.filter(pk=file_id).update(stored_as="")
    return len(found)
