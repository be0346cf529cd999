"""A member begins to write an agreement, or the next version of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.domain.supplement import Paper
from partners.drafts.models import AgreementDraft
from partners.drafts.services.change_draft import file_of, require_small
from partners.models import Agreement, AgreementParty, Alliance, AllianceMembership, TermsVersion
from partners.services.propose_agreement import AgreementNameMissingError

MOST_DRAFTS = 200


class TooManyDraftsError(DomainError):
    """The organization has more drafts than anybody can keep apart."""

    code = "too_many_drafts"
    sentence = _("Your organization has 200 drafts. Discard some before you begin another one.")


@dataclass(frozen=True, slots=True)
class DraftStart:
    """What a draft begins with: a name and terms, as JSON, and what is signed beside them.

    With `agreement_id` it is the next version of that one, with `answers_id` in the place of an open proposal.
    """

    alliance_id: UUID
    name: str
    terms: Mapping[str, object]
    agreement_id: UUID | None = None
    answers_id: UUID | None = None
    paper: Paper | None = None


def start_draft(*, actor: Actor, start: DraftStart, now: datetime) -> UUID:
    """Keep a new draft, which the actor's organization alone sees; returns its id.

    Raises `NotPermittedError`, `NotFoundError` (also for another's file), `AgreementNameMissingError`, `TooManyDraftsError`, `DraftTooLargeError`.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    require_small(start.terms)
    if not (name := start.name.strip()):
        raise AgreementNameMissingError(field="name")
    with atomic():
        alliance = Alliance.objects.filter(pk=start.alliance_id).first()
        if alliance is None:
            raise NotFoundError
        _require_place(actor, alliance, start)
        if AgreementDraft.objects.count() >= MOST_DRAFTS:
            raise TooManyDraftsError
        paper = start.paper or Paper()
        draft = AgreementDraft(
            organization_id=actor.organization_id,
            alliance=alliance,
            agreement_id=start.agreement_id,
            answers_id=start.answers_id,
            name=name,
            terms=dict(start.terms),
            end_rule=paper.end_rule.to_json(),
            texts=dict(paper.texts),
            created_at=now,
            changed_at=now,
            changed_by_id=actor.user_id,
        )
        draft.file = file_of(draft, paper.file_id)
        draft.save(force_insert=True)
        audit.record(actor, "agreement_draft.started", draft, now=now, after={"name": name, "terms": draft.terms})
    return draft.pk


def _require_place(actor: Actor, alliance: Alliance, start: DraftStart) -> None:
    own = {"organization_id": actor.organization_id}
    if start.agreement_id is None:
        if start.answers_id is not None or not AllianceMembership.objects.filter(alliance=alliance, **own).exists():
            raise NotFoundError
        return
    if not Agreement.objects.filter(pk=start.agreement_id, alliance=alliance).exists():
        raise NotFoundError
    if not AgreementParty.objects.filter(agreement_id=start.agreement_id, **own).exists():
        raise NotPermittedError(_("Only the parties of an agreement propose its terms."))
    if start.answers_id is not None:
        own_versions = TermsVersion.objects.filter(agreement_id=start.agreement_id)
        if not own_versions.filter(pk=start.answers_id).exists():
            raise NotFoundError
