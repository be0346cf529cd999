"""Guards against files that are not what they seem."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from alliance.kernel.spreadsheets.extent import ExactExtent, QuickExtent
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError

CHUNK: Final = 1 << 18
MAX_INFLATED: Final = 2 << 30  # of a compressed CSV
MAX_WORKBOOK: Final = 768 << 20  # of a workbook: it is read as a whole
MAX_RATIO: Final = 250
_RATIO_FROM: Final = 32 << 20
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")


class Inflated(io.RawIOBase):
    """A gzip stream's content, read once from its start.

    Reading raises `FileRefusedError` when the stream is damaged, cut off, or grows beyond `MAX_INFLATED` or
    `MAX_RATIO` times its size.
    """

    def __init__(self, packed: BinaryIO) -> None:
        super().__init__()
        self._packed = packed
        self._engine: zlib._Decompress | None = None  # None between the members of the stream
        self._pending = b""
        self._taken = 0
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        self._given += len(data)
        if self._given > MAX_INFLATED or (self._given > _RATIO_FROM and self._given > MAX_RATIO * self._taken):
            raise FileRefusedError(FileProblem.INFLATES_TOO_MUCH)
        return len(data)

    def _next(self, size: int) -> bytes:
        """Up to `size` bytes; none only at the end of the last member."""
        while True:
            if not self._pending:
                self._pending = self._packed.read(CHUNK)
                self._taken += len(self._pending)
            if self._engine is None:
                self._pending = self._pending.lstrip(b"\0")  # padding between members
                if self._pending:
                    self._engine = zlib.decompressobj(wbits=31)
                elif not (more := self._packed.read(CHUNK)):
                    return b""
                else:
                    self._pending, self._taken = more, self._taken + len(more)
                continue
            at_end = not self._pending
            if data := self._inflate(self._engine, size):
                return data
            if at_end and self._engine is not None:
                raise FileRefusedError(FileProblem.GZIP_DAMAGED)

    def _inflate(self, engine: "zlib._Decompress", size: int) -> bytes:
        try:
            data = engine.decompress(self._pending, size)
        except zlib.error as error:
            raise FileRefusedError(FileProblem.GZIP_DAMAGED) from error
        self._pending = engine.unconsumed_tail
        if engine.eof:
            self._pending, self._engine = engine.unused_data, None
        return data


def check_workbook(file: BinaryIO) -> None:
    """Refuse an XLSX that is no zip, unpacks to too much, or has cells too far apart; its directory is not believed."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            total = sum(_checked_size(file, entry) for entry in entries)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise FileRefusedError(FileProblem.XLSX_DAMAGED) from error
    finally:
        file.seek(0)
    if not entries or total == 0:
        raise FileRefusedError(FileProblem.XLSX_DAMAGED)


def _checked_size(file: BinaryIO, entry: zipfile.ZipInfo) -> int:
    """How many bytes the entry really unpacks to.

    Raises `FileRefusedError` past the limit, when the claim is a lie, or for a sheet that is too wide.
    """
    size, quick = 0, QuickExtent()
    for part in _unpacked(file, entry):
        size += len(part)
        if size > MAX_WORKBOOK:
            raise FileRefusedError(FileProblem.INFLATES_TOO_MUCH)
        quick.feed(part)
    if size != entry.file_size:
        raise FileRefusedError(FileProblem.XLSX_DAMAGED)
    if not quick.is_small():
        exact = ExactExtent()
        for part in _unpacked(file, entry):
            exact.feed(part)
        exact.feed(b"", is_last=True)
    return size


def _unpacked(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} or entry.flag_bits & 1:
        raise FileRefusedError(FileProblem.XLSX_DAMAGED)
    file.seek(entry.header_offset)
    _signature, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(name_length + extra_length, io.SEEK_CUR)
    packed = _packed(file, entry.compress_size)
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from packed
        return
    engine = zlib.decompressobj(wbits=-15)
    for chunk in packed:
        left = chunk
        while left and not engine.eof:
            yield engine.decompress(left, CHUNK)
            left = engine.unconsumed_tail
    while not engine.eof and (rest := engine.decompress(engine.unconsumed_tail, CHUNK)):
        yield rest


def _packed(file: BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left:
        chunk = file.read(min(CHUNK, left))
        if not chunk:
            raise FileRefusedError(FileProblem.XLSX_DAMAGED)
        left -= len(chunk)
        yield chunk
