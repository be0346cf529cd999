"""Terms that nobody is bound by yet, for whoever wants to know what they would bring: a draft's, or a proposal's."""

from dataclasses import dataclass
from uuid import UUID

from alliance.kernel.errors import NotFoundError
from partners.domain.terms import Terms
from partners.drafts.models import AgreementDraft
from partners.drafts.trying import all_clauses
from partners.models import TermsVersion


@dataclass(frozen=True, slots=True)
class UnsignedTerms:
    """Terms of an agreement's next version, or with `agreement_id` empty of a new one; `terms` is `None` until they are right."""

    agreement_id: UUID | None
    name: str
    number: int | None
    terms: Terms | None


def drafted_terms(draft_id: UUID) -> UnsignedTerms:
    """A draft of the scope's organization; raises `NotFoundError` for any other."""
    draft = AgreementDraft.objects.filter(pk=draft_id).first()
    if draft is None:
        raise NotFoundError
    return UnsignedTerms(draft.agreement_id, draft.name, None, all_clauses(draft.terms))


def terms_of_version(agreement_id: UUID, version_id: UUID) -> UnsignedTerms:
    """A version, also one that is signed already; raises `NotFoundError` where the scope sees none."""
    found = TermsVersion.objects.select_related("agreement").filter(pk=version_id, agreement_id=agreement_id).first()
    if found is None:
        raise NotFoundError
    return UnsignedTerms(agreement_id, found.agreement.name, found.number, found.parsed())
