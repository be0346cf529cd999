"""What can be wrong with a whole file, so that nothing of it is taken."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError


class FileProblem(StrEnum):
    """Stable codes of what is wrong."""

    EMPTY = "empty"
    NO_ROWS = "no_rows"
    TOO_LARGE = "too_large"
    INFLATES_TOO_MUCH = "inflates_too_much"
    GZIP_DAMAGED = "gzip_damaged"
    NOT_GZIP = "not_gzip"
    XLSX_DAMAGED = "xlsx_damaged"
    SHEET_TOO_WIDE = "sheet_too_wide"
    OLD_OR_LOCKED_WORKBOOK = "old_or_locked_workbook"
    NUL_BYTES = "nul_bytes"
    ENCODING_UNKNOWN = "encoding_unknown"
    HEADER_BLANK = "header_blank"
    ROW_UNREADABLE = "row_unreadable"
    ROW_TOO_LONG = "row_too_long"
    NOT_JSON_LINES = "not_json_lines"
    COLUMNS_MISSING = "columns_missing"
    FILE_GONE = "file_gone"


class FileRefusedError(InvalidInputError):
    """A whole file is refused; `problem` says why, `where` names the row or the columns.

    An app whose files can be wrong in one more way makes a subclass and adds to `sentences`.
    """

    code = "file_refused"
    sentences: ClassVar[Mapping[str, str | Promise]] = MappingProxyType(
        {
            FileProblem.EMPTY: _("The file is empty."),
            FileProblem.NO_ROWS: _("The file has a header but no rows."),
            FileProblem.TOO_LARGE: _("The file is too large for this installation."),
            FileProblem.INFLATES_TOO_MUCH: _("The file unpacks to far more than its size; it was not read."),
            FileProblem.GZIP_DAMAGED: _("The compressed file is damaged or cut off."),
            FileProblem.NOT_GZIP: _("The name ends in .gz, but the file is not compressed that way."),
            FileProblem.XLSX_DAMAGED: _("The workbook is damaged or not an XLSX workbook."),
            FileProblem.SHEET_TOO_WIDE: _(
                "The filled cells of the sheet lie too far apart. Delete what lies far off the table, then save it again."
            ),
            FileProblem.OLD_OR_LOCKED_WORKBOOK: _(
                "This is an old .xls or a password-protected workbook. Save it as .xlsx without a password."
            ),
            FileProblem.NUL_BYTES: _("The file holds zero bytes: it is not text. Save it as CSV in UTF-8."),
            FileProblem.ENCODING_UNKNOWN: _("The text is neither UTF-8 nor GB18030. Save the file as CSV in UTF-8."),
            FileProblem.HEADER_BLANK: _("The first row must name the columns."),
            FileProblem.ROW_UNREADABLE: _("A row can't be read: a quotation mark is missing or too many."),
            FileProblem.ROW_TOO_LONG: _("A row is longer than a row may be."),
            FileProblem.NOT_JSON_LINES: _("The file is not JSON Lines: each line holds one JSON object of its own."),
            FileProblem.COLUMNS_MISSING: _("The file lacks columns of the mapping."),
            FileProblem.FILE_GONE: _("The stored file is no longer there. Upload it again."),
        }
    )

    def __init__(self, problem: StrEnum, where: str = "", *, field: str | None = "file") -> None:
        self.problem = problem
        self.where = where
        sentence = self.sentences[problem]
        super().__init__(format_lazy("{} ({})", sentence, where) if where else sentence, field=field)

    @classmethod
    def said(cls, problem: str, where: str) -> str:
        """The sentence of a problem that was kept on a row, in the present language; the code itself when unknown."""
        if problem not in cls.sentences:
            return problem
        return f"{cls.sentences[problem]} ({where})" if where else str(cls.sentences[problem])
