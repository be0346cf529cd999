"""What becomes of an item that somebody sends, beside the one that is there under its code."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from partners.catalogue.domain.items import ItemDraft, ItemIssue, ItemStatus, publishing_issues


class Outcome(StrEnum):
    """What became of one item."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """What is there under the code."""

    id: UUID
    content_sha256: str
    status: str
    visibility_id: UUID
    archived_as_missing: bool
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One item as it is sent. Status and visibility are left as they are when None."""

    draft: ItemDraft
    content_sha256: str
    status: ItemStatus | None = None
    visibility_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What new items get where they say nothing; `status` also for items that come back after an import missed them."""

    status: ItemStatus
    visibility_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The outcome, and how the item stands afterwards; `issues` say why one is refused."""

    outcome: Outcome
    status: str
    visibility_id: UUID
    issues: tuple[ItemIssue, ...] = ()


def judge(wanted: Wanted, present: Present | None, defaults: Defaults) -> Judgement:
    """What becomes of a draft that is sound in itself.

    An item that was archived by hand stays archived; one that an import archived because its file lacked it comes back.
    """
    if present is None:
        status: str = wanted.status or defaults.status
        visibility_id = wanted.visibility_id or defaults.visibility_id
        outcome = Outcome.CREATED
    else:
        status = wanted.status or (defaults.status if present.archived_as_missing else present.status)
        visibility_id = wanted.visibility_id or present.visibility_id
        is_same = (wanted.content_sha256, status, visibility_id) == (
            present.content_sha256,
            present.status,
            present.visibility_id,
        )
        outcome = Outcome.UNCHANGED if is_same else Outcome.CHANGED
    issues = publishing_issues(wanted.draft) if status == ItemStatus.PUBLISHED else ()
    return Judgement(
        outcome=Outcome.REFUSED if issues else outcome, status=status, visibility_id=visibility_id, issues=issues
    )
