"""Small real files for upload tests, made anew by the libraries that write such files."""

import io
import re
import struct
from collections.abc import Callable
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from fpdf import FPDF
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject


@cache
def pdf_bytes(text: str = "Business licence") -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica")
    document.cell(text=text)
    return bytes(document.output())


def changed_pdf(change: Callable[[PdfWriter], object]) -> bytes:
    """A PDF after `change` to its writer."""
    writer = PdfWriter(clone_from=io.BytesIO(pdf_bytes()))
    change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def pdf_action(writer: PdfWriter, kind: str, **more: str) -> DictionaryObject:
    """What a PDF does; its kind stands in an object of its own, as who hides something would write it."""
    values = {NameObject(f"/{name}"): TextStringObject(value) for name, value in more.items()}
    return DictionaryObject({NameObject("/S"): writer._add_object(NameObject(kind)), **values})


def opens_with(kind: str, **more: str) -> Callable[[PdfWriter], object]:
    """A change after which opening the PDF does something."""
    return lambda writer: writer.root_object.update({NameObject("/OpenAction"): pdf_action(writer, kind, **more)})


def _picture(file_format: str, size: tuple[int, int], colour: str) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, file_format)
    return written.getvalue()


@cache
def png_bytes(size: tuple[int, int] = (8, 8), colour: str = "navy") -> bytes:
    return _picture("PNG", size, colour)


@cache
def jpeg_bytes(size: tuple[int, int] = (8, 8), colour: str = "navy") -> bytes:
    return _picture("JPEG", size, colour)


def upload(body: bytes, name: str = "licence.pdf") -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, body)


def pdf_words(body: bytes) -> str:
    """Everything that the pages of a PDF say, line by line; fonts of two-byte codes, as our own PDFs have them."""
    said = []
    for page in PdfReader(io.BytesIO(body)).pages:
        fonts = {name: _letters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
        letters: dict[int, str] = {}
        for operands, operator in page.get_contents().operations:
            if operator == b"Tf":
                letters = fonts[operands[0]]
            elif operator in {b"Tj", b"TJ"}:
                parts = operands[0] if operator == b"TJ" else operands
                codes = b"".join(_bytes_of(part) for part in parts if not isinstance(part, int | float))
                said.append("".join(letters[code] for (code,) in struct.iter_unpack(">H", codes)))
    return "\n".join(said)


def _letters(font) -> dict[int, str]:
    mapping = font["/ToUnicode"].get_data().decode()
    pairs = re.findall(r"^<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>$", mapping, re.MULTILINE)
    return {int(code, 16): bytes.fromhex(letter).decode("utf-16-be") for code, letter in pairs}


def _bytes_of(part) -> bytes:
    return part.original_bytes if isinstance(part, TextStringObject) else bytes(part)
