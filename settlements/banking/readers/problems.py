"""What can be wrong with a bank statement beside what can be wrong with any file."""

from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from alliance.kernel.spreadsheets.problems import FileRefusedError


class BankFileProblem(StrEnum):
    """Stable codes of what is wrong."""

    XML_DAMAGED = "xml_damaged"
    XML_FORBIDDEN = "xml_forbidden"
    XML_TOO_DEEP = "xml_too_deep"
    NOT_CAMT = "not_camt"
    PART_MISSING = "part_missing"
    AMOUNT_UNREADABLE = "amount_unreadable"
    DATE_UNREADABLE = "date_unreadable"
    CURRENCY_MIXED = "currency_mixed"
    NO_STATEMENT = "no_statement"
    TOO_MANY_ENTRIES = "too_many_entries"
    DOES_NOT_ADD_UP = "does_not_add_up"
    STATEMENT_TWICE = "statement_twice"
    STATEMENT_CHANGED = "statement_changed"
    ROWS_WRONG = "rows_wrong"


class BankFileError(FileRefusedError):
    """A bank's file is refused whole; `where` names the line."""

    sentences: ClassVar = MappingProxyType(
        {
            **FileRefusedError.sentences,
            BankFileProblem.XML_DAMAGED: _("The XML is damaged or cut off."),
            BankFileProblem.XML_FORBIDDEN: _("The XML declares a document type or entities. Bank statements never do."),
            BankFileProblem.XML_TOO_DEEP: _(
                "The XML is nested more deeply, or a text in it is longer, than a statement has it."
            ),
            BankFileProblem.NOT_CAMT: _("This is no bank statement in CAMT.053, version 02 or 08."),
            BankFileProblem.PART_MISSING: _("A part that every statement has is missing."),
            BankFileProblem.AMOUNT_UNREADABLE: _("An amount or its currency can't be read."),
            BankFileProblem.DATE_UNREADABLE: _("A date can't be read."),
            BankFileProblem.CURRENCY_MIXED: _("An entry is in another currency than its account."),
            BankFileProblem.NO_STATEMENT: _("There is no statement in the file."),
            BankFileProblem.TOO_MANY_ENTRIES: _("The file has more entries than are taken at once."),
            BankFileProblem.DOES_NOT_ADD_UP: _("The entries don't lead from the opening to the closing balance."),
            BankFileProblem.STATEMENT_TWICE: _("The file has two statements with the same number."),
            BankFileProblem.STATEMENT_CHANGED: _(
                "A statement with this number is there already, and says something else."
            ),
            BankFileProblem.ROWS_WRONG: _("Rows of the table can't be read."),
        }
    )
