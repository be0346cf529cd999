"""A member writes on at a draft."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.drafts.models import AgreementDraft

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


def change_draft(
    *, actor: Actor, draft_id: UUID, revision: int, terms: Mapping[str, object], name: str | None = None, now: datetime
) -> int:
    """Keep `terms` as the draft's, whether they are possible or not; `name` too when given. Returns the new revision.

    The same content changes nothing. Raises `NotPermittedError`, `NotFoundError`, `DraftTooLargeError`, and
    `DraftChangedError` when `revision` is not the present one.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    require_small(terms)
    with atomic():
        draft = locked_draft(draft_id, revision)
        wanted = (dict(terms), (name or "").strip() or draft.name)
        if wanted == (draft.terms, draft.name):
            return draft.revision
        before = {"revision": draft.revision, "name": draft.name, "terms": draft.terms}
        draft.terms, draft.name = wanted
        draft.revision += 1
        draft.changed_at, draft.changed_by_id = now, actor.user_id
        draft.save(update_fields=["terms", "name", "revision", "changed_at", "changed_by"])
        after = {"revision": draft.revision, "name": draft.name, "terms": draft.terms}
        audit.record(actor, "agreement_draft.changed", draft, now=now, before=before, after=after)
    return draft.revision


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
