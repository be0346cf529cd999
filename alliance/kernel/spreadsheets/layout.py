"""Looking a file through once: what it is, how its text is encoded, what its columns are called."""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO, Final, Self

from alliance.kernel.spreadsheets.guards import CHUNK, Inflated, check_workbook
from alliance.kernel.spreadsheets.json_rows import column_name, json_object
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError

DELIMITERS: Final = (",", ";", "\t")
MAX_COLUMNS: Final = 200
MAX_COLUMN_NAME: Final = 200
_HEAD: Final = 1 << 16
_JSON_NAME: Final = re.compile(r"\.(jsonl?|ndjson)(\.gz)?$", re.IGNORECASE)
_LINES_WITH_KEYS: Final = 1_000
_LONGEST_LINE: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class FileKind(StrEnum):
    """How a file holds its rows."""

    CSV = "csv"
    CSV_GZ = "csv.gz"
    XLSX = "xlsx"
    JSONL = "jsonl"
    JSONL_GZ = "jsonl.gz"


SHEETS: Final = frozenset({FileKind.CSV, FileKind.CSV_GZ, FileKind.XLSX})
ALL_KINDS: Final = frozenset(FileKind)
_PACKED: Final = frozenset({FileKind.CSV_GZ, FileKind.JSONL_GZ})
_JSON: Final = frozenset({FileKind.JSONL, FileKind.JSONL_GZ})


@dataclass(frozen=True, slots=True)
class FileLayout:
    """How a file is read. `encoding` is empty for a workbook, `delimiter` for all but CSV.

    The header of JSON Lines is the keys of its first objects.
    """

    kind: FileKind
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    @property
    def is_json(self) -> bool:
        """Whether rows are JSON objects, so that no row names the columns."""
        return self.kind in _JSON

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {
            "kind": self.kind.value,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "header": list(self.header),
        }

    @classmethod
    def from_json(cls, stored: dict[str, object]) -> Self:
        """The layout of a stored form."""
        header = stored["header"]
        assert isinstance(header, list)
        return cls(FileKind(str(stored["kind"])), str(stored["encoding"]), str(stored["delimiter"]), tuple(header))


def inspect_file(file: BinaryIO, name: str, *, kinds: Collection[FileKind] = SHEETS) -> FileLayout:
    """How to read this file, as one of `kinds`; its bytes are looked at once, to the end.

    Raises `FileRefusedError` when the file is empty, damaged, no text, too large once unpacked, or has no header.
    """
    file.seek(0)
    magic = file.read(8)
    file.seek(0)
    if not magic:
        raise FileRefusedError(FileProblem.EMPTY)
    if magic.startswith(_OLE):
        raise FileRefusedError(FileProblem.OLD_OR_LOCKED_WORKBOOK)
    if magic.startswith(_ZIP):
        from alliance.kernel.spreadsheets.xlsx_rows import workbook_header

        check_workbook(file)
        return FileLayout(FileKind.XLSX, "", "", clean_header(workbook_header(file)))
    if name.lower().endswith(".xlsx"):
        raise FileRefusedError(FileProblem.XLSX_DAMAGED)
    if name.lower().endswith(".gz") and not magic.startswith(_GZIP):
        raise FileRefusedError(FileProblem.NOT_GZIP)
    kind = FileKind.CSV_GZ if magic.startswith(_GZIP) else FileKind.CSV
    json_kind = FileKind.JSONL_GZ if kind in _PACKED else FileKind.JSONL
    encoding = _encoding_of(open_bytes(file, kind))
    head = codecs.getincrementaldecoder(encoding)().decode(open_bytes(file, kind).read(_HEAD))
    if json_kind in kinds and (head.lstrip().startswith("{") or _JSON_NAME.search(name)):
        return FileLayout(json_kind, encoding, "", clean_header(_keys(open_bytes(file, json_kind), encoding)))
    return _inspect_csv(kind, encoding, head)


def open_bytes(file: BinaryIO, kind: FileKind) -> io.BufferedReader | BinaryIO:
    """The plain bytes of a text from its start, unpacked under guard when compressed."""
    file.seek(0)
    return io.BufferedReader(Inflated(file), CHUNK) if kind in _PACKED else file


def clean_header(cells: list[str]) -> tuple[str, ...]:
    """Column names, trimmed; a repeated or blank name gets its column's number. Raises `FileRefusedError` without any."""
    names = [" ".join(cell.split())[:MAX_COLUMN_NAME] for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names or len(names) > MAX_COLUMNS:
        raise FileRefusedError(FileProblem.HEADER_BLANK)
    seen: set[str] = set()
    for index, name in enumerate(names):
        names[index] = name if name and name not in seen else f"{name} #{index + 1}".strip()
        seen.add(names[index])
    return tuple(names)


def _inspect_csv(kind: FileKind, encoding: str, head: str) -> FileLayout:
    delimiter = _delimiter_of(head)
    try:
        cells = next((row for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter) if row), [])
    except csv.Error as error:
        raise FileRefusedError(FileProblem.ROW_UNREADABLE, "1") from error
    return FileLayout(kind, encoding, delimiter, clean_header(cells))


def _keys(plain: BinaryIO | io.BufferedReader, encoding: str) -> list[str]:
    """The keys of the first objects, in the order in which they turn up; lines that are none are passed over."""
    found: dict[str, None] = {}
    text = io.TextIOWrapper(plain, encoding=encoding, newline="")
    try:
        for _ in range(_LINES_WITH_KEYS):
            if not (line := text.readline(_LONGEST_LINE)):
                break
            found |= {column_name(key): None for key in json_object(line) or {}}
    finally:
        text.detach()
    if not found:
        raise FileRefusedError(FileProblem.NOT_JSON_LINES)
    return list(found)


def _encoding_of(plain: BinaryIO | io.BufferedReader) -> str:
    """UTF-8 (with or without a mark) when every byte agrees, else GB18030 when every byte agrees."""
    utf8, gb18030 = (codecs.getincrementaldecoder(name)() for name in ("utf-8", "gb18030"))
    fitting = {"utf-8-sig": utf8, "gb18030": gb18030}
    is_empty = True
    for chunk in _chunks(plain):
        is_empty = is_empty and not chunk.removeprefix(codecs.BOM_UTF8).strip()
        if b"\0" in chunk:
            raise FileRefusedError(FileProblem.NUL_BYTES)
        fitting = {name: decoder for name, decoder in fitting.items() if _decodes(decoder, chunk, final=False)}
    if is_empty:
        raise FileRefusedError(FileProblem.EMPTY)
    fitting = {name: decoder for name, decoder in fitting.items() if _decodes(decoder, b"", final=True)}
    if not fitting:
        raise FileRefusedError(FileProblem.ENCODING_UNKNOWN)
    return next(iter(fitting))


def _chunks(plain: BinaryIO | io.BufferedReader) -> Iterator[bytes]:
    while chunk := plain.read(CHUNK):
        yield chunk


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(head: str) -> str:
    """The one of `DELIMITERS` that cuts the first line, quotes respected, into most cells."""
    first_line = next((line for line in head.splitlines() if line.strip()), "")

    def cells(delimiter: str) -> int:
        return max((len(row) for row in csv.reader([first_line], delimiter=delimiter)), default=0)

    return max(DELIMITERS, key=cells)
