"""Open accounts in a book."""

from collections.abc import Iterable
from uuid import UUID

from alliance.kernel.ids import new_id
from settlements.ledger.domain import AccountSpec
from settlements.ledger.functions import call_for_uuids


def open_accounts(*, book_id: UUID, specs: Iterable[AccountSpec]) -> dict[AccountSpec, UUID]:
    """The id of each account, opened now where there was none. One call for any number.

    Safe to repeat and to race. Raises `NotTheBooksHostError` outside the host's scope (or the operator's
    role), `AccountMismatchError` when an organization is no member of the alliance, an agreement belongs to
    another, or a currency is no ISO code.
    """
    wanted = list(dict.fromkeys(specs))
    if not wanted:
        return {}
    found = call_for_uuids(
        "SELECT ledger_open_accounts(%s, %s::uuid[], %s::uuid[], %s::uuid[], %s::text[], %s::text[])",
        [
            book_id,
            [new_id() for _ in wanted],
            [spec.organization_id for spec in wanted],
            [spec.agreement_id for spec in wanted],
            [spec.currency for spec in wanted],
            [spec.kind.value for spec in wanted],
        ],
    )
    return dict(zip(wanted, found, strict=True))
