"""The book as an hledger journal that `hledger check --strict` accepts."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from uuid import UUID

from alliance.kernel.money import exponent, format_minor
from settlements.ledger.exports.reading import (
    Directory,
    ExportedAccount,
    ExportedJournal,
    first_day,
    journals,
    one_line,
)


def _commodity(currency: str) -> str:
    # hledger wants a decimal mark even where there are no decimals.
    return f"commodity 1000.{'0' * exponent(currency)} {currency}\n"


def _tag(text: str) -> str:
    """`text` as a tag's value, which a comma would end."""
    return one_line(text).replace(",", " ")


def _declared(accounts: Iterable[ExportedAccount]) -> Iterator[str]:
    for each in accounts:
        yield f"account {each.name}  ; organization: {_tag(each.organization_name)}, account: {each.account.id}\n"


def _transaction(journal: ExportedJournal, directory: Directory) -> Iterator[str]:
    yield f"\n{journal.effective_on} * {journal.kind}\n"
    yield f"    ; key: {_tag(journal.key)}\n"
    yield f"    ; journal: {journal.id}, occurred: {journal.occurred_at.astimezone(UTC).isoformat()}\n"
    for entry in journal.entries:
        amount = format_minor(entry.amount_minor, entry.currency)
        yield f"    {directory.name_of(entry.account_id)}  {amount} {entry.currency}\n"


def hledger_lines(book_id: UUID) -> Iterator[str]:
    """The whole book as lines of an hledger journal, for the host's scope or the operator's; the same book gives the same bytes.

    Iterate inside a transaction: the entries come through a server-side cursor. Raises `NotFoundError` when
    the book is not visible.
    """
    first_day(book_id)
    directory = Directory(book_id)
    accounts = directory.refresh()
    yield f"; Book {book_id}\ndecimal-mark .\n\n"
    declared = {each.account.currency for each in accounts}
    for currency in sorted(declared):
        yield _commodity(currency)
    yield "\n"
    yield from _declared(accounts)
    for journal in journals(book_id):
        late = directory.missing_from(journal)
        for currency in sorted({each.account.currency for each in late} - declared):
            declared.add(currency)
            yield _commodity(currency)
        yield from _declared(late)
        yield from _transaction(journal, directory)
