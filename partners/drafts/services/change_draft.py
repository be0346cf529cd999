"""A member writes on at a draft."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.domain.supplement import Paper
from partners.drafts.models import AgreementDraft
from partners.models import AgreementFile

MOST_BYTES: Final = 512 * 1024


class DraftChangedError(DomainError):
    """Somebody else has changed the draft since it was read."""

    code = "draft_changed"
    sentence = _(
        "Somebody changed this draft in the meantime. Nothing of yours is lost: look at it once more and save again."
    )


class DraftTooLargeError(InvalidInputError):
    """More than terms can be."""

    code = "draft_too_large"
    sentence = _("These terms are too long: 512 kB at most.")


@dataclass(frozen=True, slots=True)
class DraftChange:
    """What is written anew; `None` stays as it is. `paper` is what is signed beside the terms."""

    terms: Mapping[str, object] | None = None
    name: str | None = None
    paper: Paper | None = None


def change_draft(*, actor: Actor, draft_id: UUID, revision: int, change: DraftChange, now: datetime) -> int:
    """Keep what is written, whether it is possible or not. Returns the new revision.

    The same content changes nothing. Raises `NotPermittedError`, `NotFoundError` (also for another's file),
    `DraftTooLargeError`, and `DraftChangedError` when `revision` is not the present one.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        draft = locked_draft(draft_id, revision)
        before = _content(draft)
        _write(draft, change)
        after = _content(draft)
        if before == after:
            return revision
        draft.revision += 1
        draft.changed_at, draft.changed_by_id = now, actor.user_id
        draft.save()
        audit.record(actor, "agreement_draft.changed", draft, now=now, before=before, after=after)
    return draft.revision


def _content(draft: AgreementDraft) -> dict[str, object]:
    return {
        "name": draft.name,
        "terms": draft.terms,
        "end_rule": draft.end_rule,
        "texts": draft.texts,
        "file_id": str(draft.file_id) if draft.file_id else None,
    }


def _write(draft: AgreementDraft, change: DraftChange) -> None:
    if change.terms is not None:
        require_small(change.terms)
        draft.terms = dict(change.terms)
    draft.name = (change.name or "").strip() or draft.name
    if change.paper is not None:
        draft.end_rule = change.paper.end_rule.to_json()
        draft.texts = {language: text for language, text in change.paper.texts.items() if text.strip()}
        draft.file = file_of(draft, change.paper.file_id)


def file_of(draft: AgreementDraft, file_id: UUID | None) -> AgreementFile | None:
    """The organization's own file, or one that the agreement has already; raises `NotFoundError`."""
    if file_id is None:
        return None
    usable = Q(organization_id=draft.organization_id, agreement=None)
    if draft.agreement_id is not None:
        usable |= Q(agreement_id=draft.agreement_id)
    file = AgreementFile.objects.filter(usable, pk=file_id).first()
    if file is None:
        raise NotFoundError
    return file


def locked_draft(draft_id: UUID, revision: int) -> AgreementDraft:
    """The draft, locked; raises `NotFoundError`, and `DraftChangedError` when it is at another revision."""
    draft = AgreementDraft.objects.select_for_update().filter(pk=draft_id).first()
    if draft is None:
        raise NotFoundError
    if draft.revision != revision:
        raise DraftChangedError
    return draft


def require_small(terms: Mapping[str, object]) -> None:
    """Refuse what is longer than any terms; raises `DraftTooLargeError`."""
    if len(json.dumps(terms, ensure_ascii=False).encode()) > MOST_BYTES:
        raise DraftTooLargeError
