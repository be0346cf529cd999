"""What the database refuses, as errors with a stable code and a sentence.

`refusals()` turns the SQLSTATEs of `migrations/sql/ledger.sql` into these. After a refusal the database
transaction is void: a caller that wants to go on opens a savepoint (`atomic()`) around the call.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

import psycopg
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError


class LedgerRefusedError(DomainError):
    """The database refused to write. `reference` is what it named: a key, an agreement; for logs and tests."""

    code = "ledger_refused"
    sentence = _("The ledger refused this.")
    reference: str = ""


class JournalUnbalancedError(LedgerRefusedError):
    """The entries of a journal don't sum to zero in each currency."""

    code = "journal_unbalanced"
    status = 422
    sentence = _("The entries of a journal must sum to zero in every currency.")


class JournalIncompleteError(LedgerRefusedError):
    """A journal came without entries."""

    code = "journal_incomplete"
    status = 422
    sentence = _("A journal needs at least two entries.")


class EntryZeroError(LedgerRefusedError):
    """An entry moves nothing."""

    code = "entry_zero"
    status = 422
    sentence = _("An entry of zero can't be posted.")


class JournalSealedError(LedgerRefusedError):
    """Entries were added to a journal that was committed before, or that belongs elsewhere."""

    code = "journal_sealed"
    sentence = _("This journal is sealed. Post a new one instead.")


class AppendOnlyError(LedgerRefusedError):
    """Something tried to change or remove what was written."""

    code = "append_only"
    sentence = _("What the ledger holds is never changed. Post a reversal instead.")


class PeriodClosedError(LedgerRefusedError):
    """The journal's day lies in a closed period. `reference` is the agreement."""

    code = "period_closed"
    sentence = _("The period of this day is closed.")


class PeriodMissingError(LedgerRefusedError):
    """No ledger period of the agreement holds the journal's day. `reference` is the agreement."""

    code = "period_missing"
    sentence = _("No period has been opened for this day.")


class PeriodOverlapsError(LedgerRefusedError):
    """Another period of the same agreement overlaps, with other bounds."""

    code = "period_overlaps"
    sentence = _("Another period of this agreement overlaps.")


class KeyReusedError(LedgerRefusedError):
    """The key stands for a journal with other content. `reference` is the key."""

    code = "key_reused"
    sentence = _("This key has been used for another content.")


class NotTheBooksHostError(LedgerRefusedError):
    """Somebody other than the book's host tried to write in it, or there is no such book."""

    code = "not_the_books_host"
    status = 403
    sentence = _("Only the host of an alliance writes in its book.")


class ReversalNotMirrorError(LedgerRefusedError):
    """A reversal must carry every entry with the opposite sign; a reversal itself is not reversed."""

    code = "reversal_not_mirror"
    status = 422
    sentence = _("A reversal must mirror its journal exactly.")


class AlreadyReversedError(LedgerRefusedError):
    """The journal has a reversal already."""

    code = "already_reversed"
    sentence = _("This journal has been reversed already.")


class AccountMismatchError(LedgerRefusedError):
    """Account, organization, agreement, alliance, book and currency don't belong together."""

    code = "account_mismatch"
    status = 422
    sentence = _("This account does not belong to that book, agreement and currency.")


class MalformedPostingError(LedgerRefusedError):
    """The call itself makes no sense: a missing or misshapen value."""

    code = "malformed_posting"
    status = 422
    sentence = _("This posting is malformed.")


_BY_STATE: Final[Mapping[str, type[LedgerRefusedError]]] = MappingProxyType(
    {
        "LG001": JournalUnbalancedError,
        "LG002": JournalIncompleteError,
        "LG003": JournalSealedError,
        "LG004": AppendOnlyError,
        "LG005": PeriodClosedError,
        "LG006": PeriodMissingError,
        "LG007": KeyReusedError,
        "LG008": NotTheBooksHostError,
        "LG009": ReversalNotMirrorError,
        "LG010": MalformedPostingError,
        "LG011": PeriodOverlapsError,
        "23502": MalformedPostingError,
        "23503": AccountMismatchError,
        "23514": MalformedPostingError,
        "22003": MalformedPostingError,
        "22008": MalformedPostingError,
    }
)
_BY_CONSTRAINT: Final[Mapping[str, type[LedgerRefusedError]]] = MappingProxyType(
    {
        "entry_not_zero": EntryZeroError,
        "journal_reversed_once": AlreadyReversedError,
        "account_kind_known": AccountMismatchError,
        "account_currency_is_iso": AccountMismatchError,
    }
)


def _refusal(error: psycopg.Error) -> LedgerRefusedError | None:
    kind = _BY_CONSTRAINT.get(error.diag.constraint_name or "") or _BY_STATE.get(error.sqlstate or "")
    if kind is None:
        return None
    refusal = kind()
    refusal.reference = error.diag.message_detail or ""
    return refusal


@contextmanager
def refusals() -> Iterator[None]:
    """Turn the ledger's SQLSTATEs into `LedgerRefusedError`s; anything else passes through."""
    try:
        yield
    except DatabaseError as error:
        cause = error.__cause__
        refusal = _refusal(cause) if isinstance(cause, psycopg.Error) else None
        if refusal is None:
            raise
        raise refusal from error
