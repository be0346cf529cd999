"""The book as a Beancount file that `bean-check` accepts."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date
from uuid import UUID

from alliance.kernel.money import format_minor
from settlements.ledger.exports.reading import (
    Directory,
    ExportedAccount,
    ExportedJournal,
    first_day,
    journals,
    one_line,
)


def _quoted(text: str) -> str:
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _opening(accounts: Iterable[ExportedAccount], day: date) -> Iterator[str]:
    for each in accounts:
        yield f"{day} open {each.name} {each.account.currency}\n"
        yield f"  organization: {_quoted(each.organization_name)}\n"
        yield f'  account: "{each.account.id}"\n'


def _transaction(journal: ExportedJournal, directory: Directory) -> Iterator[str]:
    yield f"\n{journal.effective_on} * {_quoted(journal.kind)} {_quoted(journal.key)}\n"
    yield f'  journal: "{journal.id}"\n'
    yield f'  occurred: "{journal.occurred_at.astimezone(UTC).isoformat()}"\n'
    for entry in journal.entries:
        amount = format_minor(entry.amount_minor, entry.currency)
        yield f"  {directory.name_of(entry.account_id)}  {amount} {entry.currency}\n"


def beancount_lines(book_id: UUID) -> Iterator[str]:
    """The whole book as lines of a Beancount file, for the host's scope or the operator's; the same book gives the same bytes.

    Iterate inside a transaction: the entries come through a server-side cursor. Raises `NotFoundError` when
    the book is not visible.
    """
    day = first_day(book_id)
    directory = Directory(book_id)
    accounts = directory.refresh()
    yield f'option "title" "Book {book_id}"\n'
    for currency in sorted({each.account.currency for each in accounts}):
        yield f'option "operating_currency" "{currency}"\n'
    yield "\n"
    yield from _opening(accounts, day)
    for journal in journals(book_id):
        yield from _opening(directory.missing_from(journal), day)
        yield from _transaction(journal, directory)
