"""Which version another one is read against, and how they differ."""

from collections.abc import Mapping
from uuid import UUID

from partners.models import TermsStatus, TermsVersion
from partners.sentences import sections_of
from partners.sentences.difference import TermsDifference, compared


def basis_of(version: TermsVersion) -> TermsVersion | None:
    """What a reader knows already: the proposal that it answers, else the last accepted version before it."""
    if version.answers is not None:
        return version.answers
    accepted = TermsVersion.objects.filter(agreement_id=version.agreement_id, status=TermsStatus.ACCEPTED)
    return accepted.filter(number__lt=version.number).order_by("-number").first()


def last_agreed(agreement_id: UUID) -> TermsVersion | None:
    """The last version that every party has accepted; of an agreement without any, the last one that was proposed."""
    versions = TermsVersion.objects.filter(agreement_id=agreement_id).order_by("-number")
    return versions.filter(status=TermsStatus.ACCEPTED).first() or versions.first()


def difference_between(
    before: TermsVersion, after: TermsVersion, names: Mapping[UUID, str], *, language: str
) -> TermsDifference:
    """Everything both versions say, aligned, in one language."""
    return compared(sections_of(before, names, language=language), sections_of(after, names, language=language))
