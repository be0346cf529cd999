"""Post journals: the only way anything gets into a ledger."""

from collections.abc import Sequence
from uuid import UUID

from alliance.kernel.arrays import array_literal, texts_literal
from alliance.kernel.ids import new_id
from settlements.ledger.domain import JournalDraft
from settlements.ledger.functions import call_for_uuids

_POST = (
    "SELECT ledger_post(%s, %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::date[], %s::timestamptz[],"
    " %s::uuid[], %s::int[], %s::int[], %s::uuid[], %s::bigint[])"
)


def post_journals(*, book_id: UUID, drafts: Sequence[JournalDraft]) -> dict[str, UUID]:
    """Post all drafts or none, and return the journal of each key. One call and one INSERT for each table.

    A key that was posted before with the same content returns that journal and posts nothing, even when its
    period has closed since. Some 500 drafts a call are best; more work too.

    The database decides; it raises `JournalUnbalancedError`, `EntryZeroError`, `JournalIncompleteError`,
    `AccountMismatchError` (an account of another book, agreement or alliance), `PeriodClosedError`,
    `PeriodMissingError`, `KeyReusedError`, `AlreadyReversedError`, `ReversalNotMirrorError`,
    `MalformedPostingError`, and `NotTheBooksHostError` outside the host's scope (or the operator's role). A
    refusal voids the transaction: open a savepoint around the call to go on.
    """
    if not drafts:
        return {}
    legs = [leg for draft in drafts for leg in draft.legs]
    ids = call_for_uuids(
        _POST,
        [
            book_id,
            array_literal(new_id() for _ in drafts),
            texts_literal(draft.key for draft in drafts),
            texts_literal(draft.kind for draft in drafts),
            array_literal(draft.agreement_id for draft in drafts),
            array_literal(draft.effective_on for draft in drafts),
            texts_literal(draft.occurred_at.isoformat() for draft in drafts),
            array_literal(draft.reverses_id for draft in drafts),
            array_literal(len(draft.legs) for draft in drafts),
            array_literal(place for place, draft in enumerate(drafts, start=1) for _ in draft.legs),
            array_literal(leg.account_id for leg in legs),
            array_literal(leg.amount_minor for leg in legs),
        ],
    )
    return {draft.key: journal_id for draft, journal_id in zip(drafts, ids, strict=True)}


def post_journal(*, book_id: UUID, draft: JournalDraft) -> UUID:
    """Post one draft and return its journal; like `post_journals` in every other way."""
    return post_journals(book_id=book_id, drafts=[draft])[draft.key]
