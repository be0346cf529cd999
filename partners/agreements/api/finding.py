"""What an address names: a version by its number, an ending by its id."""

from uuid import UUID

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import own
from partners.models import Agreement, Ending, TermsVersion


def version_numbered(agreement_id: UUID, number: int) -> TermsVersion:
    """One version of an agreement in sight; raises `NotFoundError`."""
    own(Agreement.objects.all(), agreement_id)
    rows = TermsVersion.objects.select_related("agreement", "answers", "attached", "signed_copy")
    version = rows.prefetch_related("acceptances").filter(agreement_id=agreement_id, number=number).first()
    if version is None:
        raise NotFoundError
    return version


def ending_of(agreement_id: UUID, ending_id: UUID) -> Ending:
    """One ending of this very agreement; raises `NotFoundError`."""
    rows = Ending.objects.select_related("version").prefetch_related("signatures")
    ending = rows.filter(pk=ending_id, agreement_id=agreement_id).first()
    if ending is None:
        raise NotFoundError
    return ending
